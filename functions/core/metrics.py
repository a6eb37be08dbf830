"""Figures for CloudWatch in the embedded metric format: written as log lines, no call is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_lambda_powertools.metrics import MetricUnit, single_metric

from core.masking import mask

if TYPE_CHECKING:
    from collections.abc import Iterable

NAMESPACE = "Countersign"


def count(name: str, value: float, **dimensions: str) -> None:
    """Write a count."""
    _write(name, MetricUnit.Count, [value], dimensions)


def milliseconds(name: str, values: Iterable[float], **dimensions: str) -> None:
    """Write durations, each as a value of its own, so that percentiles are right."""
    _write(name, MetricUnit.Milliseconds, values, dimensions)


def _write(
    name: str, unit: MetricUnit, values: Iterable[float], dimensions: dict[str, str]
) -> None:
    for value in values:
        with single_metric(name=name, unit=unit, value=value, namespace=NAMESPACE) as metric:
            for dimension, of in dimensions.items():
                metric.add_dimension(name=dimension, value=str(mask(of)))
