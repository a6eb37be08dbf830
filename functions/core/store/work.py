"""One tenant's work index and marks, as sync sees them: `core.crm.ports.WorkStore`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from core.crm.lanes import Lane, Look, Waiting
from core.crm.records import Mark
from core.store import keys, marks, parked_items, table
from core.store.due import INDEX
from core.store.keys import Key
from core.store.table import Action

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from concurrent.futures import Executor

    from mypy_boto3_dynamodb import DynamoDBClient

    from core.clock import Clock
    from core.crm.ports import Parked
    from core.store.marks import Lingers
    from core.store.table import Item

_REFUSED = "ConditionalCheckFailedException"
_CLEARED = "REMOVE work_queue, due_at, sync_attempts, sync_rest_until"


class StoredWork:
    """Marks over DynamoDB. Every change of a mark is one conditional update of its own item."""

    def __init__(
        self,
        dynamodb: DynamoDBClient,
        core_table: str,
        tenant: str,
        lingers: Lingers,
        clock: Clock,
        executor: Executor,
    ) -> None:
        """Keep the parts; `executor` is where DynamoDB is called from many threads."""
        self._executor = executor
        self._dynamodb = dynamodb
        self._core = core_table
        self._tenant = tenant
        self._lingers = lingers
        self._clock = clock

    def look(self, lane: Lane) -> Look:
        """Return what waits in a lane, oldest first, up to two turns of it."""
        found: list[Waiting] = []
        for shard in range(keys.SHARDS):
            with table.translated():
                answer = self._dynamodb.query(
                    TableName=self._core,
                    IndexName=INDEX,
                    KeyConditionExpression="work_queue = :queue",
                    ExpressionAttributeValues=table.to_wire(
                        {":queue": keys.queue(self._tenant, lane.queue, shard)}
                    ),
                    Limit=max(2 * lane.share // keys.SHARDS, 1),
                )
            found += [_waiting(table.from_wire(raw)) for raw in answer["Items"]]
        return Look(lane, tuple(sorted(found, key=lambda w: (w.due_at, w.key))))

    def clean(self, done: Sequence[Mark]) -> int:
        """Note that the marks' versions are in HubSpot; return of how many that is all."""
        return sum(self._executor.map(self._clean, done))

    def _clean(self, mark: Mark) -> bool:
        unchanged, same = _as_read(mark)
        done = f"SET synced_version = :version {_CLEARED}, sync_parked"
        if self._update(mark, done, unchanged, same):
            return True
        synced = {":version": mark.version}
        due = self._clock.now() + self._lingers.of(mark.lane or "")
        self._update(
            mark,
            "SET synced_version = :version, due_at = :due REMOVE sync_attempts, sync_rest_until",
            *_still_there(mark, {**synced, ":due": due}),
        )
        return False

    def rest(self, owed: Sequence[tuple[Mark, int]]) -> None:
        """Leave each owed item alone until then, and keep its mark's attempts."""
        for mark, until in owed:
            self._update(
                mark,
                "SET due_at = :until, sync_rest_until = :until, sync_attempts = :attempts",
                *_still_there(mark, {":until": until, ":attempts": mark.attempts}),
            )

    def park(self, parked: Parked, owed: Iterable[Mark]) -> bool:
        """Keep what HubSpot refused, then take its marks out of their lanes."""
        park, count = parked_items.refused(self._core, self._tenant, parked)
        counts = self._write(park)
        if not counts:
            self._write(count)
        yes = {":yes": True}
        for mark in owed:
            unchanged, same = _as_read(mark)
            if not self._update(mark, f"SET sync_parked = :yes {_CLEARED}", unchanged, yes | same):
                self._update(mark, "SET sync_parked = :yes", "attribute_exists(pk)", yes)
        return counts

    def wait(self, kind: str, key: str, order_ids: Iterable[str]) -> None:
        """Remember orders that went to HubSpot without what is parked."""
        home = keys.parked(self._tenant, kind, key)
        for order_id in order_ids:
            self._set(keys.waiting(home, order_id), {"order_id": order_id, "waits": True})

    def unpark(self, kind: str, key: str) -> None:
        """Note that what was parked is in HubSpot after all, and owe the orders that lack it."""
        home = keys.parked(self._tenant, kind, key)
        for item in list(table.query(self._dynamodb, self._core, home.pk, "WAITING#")):
            if item["waits"]:
                self._owe(keys.order(self._tenant, item["order_id"]))
                self._set(Key(item["pk"], item["sk"]), {"waits": False})
        self._write(parked_items.cured(self._core, self._tenant, kind, key, self._clock.now()))

    def _owe(self, order: Key) -> None:
        """Mark an order whose own state has not changed."""
        due = self._clock.now() + self._lingers.of(marks.ORDERS)
        values = marks.values(order, marks.ORDERS, due)
        self._update(Mark(order, 0), f"SET {marks.MARK}", "attribute_exists(pk)", values)

    def _set(self, key: Key, fields: Item) -> None:
        with table.translated():
            self._dynamodb.update_item(
                TableName=self._core,
                Key=table.wire_key(key),
                UpdateExpression="SET " + ", ".join(f"{name} = :{name}" for name in fields),
                ExpressionAttributeValues=table.to_wire({f":{n}": v for n, v in fields.items()}),
            )

    def _update(self, mark: Mark, update: str, condition: str, values: dict[str, Any]) -> bool:
        key = Key(*mark.key)
        return self._write(
            Action(
                "Update", self._core, key, "mark", update=update, condition=condition, values=values
            )
        )

    def _write(self, action: Action) -> bool:
        """Make one conditional update; False when its condition does not hold."""
        try:
            with table.translated():
                self._dynamodb.update_item(**action.wire()["Update"])
        except ClientError as error:
            if error.response["Error"]["Code"] == _REFUSED:
                return False
            raise
        return True


def _as_read(mark: Mark) -> tuple[str, dict[str, Any]]:
    """Return the condition that nothing was owed anew: by a change, or by an operator."""
    values: dict[str, Any] = {":version": mark.version}
    if not mark.retries:
        return "version = :version AND attribute_not_exists(sync_retries)", values
    values[":retries"] = mark.retries
    return "version = :version AND sync_retries = :retries", values


def _still_there(mark: Mark, values: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the condition that the item waits in the lane in which it was found.

    An order that is being shipped waits among the sagas, whose time is not sync's to move.
    """
    if mark.lane is None:
        return "attribute_exists(work_queue)", values
    lane = keys.queue_of(Key(*mark.key), mark.lane)
    return "work_queue = :lane", {**values, ":lane": lane}


def mark(item: Item) -> Mark:
    """Read an item's mark."""
    queue = item.get("work_queue")
    return Mark(
        (item["pk"], item["sk"]),
        item["version"],
        queue.split("#")[1] if queue else None,
        item.get("sync_attempts", 0),
        item.get("sync_rest_until", 0),
        item.get("sync_retries", 0),
    )


def _waiting(item: Item) -> Waiting:
    return Waiting((item["pk"], item["sk"]), item["pk"].split("#", 2)[2], item["due_at"])
