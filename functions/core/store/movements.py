"""Movements that people make, in DynamoDB: counts and adjustments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.contention import Contended, Superseded
from core.inventory.ports import NoLevel, Short
from core.store import keys, stock, table
from core.store.audit import put_entry
from core.store.records import find_record, put_record
from core.store.table import ConditionFailed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from core.audit import Entry
    from core.idempotency import Claim, Record
    from core.inventory.model import Level, Movement, MovementId
    from core.store.marks import Lingers


class StoredMovements:
    """`core.inventory.ports.StockStore` over DynamoDB."""

    def __init__(
        self, dynamodb: DynamoDBClient, core_table: str, audit_table: str, lingers: Lingers
    ) -> None:
        """Keep the parts."""
        self._dynamodb = dynamodb
        self._core = core_table
        self._audit = audit_table
        self._lingers = lingers

    def record(self, tenant: str, digest: str) -> Record | None:
        """Return the record of an Idempotency-Key."""
        return find_record(self._dynamodb, self._core, tenant, digest)

    def levels(
        self, tenant: str, places: Iterable[tuple[str, str]]
    ) -> Mapping[tuple[str, str], Level]:
        """Return stock by (SKU, location)."""
        return find_levels(self._dynamodb, self._core, tenant, places)

    def written(self, tenant: str, wanted: Sequence[MovementId]) -> tuple[Movement, ...]:
        """Return those of the movements that stand in the ledger."""
        homes = [stock.ledger_key(tenant, w) for w in wanted]
        found = table.get_many(self._dynamodb, self._core, homes)
        return tuple(stock.movement(found[home]) for home in homes if home in found)

    def move(
        self,
        tenant: str,
        movement: Movement,
        entry: Entry,
        *,
        seen: int | None = None,
        claim: Claim | None = None,
    ) -> None:
        """Write a movement with its level, audit entry and the call's record, or nothing."""
        actions = [
            *stock.move(self._core, tenant, movement, self._lingers, seen),
            put_entry(self._audit, entry),
        ]
        if claim is not None:
            actions.append(put_record(self._core, tenant, claim, entry.at))
        try:
            table.transact(self._dynamodb, actions)
        except ConditionFailed as failed:
            if seen is not None:
                raise Superseded from failed
            raise refused(tenant, [movement], failed) from failed


def find_levels(
    dynamodb: DynamoDBClient, core_table: str, tenant: str, places: Iterable[tuple[str, str]]
) -> Mapping[tuple[str, str], Level]:
    """Return stock by (SKU, location), strongly consistent."""
    wanted = {keys.level(tenant, sku, location): (sku, location) for sku, location in places}
    found = table.get_many(dynamodb, core_table, wanted)
    return {place: stock.level(found[key]) for key, place in wanted.items() if key in found}


def refused(tenant: str, movements: Iterable[Movement], failed: ConditionFailed) -> Exception:
    """Tell a shortage from a transaction that rested on something which has changed."""
    if any(not label.startswith("level:") for label in failed.failed):
        return Superseded()
    short: list[tuple[str, str]] = []
    for movement in movements:
        key = stock.level_key(tenant, movement)
        label = f"level:{key.pk}:{key.sk}"
        if label not in failed.failed:
            continue
        item = failed.failed[label]
        if item is None:
            return NoLevel()
        if not stock.level(item).covers(-movement.available):
            short.append((movement.sku, movement.location))
    return Short(short) if short else Contended()
