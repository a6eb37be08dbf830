"""Contention is not refusal: how long and how a write is tried again.

Full jitter (AWS, "Exponential Backoff And Jitter") inside three seconds of the caller's time, then
`Busy`: 503 with Retry-After, the same Idempotency-Key stays valid.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from core.errors import Busy

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.clock import Clock

T = TypeVar("T")

PATIENCE_MS = 3_000
FIRST_WAIT = 0.02
LONGEST_WAIT = 0.6


class Contended(Exception):
    """Somebody else was quicker, the store was too busy, or its reply was lost: try again."""


class Superseded(Exception):
    """What the write was based on has changed since it was read: read again, then decide again."""


class Random(Protocol):
    """Where jitter comes from."""

    def uniform(self, a: float, b: float) -> float:
        """Return a number between a and b."""
        ...


class Patience:
    """What is left of one call's three seconds."""

    def __init__(self, clock: Clock, random: Random) -> None:
        """Start the clock."""
        self._clock = clock
        self._random = random
        self._deadline = clock.now() + PATIENCE_MS
        self._tries = 0

    def wait(self) -> None:
        """Sleep before the next try; `Busy` when there is no time for another one."""
        ceiling = min(LONGEST_WAIT, FIRST_WAIT * 2**self._tries)
        self._tries += 1
        pause = self._random.uniform(0, ceiling)
        if self._clock.now() + pause * 1000 >= self._deadline:
            raise busy()
        self._clock.sleep(pause)

    def until_done(self, operation: Callable[[], T]) -> T:
        """Repeat `operation` while it is `Contended` and time is left."""
        while True:
            try:
                return operation()
            except Contended:
                self.wait()

    def until_settled(self, operation: Callable[[], T]) -> T:
        """Repeat `operation`, which reads before it decides, until nobody comes between."""
        while True:
            try:
                return operation()
            except (Contended, Superseded):
                self.wait()


def busy() -> Busy:
    """Return the error that says: not refused, only not now."""
    return Busy(
        "stock_busy",
        "Too many changes at once. Try again with the same Idempotency-Key.",
        retry_after=1,
    )
