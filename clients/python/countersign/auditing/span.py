"""The stretch of time that is verified or exported, in whole minutes of UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from countersign.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator

_LABEL = "%Y%m%d%H%M"
_MINUTE = timedelta(minutes=1)
LATEST = timedelta(hours=26)
"""After this much time a minute has been looked at for the last time, and sealed."""

SETTLED = timedelta(minutes=30)
"""After this much time an entry must be sealed, unless its clock was wrong."""


@dataclass(frozen=True, slots=True)
class Span:
    """From a minute on, up to another, which does not belong to it."""

    start: datetime
    end: datetime

    @classmethod
    def parse(cls, start: str, end: str | None, now: datetime) -> Span:
        """Read RFC 3339 moments; the end is now unless told. SettingsError for others."""
        span = cls(_moment(start), _moment(end) if end else now + _MINUTE)
        if span.start >= span.end:
            raise SettingsError(f"--from {start} is not before the end")
        return span

    @property
    def first(self) -> str:
        """The first minute, as keys have it."""
        return label(self.start)

    @property
    def behind(self) -> str:
        """The minute behind the last one."""
        return label(self.end)

    def minutes(self) -> Iterator[str]:
        """Yield every minute."""
        at = self.start.replace(second=0, microsecond=0)
        while label(at) < self.behind:
            yield label(at)
            at += _MINUTE

    def holds(self, minute: str) -> bool:
        """Return whether a minute belongs to it."""
        return self.first <= minute < self.behind


def label(moment: datetime) -> str:
    """Return the minute of a moment, as keys have it: `YYYYmmddHHMM` in UTC."""
    return moment.astimezone(UTC).strftime(_LABEL)


def millis(moment: datetime) -> int:
    """Return a moment in epoch ms."""
    return round(moment.timestamp() * 1000)


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise SettingsError(f"{text} is no moment: 2026-11-22 or 2026-11-22T09:00:00Z") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
