"""Other programs that use up the same quota, at a steady rate of the twin's clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.twin.limits import Caller


@dataclass(slots=True)
class Neighbour:
    """A program that calls every `every_ms` after `since` (epoch ms), until `until`."""

    caller: Caller
    every_ms: float
    since: int
    until: int | None = None
    landed: int = 0
    limited: int = 0

    @property
    def next_at(self) -> int:
        """When it calls next."""
        return self.since + round((self.landed + self.limited + 1) * self.every_ms)

    def due(self, now: int) -> bool:
        """Tell whether a call of its own is due."""
        return self.next_at <= now and (self.until is None or self.next_at < self.until)


def catch_up(neighbours: list[Neighbour], now: int, admit: Callable[[int, Caller], bool]) -> None:
    """Make the calls that are due by now, oldest first; `admit` counts or refuses each."""
    while waiting := [n for n in neighbours if n.due(now)]:
        one = min(waiting, key=lambda n: n.next_at)
        if admit(one.next_at, one.caller):
            one.landed += 1
        else:
            one.limited += 1
