"""CloudWatch as far as alarms need it: EMF lines into figures, figures into an alarm's state.

From "Embedded metric format", "Statistics definitions" and "Using Amazon CloudWatch alarms": values
of one period make one data point; M breaching points of the last N are an alarm; a period without
data counts as the alarm's `TreatMissingData` says.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from dataclasses import dataclass, field
from operator import ge, gt, le, lt
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

OK, ALARM, INSUFFICIENT = "OK", "ALARM", "INSUFFICIENT_DATA"

_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": ge,
    "GreaterThanThreshold": gt,
    "LessThanOrEqualToThreshold": le,
    "LessThanThreshold": lt,
}

Identity = tuple[str, str, frozenset[tuple[str, str]]]
"""Namespace, name, dimensions: each set of them is a metric of its own."""


@dataclass
class Metrics:
    """Values by metric and time (seconds)."""

    values: dict[Identity, list[tuple[float, float]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def take(self, output: str, at: float) -> None:
        """Take every EMF line of what a function printed, as if printed at this time."""
        for line in output.splitlines():
            if '"_aws"' in line:
                self._take(json.loads(line), at)

    def _take(self, line: Mapping[str, Any], at: float) -> None:
        for directive in line["_aws"]["CloudWatchMetrics"]:
            for names in directive["Dimensions"]:
                dimensions = frozenset((name, line[name]) for name in names)
                for metric in directive["Metrics"]:
                    found = line[metric["Name"]]
                    for value in found if isinstance(found, list) else [found]:
                        identity = (directive["Namespace"], metric["Name"], dimensions)
                        self.values[identity].append((at, float(value)))


def statistic(name: str, values: Iterable[float]) -> float:
    """Return a statistic of a period's values; percentiles interpolate between the nearest two."""
    ordered = sorted(values)
    if name.startswith("p"):
        place = (len(ordered) - 1) * float(name[1:]) / 100
        low, high = ordered[math.floor(place)], ordered[math.ceil(place)]
        return low + (high - low) * (place - math.floor(place))
    simple: dict[str, float] = {
        "Sum": math.fsum(ordered),
        "Average": math.fsum(ordered) / len(ordered),
        "Minimum": ordered[0],
        "Maximum": ordered[-1],
        "SampleCount": len(ordered),
    }
    return simple[name]


def state(alarm: Mapping[str, Any], metrics: Metrics, now: float, before: str = OK) -> str:
    """Return the state of an alarm, as its CloudFormation properties describe it, at a time."""
    identity = (
        alarm["Namespace"],
        alarm["MetricName"],
        frozenset((d["Name"], d["Value"]) for d in alarm["Dimensions"]),
    )
    name = alarm.get("Statistic") or alarm["ExtendedStatistic"]
    points = [
        statistic(name, inside) if inside else None
        for inside in _periods(metrics.values.get(identity, []), alarm, now)
    ]
    return _judged(alarm, points, before)


def _periods(
    values: Iterable[tuple[float, float]], alarm: Mapping[str, Any], now: float
) -> list[list[float]]:
    length, periods = alarm["Period"], alarm["EvaluationPeriods"]
    start = now - length * periods
    inside: list[list[float]] = [[] for _ in range(periods)]
    for at, value in values:
        if start <= at < now:
            inside[int((at - start) // length)].append(value)
    return inside


def _judged(alarm: Mapping[str, Any], points: list[float | None], before: str) -> str:
    missing = alarm.get("TreatMissingData", "missing")
    compare, needed = (
        _COMPARE[alarm["ComparisonOperator"]],
        alarm.get("DatapointsToAlarm", len(points)),
    )
    breaching = sum(p is not None and compare(p, alarm["Threshold"]) for p in points)
    absent = points.count(None)
    if absent == len(points) and missing == "missing":
        return INSUFFICIENT
    if absent == len(points) and missing == "ignore":
        return before
    if missing == "breaching":
        breaching += absent
    return ALARM if breaching >= needed else OK
