"""One line that says how far an import is, how quick, and how long it will take."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from threading import Lock
from typing import TextIO

TERMINAL_EVERY, LOG_EVERY = 0.5, 15.0
"""Seconds between two lines: on a terminal they overwrite each other, in a log they pile up."""


@dataclass(slots=True)
class Progress:
    """Counts what is settled of `total` and writes it to `out`; several threads may tell it."""

    name: str
    total: int
    out: TextIO
    done: int = 0
    refused: int = 0
    started: float = field(default_factory=time.monotonic)
    _shown: float = field(default_factory=time.monotonic)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def tick(self, *, refused: bool = False) -> None:
        """Count one more."""
        with self._lock:
            self.done += 1
            self.refused += refused
            now = time.monotonic()
            if now - self._shown >= (TERMINAL_EVERY if self.out.isatty() else LOG_EVERY):
                self._shown = now
                self._write(self.line(now), end="")

    def finish(self) -> None:
        """Write the last line."""
        with self._lock:
            self._write(self.line(time.monotonic()), end="\n" if self.out.isatty() else "")

    def line(self, now: float) -> str:
        """Return what is written: done, rate, time left."""
        passed = max(now - self.started, 0.001)
        rate = self.done / passed
        left = (self.total - self.done) / rate if rate else 0.0
        refused = f", {self.refused} refused" if self.refused else ""
        ahead = f", {_spoken(left)} left" if self.done < self.total else f" in {_spoken(passed)}"
        return f"  {self.name} {self.done}/{self.total}{refused}, {rate:.1f}/s{ahead}"

    def _write(self, line: str, end: str) -> None:
        self.out.write(f"\r{line}\x1b[K{end}" if self.out.isatty() else f"{line}\n")
        self.out.flush()


def _spoken(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
