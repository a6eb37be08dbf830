"""The rate budget as reconcile uses it: never more than a third of the ten-second limit.

Orders share that limit with reconcile. Who asks often gets much of it, so reconcile asks seldom.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.crm.allowance import LIMITS, TEN_SECOND
from core.crm.ports import Grant
from core.store.budget import StoredBudget

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from core.clock import Clock

SHARE = 3
_EVERY_MS = SHARE * LIMITS[TEN_SECOND].interval // 1_000


class UnhurriedBudget(StoredBudget):
    """A `StoredBudget` that gives one start at a time, each some 160 ms after the last."""

    def __init__(
        self, dynamodb: DynamoDBClient, core_table: str, tenant: str, clock: Clock
    ) -> None:
        """Keep the parts."""
        super().__init__(dynamodb, core_table, tenant, clock)
        self._next = 0

    def reserve(self, limit: str, count: int, *, urgent: bool) -> Grant:
        """Reserve one start at most."""
        grant = super().reserve(limit, min(count, 1), urgent=urgent)
        if limit != TEN_SECOND or not grant.starts:
            return grant  # each call takes a start of the ten-second limit too
        start = max(grant.starts[0], self._next)
        self._next = start + _EVERY_MS
        return Grant((start,), grant.until)
