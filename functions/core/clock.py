"""Time as a port, so that rules about time are tested without waiting."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Clock(Protocol):
    """Where a function gets the time from."""

    def now(self) -> int:
        """Return the time as epoch milliseconds."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait; a test's clock only moves its hands."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> int:
        """Return the time as epoch milliseconds."""
        return time.time_ns() // 1_000_000

    def sleep(self, seconds: float) -> None:
        """Block for `seconds`."""
        time.sleep(seconds)


def millis(moment: datetime) -> int:
    """Return a moment, which knows its zone, as epoch ms: by integers, floats would round some."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def rfc3339(millis: int) -> str:
    """Format epoch milliseconds as RFC 3339 in UTC: `2026-11-21T22:35:00.000Z`."""
    moment = _EPOCH + timedelta(milliseconds=millis)  # a float would lose some of them
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
