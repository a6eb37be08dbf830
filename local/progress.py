"""What a person sees while the system comes up: one line per step, with its time."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(slots=True)
class Progress:
    """Prints steps and keeps how many seconds each of them took."""

    out: TextIO = field(default_factory=lambda: sys.stdout)
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Print `name`, run the block, and print how long it took (also when it failed)."""
        started = time.monotonic()
        self._write(f"  {name} ... ")
        outcome = "failed after"
        try:
            yield
            outcome = "done in"
        finally:
            taken = round(time.monotonic() - started, 1)
            self.seconds[name] = taken
            self._write(f"{outcome} {taken} s\n")

    def note(self, word: str) -> None:
        """Add a word to the running step's line."""
        self._write(f"{word} ... ")

    def say(self, text: str = "") -> None:
        """Print one line."""
        self._write(text + "\n")

    def _write(self, text: str) -> None:
        self.out.write(text)
        self.out.flush()
