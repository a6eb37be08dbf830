"""Whether another program uses up the same quota: HubSpot's count of calls beside our own.

HubSpot counts what arrived, we count what started; both know of a call within moments of each
other. So our count is taken over a second more than HubSpot's window, and since before the call
whose answer tells: it can be too high, never too low. What HubSpot has beyond it is not ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.crm.outcomes import Quota

_KEPT_SECONDS = 32
"""A window, the longest call, and a second for each."""

_SLACK_MS = 1_000
_OVERLOOKED = 20
"""A twentieth of the limit is overlooked: calls of set-up are not counted by us."""


@dataclass(frozen=True, slots=True)
class Lately:
    """How many calls of ours, of all functions together, started in which second."""

    seconds: tuple[tuple[int, int], ...] = ()

    def started(self, starts: Iterable[int]) -> Lately:
        """Count further starts (epoch ms), and forget what is long past."""
        counts = dict(self.seconds)
        for start in starts:
            counts[start // 1000] = counts.get(start // 1000, 0) + 1
        oldest = max(counts, default=0) - _KEPT_SECONDS
        return Lately(tuple(sorted((s, n) for s, n in counts.items() if s >= oldest)))

    def since(self, moment: int) -> int:
        """Return how many started since then (epoch ms), at most."""
        return sum(n for second, n in self.seconds if second >= moment // 1000)


def elsewhere(quota: Quota, lately: Lately, sent_at: int) -> int:
    """Return how many calls of the window are certainly not ours; `sent_at` is the call's start."""
    if not quota.limit or quota.remaining is None or not quota.interval_ms:
        return 0
    ours = lately.since(sent_at - quota.interval_ms - _SLACK_MS)
    others = quota.limit - quota.remaining - ours
    return others if others > quota.limit // _OVERLOOKED else 0
