"""One clock for a shop and its portal: the twin's, which moves when somebody waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fakes.clock import FakeClock

if TYPE_CHECKING:
    from local.twin.clock import Clock as TwinClock


class TwinTime(FakeClock):
    """The twin's clock as everybody's: one that only moves when somebody waits."""

    def __init__(self, twin: TwinClock, at: int) -> None:
        """Stop the twin's clock at a moment."""
        super().__init__(at)
        twin.frozen_at, twin.offset = at, 0
        self._twin = twin

    def now(self) -> int:
        """Return the time."""
        return self._twin.now()

    def sleep(self, seconds: float) -> None:
        """Wait, that is, let time pass."""
        self.slept.append(seconds)
        self._twin.advance(round(seconds * 1000))

    def advance(self, millis: int) -> None:
        """Let time pass."""
        self._twin.advance(millis)

    def reach(self, moment: int) -> None:
        """Let time pass until a moment; one that has passed is now."""
        self.advance(max(moment - self.now(), 0))
