"""docs/alarms.md, from the table of alarms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.alarm import DAY
from infra.alarms import ALARMS

if TYPE_CHECKING:
    from infra.alarm import Alarm

_HEAD = """# Alarms

Made from [alarms.py](../infra/alarms.py) by `docs/generate.py`.

All go to one topic (output `AlarmTopicArn`); `alarm_email` in cdk.json subscribes an address. A threshold is
changed in cdk.json, by the alarm's name: `"alarm_thresholds": {"DeniedCalls": 200}`. Every alarm stays quiet
while nothing is written, but for AuditUnsealedAge: most figures are only written when there is something to
say.
"""


def alarms() -> str:
    """Return the document: an entry for each alarm, under the heading that its notice names."""
    return "\n".join((_HEAD, *map(_entry, ALARMS)))


def _entry(alarm: Alarm) -> str:
    return (
        f"## {alarm.name}\n\n"
        f"{alarm.meaning}: {alarm.statistic} of `{alarm.watched}` ≥ {alarm.threshold:,} over "
        f"{_span(alarm)}, for each {alarm.of}.\n\n"
        f"**First**: {alarm.act}\n"
    )


def _span(alarm: Alarm) -> str:
    length = "a day" if alarm.period == DAY else f"{alarm.period // 60} min"
    return length if alarm.periods == 1 else f"{length}, {alarm.periods} times in a row"
