"""Whether another program uses up the same quota: HubSpot's count of calls beside our own.

HubSpot counts what arrived, we count what started, and an answer tells what was so at some moment
of its way. So there are two figures: the likely one, by which we make room, and the certain one,
which accuses nobody without proof.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.crm.outcomes import Quota

_TICK = 500
_KEPT_TICKS = 56
"""A window, the longest call, and three seconds."""

_NOISE = 6
"""By so many calls the two counts differ although nobody else calls: their ways vary."""

_SLACK_MS = 1_000
_OVERLOOKED = 20
"""A twentieth of the limit is overlooked: calls of set-up are not counted by us."""


@dataclass(frozen=True, slots=True)
class Lately:
    """How many calls of ours, of all functions together, started in which half second.

    `ticks` are pairs of half seconds since the epoch and a number of calls.
    """

    ticks: tuple[tuple[int, int], ...] = ()

    def started(self, starts: Iterable[int], each: int = 1) -> Lately:
        """Count further starts (epoch ms), and forget what is long past."""
        counts = dict(self.ticks)
        for start in starts:
            tick = start // _TICK
            counts[tick] = max(counts.get(tick, 0) + each, 0)
        oldest = max(counts, default=0) - _KEPT_TICKS
        return Lately(tuple(sorted((t, n) for t, n in counts.items() if t >= oldest)))

    def unused(self, starts: Iterable[int]) -> Lately:
        """Take back starts that no call made use of."""
        return self.started(starts, -1)

    def between(self, begin: int, end: int) -> float:
        """Return about how many started between two moments (epoch ms), evenly in each tick."""
        total = 0.0
        for tick, number in self.ticks:
            at = tick * _TICK
            covered = min(at + _TICK, end) - max(at, begin)
            total += number * max(covered, 0) / _TICK
        return total

    def since(self, moment: int) -> int:
        """Return how many started since then (epoch ms), at most."""
        return sum(n for tick, n in self.ticks if tick >= moment // _TICK)


def likely(quota: Quota, lately: Lately, sent_at: int, now: int) -> int:
    """Return how many calls of the window are likely another program's, 0 if it may be noise.

    The answer to a call that started at `sent_at` has just come.
    """
    if not quota.limit or quota.remaining is None or not quota.interval_ms:
        return 0
    told_at = (sent_at + now) // 2
    ours = lately.between(told_at - quota.interval_ms, told_at)
    others = round(quota.limit - quota.remaining - ours)
    return others if others > _NOISE else 0


def remaining(quota: Quota, lately: Lately, sent_at: int, now: int) -> int | None:
    """Return about how many calls remain by now: what started since then counts, what left not."""
    if quota.remaining is None or not quota.interval_ms:
        return None
    told_at = (sent_at + now) // 2
    since = lately.between(told_at, now)
    left = lately.between(told_at - quota.interval_ms, now - quota.interval_ms)
    return round(quota.remaining - since + left)


def certain(quota: Quota, lately: Lately, sent_at: int) -> int:
    """Return how many calls of the window are certainly another program's, 0 if they are few.

    Our own are counted over a second more than the window, and since before the call that was
    answered: too many, never too few.
    """
    if not quota.limit or quota.remaining is None or not quota.interval_ms:
        return 0
    ours = lately.since(sent_at - quota.interval_ms - _SLACK_MS)
    others = quota.limit - quota.remaining - ours
    return others if others > quota.limit // _OVERLOOKED else 0
