"""Shares of calls in the access table: one item each, moved by one conditional update."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from core.access.limits import LIFE, MOST, Lease, taking
from core.contention import Contended
from core.store import keys, table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from core.access.limits import Taking
    from core.clock import Clock
    from core.gcra import Limit

_TRIES = 5
_SIZE = 1_000
_KEPT_SECONDS = 3_600
"""How long a state that says nothing any more is kept at least; then DynamoDB may remove it."""

_REFUSED = "ConditionalCheckFailedException"


class StoredShare:
    """`core.access.limits.Share` over DynamoDB: `limit` for each name, in leases of up to `most`.

    In any time `w`, `w / interval + burst` calls start, and those that were leased in the second
    before it. A store that does not answer is `Contended`: nobody is let through uncounted.
    """

    def __init__(
        self,
        dynamodb: DynamoDBClient,
        access_table: str,
        clock: Clock,
        limit: Limit,
        *,
        most: int = MOST,
    ) -> None:
        """Keep the parts."""
        self._dynamodb = dynamodb
        self._table = access_table
        self._clock = clock
        self._limit = limit
        self._most = min(most, limit.burst)
        self._leases: dict[keys.Key, Lease] = {}

    def take(self, tenant: str, name: str) -> None:
        """Count one call; `TooMany` when there is none left."""
        key, now = keys.rate(tenant, name), self._clock.now() * 1000
        held = self._leases.get(key, Lease())
        used = held.used(now)
        if used is None:
            used = self._renewed(key, held, now)
        self._keep(key, used)

    def _renewed(self, key: keys.Key, held: Lease, now: int) -> Lease:
        """Return a new lease, one call of which is used."""
        wanted, arrival = held.next_size(now, self._most), held.arrival
        for _ in range(_TRIES):
            step = taking(self._limit, arrival, now, wanted)
            moved, arrival = self._move(key, step)
            if moved:
                return Lease(step.count, step.count - 1, now + LIFE, arrival)
            self._keep(key, Lease(arrival=arrival))
        raise Contended

    def _keep(self, key: keys.Key, lease: Lease) -> None:
        if len(self._leases) >= _SIZE:
            self._leases.clear()
        self._leases[key] = lease

    def _move(self, key: keys.Key, step: Taking) -> tuple[bool, int]:
        """Move the state on; return whether that went, and the state as it is now."""
        values: dict[str, Any] = {":below": step.below, ":expires_at": _expiry(step)}
        if step.anew:
            update = "SET arrival = :new"
            condition = "attribute_not_exists(arrival) OR arrival < :below OR arrival > :beyond"
            values |= {":new": step.now + step.cost, ":beyond": step.beyond}
        else:
            update = "SET arrival = arrival + :cost"
            condition = "arrival >= :now AND arrival < :below"
            values |= {":cost": step.cost, ":now": step.now}
        try:
            with table.translated():
                answer = self._dynamodb.update_item(
                    TableName=self._table,
                    Key=table.wire_key(key),
                    UpdateExpression=f"{update}, expires_at = :expires_at",
                    ConditionExpression=condition,
                    ExpressionAttributeValues=table.to_wire(values),
                    ReturnValues="UPDATED_NEW",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except ClientError as error:
            if error.response["Error"]["Code"] != _REFUSED:
                raise
            return False, self._standing(key, error)
        return True, int(table.from_wire(answer["Attributes"])["arrival"])

    def _standing(self, key: keys.Key, error: ClientError) -> int:
        """Return the state that refused a step, from the refusal itself where it tells."""
        told: Any = error.response.get("Item")
        item = table.from_wire(told) if told else table.get(self._dynamodb, self._table, key)
        return 0 if item is None else int(item["arrival"])


def _expiry(step: Taking) -> int:
    return (step.now + step.cost) // 1_000_000 + _KEPT_SECONDS
