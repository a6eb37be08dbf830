"""A clock whose hands only a test moves."""

from __future__ import annotations

START = 1_795_300_500_000
"""2026-11-21T22:35:00Z in epoch milliseconds."""


class FakeClock:
    """`core.clock.Clock`: sleeping moves the hands; `slept` holds every pause in seconds."""

    def __init__(self, at: int = START) -> None:
        """Set the hands."""
        self.at = at
        self.slept: list[float] = []

    def now(self) -> int:
        """Return the time as epoch milliseconds."""
        return self.at

    def sleep(self, seconds: float) -> None:
        """Move the hands instead of waiting."""
        self.slept.append(seconds)
        self.at += round(seconds * 1000)

    def advance(self, millis: int) -> None:
        """Let time pass."""
        self.at += millis
