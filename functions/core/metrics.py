"""Figures for CloudWatch in the embedded metric format: written as log lines, no call is made."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from aws_lambda_powertools.metrics import MetricUnit, single_metric

from core.masking import mask

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from aws_lambda_powertools.metrics.base import SingleMetric

NAMESPACE = "Countersign"


DOORS = "doors"
"""The `service` of figures that several functions write of the same thing."""


def count(name: str, value: float, **dimensions: str) -> None:
    """Write a count."""
    _write(name, MetricUnit.Count, [value], dimensions)


def denied(tenant: str, principal: str) -> None:
    """Count a call that a known caller may not make.

    The principal stands beside the figure, to be searched for, and is no dimension of it: each
    value of a dimension is a metric of its own, and is paid for.
    """
    with _metric("DeniedCalls", MetricUnit.Count, 1, {"service": DOORS, "tenant": tenant}) as one:
        one.add_metadata(key="principal", value=mask(principal))


def signature_failed() -> None:
    """Count a call whose signature, key or token does not hold."""
    count("SignatureFailures", 1, service=DOORS)


def milliseconds(name: str, values: Iterable[float], **dimensions: str) -> None:
    """Write durations, each as a value of its own, so that percentiles are right."""
    _write(name, MetricUnit.Milliseconds, values, dimensions)


def _write(
    name: str, unit: MetricUnit, values: Iterable[float], dimensions: dict[str, str]
) -> None:
    for value in values:
        with _metric(name, unit, value, dimensions):
            pass


@contextmanager
def _metric(
    name: str, unit: MetricUnit, value: float, dimensions: dict[str, str]
) -> Iterator[SingleMetric]:
    with single_metric(name=name, unit=unit, value=value, namespace=NAMESPACE) as metric:
        for dimension, of in dimensions.items():
            metric.add_dimension(name=dimension, value=str(mask(of)))
        yield metric
