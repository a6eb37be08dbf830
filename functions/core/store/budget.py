"""The rate budget of one portal: one item per limit, moved by conditional updates.

Whoever calls the same portal shares it: the writer of its tenant, provisioning and later readers.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING

from core import gcra
from core.crm.allowance import (
    DAILY,
    LIMITS,
    TEN_SECOND,
    pause,
    room_at,
    scarce,
)
from core.crm.ports import Grant
from core.crm.sharing import certain, likely, remaining
from core.store.budget_items import BudgetItems, Told, Usage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mypy_boto3_dynamodb import DynamoDBClient

    from core.clock import Clock
    from core.crm.breaker import Breaker
    from core.crm.outcomes import Quota
    from core.gcra import Limit

HORIZON = 2 * gcra.SECOND
"""How far ahead a call may be reserved: nobody waits longer for a start."""

_TRIES = 5
_REMEMBERED = 300
_PERSIST_MS = 5_000


class StoredBudget:
    """`core.crm.ports.Budget` over DynamoDB. For one thread."""

    def __init__(
        self, dynamodb: DynamoDBClient, core_table: str, tenant: str, clock: Clock
    ) -> None:
        """Keep the parts; the items are read when they are first needed."""
        self._items = BudgetItems(dynamodb, core_table, tenant)
        self._clock = clock
        self._usages: dict[str, Usage] = {}
        self._known: Told | None = None
        self._persisted_at = 0
        self._given: deque[int] = deque(maxlen=_REMEMBERED)
        self.others = 0

    @property
    def down(self) -> bool:
        """Whether HubSpot answers nobody, so that one call at a time finds out when it does."""
        return self._told().breaker.open

    @property
    def suspected(self) -> bool:
        """Whether it is rather HubSpot that fails than the last call."""
        return self._told().breaker.suspected

    def reserve(self, limit: str, count: int, *, urgent: bool) -> Grant:
        """Reserve up to `count` starts within two seconds; one only while HubSpot is down."""
        now = self._clock.now()
        told = self._told()
        free_at = told.day.until(now, urgent=urgent)
        # Every call takes this limit first: what holds it back there holds it back altogether.
        if limit == TEN_SECOND:
            free_at = max(free_at, told.breaker.until(now))
        if free_at > now:
            return Grant((), free_at)
        if limit == TEN_SECOND and told.breaker.open:
            self._break(told.breaker.probing(now))
            count = 1
        return self._granted(limit, self._planned(limit), now, count)

    def _granted(self, limit: str, planned: Limit, now: int, count: int) -> Grant:
        for _ in range(_TRIES):
            seen = self._usage(limit)
            micros, arrival = gcra.reserve(planned, seen.arrival, now * 1000, count, HORIZON)
            if not micros:
                return Grant((), gcra.earliest(planned, seen.arrival, now * 1000) // 1000)
            starts = tuple(-(-start // 1000) for start in micros)
            if self._move(limit, seen, seen.after(arrival, starts)):
                if limit == TEN_SECOND:
                    self._given.extend(starts)
                return Grant(starts)
        return Grant((), now + 1_000)

    def observe(self, quota: Quota, sent_at: int | None = None) -> bool:
        """Take note of HubSpot's own figures; kept at most every five seconds."""
        now = self._clock.now()
        told = self._told()
        lately = self._usage(TEN_SECOND).lately
        begun = now if sent_at is None else sent_at
        others = likely(quota, lately, begun, now)
        self.others = certain(quota, lately, begun)
        pace = told.pace.seen(quota, others)
        self._known = replace(told, day=told.day.seen(quota, now), pace=pace)
        if now - self._persisted_at >= _PERSIST_MS:
            self._persist()
        if not scarce(remaining(quota, lately, begun, now), others):
            return False
        self._hold(TEN_SECOND, room_at(self._given, told.pace.interval_ms, now) * 1000)
        return True

    def unused(self, starts: Iterable[int]) -> None:
        """Take back starts of the ten-second limit that no call made use of."""
        usage = self._usage(TEN_SECOND)
        self._usages[TEN_SECOND] = replace(usage, lately=usage.lately.unused(starts))

    def limited(self, policy: str, retry_after: float | None) -> None:
        """Take note of a 429."""
        limit, micros = pause(policy, retry_after)
        now = self._clock.now()
        if limit == DAILY:
            told = self._told()
            self._known = replace(told, day=told.day.spent(now))
            self._persist()
            return
        self._hold(limit, now * 1000 + micros)

    def answered(self) -> None:
        """Take note that HubSpot answers."""
        self._break(self._told().breaker.answered())

    def failed(self, status: int, retry_after: float | None) -> None:
        """Take note that HubSpot did not answer a call."""
        self._break(self._told().breaker.failed(self._clock.now(), status, retry_after))

    def _break(self, breaker: Breaker) -> None:
        """Change the breaker's state, and let the next process know."""
        before = self._told()
        self._known = replace(before, breaker=breaker)
        if breaker != before.breaker:
            self._persist()

    def _hold(self, limit: str, until: int) -> None:
        """Let nothing start before `until` (epoch µs)."""
        for _ in range(_TRIES):
            seen = self._usage(limit)
            arrival = gcra.hold(self._planned(limit), seen.arrival, until)
            if self._move(limit, seen, seen.after(arrival, ())):
                return

    def _planned(self, limit: str) -> Limit:
        planned = LIMITS[limit]
        return self._told().pace.limit(planned) if limit == TEN_SECOND else planned

    def _usage(self, limit: str) -> Usage:
        if limit not in self._usages:
            self._usages[limit] = self._items.usage(limit)
        return self._usages[limit]

    def _move(self, limit: str, seen: Usage, to: Usage) -> bool:
        """Move a limit's state on; what somebody else has moved is read again."""
        if self._items.move(limit, seen, to):
            self._usages[limit] = to
            return True
        del self._usages[limit]
        return False

    def _told(self) -> Told:
        if self._known is None:
            self._known = self._items.told()
        return self._known

    def _persist(self) -> None:
        self._persisted_at = self._clock.now()
        self._items.tell(self._told())
