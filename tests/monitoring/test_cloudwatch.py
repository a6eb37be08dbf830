"""The evaluator of alarms, against the examples of CloudWatch's own documentation."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.cloudwatch import ALARM, INSUFFICIENT, OK, Metrics, state, statistic

BASE: dict[str, Any] = {
    "Namespace": "N",
    "MetricName": "M",
    "Dimensions": [],
    "Statistic": "Maximum",
    "Period": 60,
    "Threshold": 10,
    "ComparisonOperator": "GreaterThanOrEqualToThreshold",
}


def _metrics(points: str) -> Metrics:
    """Read points as the documentation draws them: `0` fine, `X` breaching, `-` missing."""
    metrics = Metrics()
    for minute, point in enumerate(points.split()):
        if point != "-":
            value = {"0": 0.0, "X": 10.0}[point]
            metrics.values["N", "M", frozenset()].append((minute * 60.0, value))
    return metrics


@pytest.mark.parametrize(
    ("points", "needed", "missing", "expected"),
    [
        ("0 - X", 3, "missing", OK),
        ("- - -", 3, "missing", INSUFFICIENT),
        ("- - -", 3, "ignore", ALARM),
        ("- - -", 3, "breaching", ALARM),
        ("- - -", 3, "notBreaching", OK),
        ("- X -", 3, "notBreaching", OK),
        ("X X X", 3, "notBreaching", ALARM),
        ("X 0 X", 2, "notBreaching", ALARM),
        ("X - X", 2, "notBreaching", ALARM),
        ("X 0 0", 2, "breaching", OK),
        ("X - 0", 2, "breaching", ALARM),
    ],
)
def test_m_of_n_and_missing_data(points: str, needed: int, missing: str, expected: str) -> None:
    """Guarantee: M of N points breach, and a missing one counts as the alarm says."""
    alarm = BASE | {
        "EvaluationPeriods": 3,
        "DatapointsToAlarm": needed,
        "TreatMissingData": missing,
    }
    assert state(alarm, _metrics(points), 180, before=ALARM) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        *(("Sum", 55), ("Average", 5.5), ("Minimum", 1), ("Maximum", 10), ("SampleCount", 10)),
        *(("p50", 5.5), ("p100", 10), ("p90", 9.1)),
    ],
)
def test_statistics(name: str, expected: float) -> None:
    """Guarantee: each statistic that an alarm can name, over the numbers from 1 to 10."""
    assert statistic(name, [float(n) for n in range(10, 0, -1)]) == pytest.approx(expected)
