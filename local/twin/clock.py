"""The twin's clock: real time, which a test or the control API can move forward."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache


@dataclass(slots=True)
class Clock:
    """Epoch milliseconds. `frozen_at` stops it, `offset` shifts it."""

    offset: int = 0
    frozen_at: int | None = None

    def now(self) -> int:
        """Return epoch milliseconds."""
        base = time.time_ns() // 1_000_000 if self.frozen_at is None else self.frozen_at
        return base + self.offset

    def freeze(self) -> None:
        """Stop at this moment."""
        self.frozen_at, self.offset = self.now(), 0

    def run(self) -> None:
        """Go on from this moment."""
        now, self.frozen_at, self.offset = self.now(), None, 0
        self.offset = now - self.now()

    def advance(self, milliseconds: int) -> None:
        """Move forward; going back would break windows that are already counted."""
        if milliseconds < 0:
            raise ValueError("the clock only moves forward")
        self.offset += milliseconds


@lru_cache(maxsize=4_096)
def iso(milliseconds: int) -> str:
    """Epoch milliseconds as HubSpot writes them: 2024-08-15T17:09:13.648Z."""
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{milliseconds % 1000:03d}Z"
