"""The rate budget as reconcile uses it: never urgent, and never more than a third of it.

Orders share the portal's ten-second limit with reconcile. Who asks often gets much of it, so
reconcile asks seldom.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.crm.allowance import LIMITS, TEN_SECOND
from core.crm.ports import Grant

if TYPE_CHECKING:
    from core.crm.outcomes import Quota
    from core.crm.ports import Budget

SHARE = 3
_EVERY_MS = SHARE * LIMITS[TEN_SECOND].interval // 1_000


@dataclass(slots=True)
class Unhurried:
    """`core.crm.ports.Budget` that gives one start at a time, each some 160 ms after the last."""

    budget: Budget
    _next: int = 0

    def reserve(self, limit: str, count: int, *, urgent: bool) -> Grant:
        """Reserve one start at most."""
        grant = self.budget.reserve(limit, min(count, 1), urgent=urgent)
        if limit != TEN_SECOND or not grant.starts:
            return grant
        start = max(grant.starts[0], self._next)
        self._next = start + _EVERY_MS
        return Grant((start,), grant.until)

    def observe(self, quota: Quota, flying: int) -> bool:
        """Take note of HubSpot's own figures."""
        return self.budget.observe(quota, flying)

    def limited(self, policy: str, retry_after: float | None) -> None:
        """Take note of a 429."""
        self.budget.limited(policy, retry_after)
