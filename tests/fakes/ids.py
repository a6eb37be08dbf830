"""Ids that carry the time of a test's clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ulid import ULID

if TYPE_CHECKING:
    from core.clock import Clock


class TimedUlids:
    """ULIDs whose time is the clock's."""

    def __init__(self, clock: Clock) -> None:
        """Keep the clock."""
        self._clock = clock

    def new(self) -> str:
        """Return a new ULID in lower case."""
        return str(ULID.from_timestamp(self._clock.now())).lower()
