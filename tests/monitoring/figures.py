"""What functions print, as figures, and the alarms of the table judged by them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infra.alarm import Alarm, Of
from infra.alarms import ALARMS
from tests.support.cloudwatch import Metrics, state

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest


class Figures:
    """What the functions print, kept by the second in which they are said to print it."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        """Keep the parts."""
        self._capsys, self._patch = capsys, monkeypatch
        self.metrics = Metrics()

    def of(self, service: str, act: Callable[[], object], at: float = 1.0) -> None:
        """Let a function do something, and take the figures that it writes."""
        self._patch.setenv("POWERTOOLS_SERVICE_NAME", service)
        self._capsys.readouterr()
        act()
        self.metrics.take(self._capsys.readouterr().out, at)


def _properties(alarm: Alarm, tenant: str) -> dict[str, Any]:
    """Return the alarm as the stack makes it (tests/infra holds it to that)."""
    dimensions = {"service": alarm.service, **alarm.dimensions}
    if alarm.of is Of.TENANT:
        dimensions["tenant"] = tenant
    kind = "ExtendedStatistic" if alarm.statistic.startswith("p") else "Statistic"
    return {
        "Namespace": "Countersign",
        "MetricName": alarm.watched,
        "Dimensions": [{"Name": n, "Value": v} for n, v in dimensions.items()],
        kind: alarm.statistic,
        "Threshold": alarm.threshold,
        "Period": alarm.period,
        "EvaluationPeriods": alarm.periods,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "TreatMissingData": "breaching" if alarm.silence_alarms else "notBreaching",
    }


def state_of(name: str, figures: Figures, tenant: str = "main") -> str:
    """Return an alarm's state at the end of its periods."""
    alarm = next(a for a in ALARMS if a.name == name)
    return state(_properties(alarm, tenant), figures.metrics, alarm.period * alarm.periods)
