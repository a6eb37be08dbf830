"""The rate budget of one portal: one item per limit, moved by conditional updates.

Whoever calls the same portal shares it: the writer of its tenant, provisioning and later readers.
"""

from __future__ import annotations

from collections import deque
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from core import gcra
from core.crm.allowance import DAILY, LIMITS, TEN_SECOND, Day, Pace, pause, room_at, scarce
from core.crm.ports import Grant
from core.store import keys, table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from core.clock import Clock
    from core.crm.outcomes import Quota

HORIZON = 2 * gcra.SECOND
"""How far ahead a call may be reserved: nobody waits longer for a start."""

_TRIES = 5
_REMEMBERED = 300
_PERSIST_MS = 5_000
_REFUSED = "ConditionalCheckFailedException"


class StoredBudget:
    """`core.crm.ports.Budget` over DynamoDB. For one thread."""

    def __init__(
        self, dynamodb: DynamoDBClient, core_table: str, tenant: str, clock: Clock
    ) -> None:
        """Keep the parts; the items are read when they are first needed."""
        self._dynamodb = dynamodb
        self._core = core_table
        self._tenant = tenant
        self._clock = clock
        self._arrivals: dict[str, int] = {}
        self._pace = Pace()
        self._day: Day | None = None
        self._persisted_at = 0
        self._given: deque[int] = deque(maxlen=_REMEMBERED)

    def reserve(self, limit: str, count: int, *, urgent: bool) -> Grant:
        """Reserve up to `count` starts within two seconds."""
        now = self._clock.now()
        free_at = self._today().until(now, urgent=urgent)
        if free_at > now:
            return Grant((), free_at)
        planned = self._pace.limit(LIMITS[limit]) if limit == TEN_SECOND else LIMITS[limit]
        for _ in range(_TRIES):
            seen = self._arrival(limit)
            starts, arrival = gcra.reserve(planned, seen, now * 1000, count, HORIZON)
            if not starts:
                return Grant((), gcra.earliest(planned, seen, now * 1000) // 1000)
            if self._move(limit, seen, arrival):
                grant = Grant(tuple(-(-start // 1000) for start in starts))
                if limit == TEN_SECOND:
                    self._given.extend(grant.starts)
                return grant
        return Grant((), now + 1_000)

    def observe(self, quota: Quota, flying: int) -> bool:
        """Take note of HubSpot's own figures; kept at most every five seconds."""
        now = self._clock.now()
        self._day = self._today().seen(quota, now)
        self._pace = self._pace.seen(quota)
        if now - self._persisted_at >= _PERSIST_MS:
            self._persist()
        if not scarce(quota, flying):
            return False
        self._hold(TEN_SECOND, room_at(self._given, self._pace.interval_ms, now) * 1000)
        return True

    def limited(self, policy: str, retry_after: float | None) -> None:
        """Take note of a 429."""
        limit, micros = pause(policy, retry_after)
        now = self._clock.now()
        if limit == DAILY:
            self._day = self._today().spent(now)
            self._persist()
            return
        self._hold(limit, now * 1000 + micros)

    def _hold(self, limit: str, until: int) -> None:
        """Let nothing start before `until` (epoch µs)."""
        for _ in range(_TRIES):
            seen = self._arrival(limit)
            if self._move(limit, seen, gcra.hold(LIMITS[limit], seen, until)):
                return

    def _arrival(self, limit: str) -> int:
        if limit not in self._arrivals:
            item = self._get(limit)
            self._arrivals[limit] = item.get("arrival", 0)
        return self._arrivals[limit]

    def _move(self, limit: str, seen: int, arrival: int) -> bool:
        """Move a limit's state on, if nobody else has; False when somebody has."""
        condition = "arrival = :seen" if seen else "attribute_not_exists(arrival)"
        values = {":arrival": arrival} | ({":seen": seen} if seen else {})
        try:
            self._set(limit, "SET arrival = :arrival", values, condition)
        except ClientError as error:
            if error.response["Error"]["Code"] != _REFUSED:
                raise
            del self._arrivals[limit]
            return False
        self._arrivals[limit] = arrival
        return True

    def _today(self) -> Day:
        if self._day is None:
            item = self._get(DAILY)
            known = {
                n: item[n] for n in ("remaining", "limit", "seen_at", "blocked_until") if n in item
            }
            self._day = Day(**known)
            pace = {n: item[f"pace_{n}"] for n in asdict(self._pace) if f"pace_{n}" in item}
            self._pace = Pace(**pace)
        return self._day

    def _persist(self) -> None:
        self._persisted_at = self._clock.now()
        fields: dict[str, Any] = {f"pace_{n}": v for n, v in asdict(self._pace).items()}
        fields |= {n: v for n, v in asdict(self._today()).items() if v is not None}
        sets = ", ".join(f"#{n} = :{n}" for n in fields)
        values = {f":{n}": v for n, v in fields.items()}
        self._set(DAILY, f"SET {sets}", values, names={f"#{n}": n for n in fields})

    def _get(self, limit: str) -> table.Item:
        return table.get(self._dynamodb, self._core, keys.budget(self._tenant, limit)) or {}

    def _set(
        self,
        limit: str,
        update: str,
        values: dict[str, Any],
        condition: str = "",
        names: dict[str, str] | None = None,
    ) -> None:
        request: dict[str, Any] = {
            "TableName": self._core,
            "Key": table.wire_key(keys.budget(self._tenant, limit)),
            "UpdateExpression": update,
            "ExpressionAttributeValues": table.to_wire(values),
        }
        if condition:
            request["ConditionExpression"] = condition
        if names:
            request["ExpressionAttributeNames"] = names
        with table.translated():
            self._dynamodb.update_item(**request)
