"""Stock levels and ledger lines as DynamoDB holds them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.inventory.model import (
    ON_THE_SHELF,
    Level,
    Movement,
    MovementId,
    MovementKind,
    Reason,
)
from core.store import keys, listing, marks
from core.store.table import Action

if TYPE_CHECKING:
    from core.store.keys import Key
    from core.store.marks import Lingers
    from core.store.table import Item


def level_key(tenant: str, movement: Movement) -> Key:
    """Return the key of the level that a movement changes."""
    return keys.level(tenant, movement.sku, movement.location)


def ledger_key(tenant: str, movement: Movement | MovementId) -> Key:
    """Return the key of a movement's ledger line."""
    m = movement
    return keys.ledger(tenant, m.sku, m.location, m.cause, m.attempt, m.kind)


def level(item: Item) -> Level:
    """Read a level."""
    return Level(
        sku=item["sku"],
        location=item["location"],
        available=item["available"],
        reserved=item["reserved"],
        backorder=item["backorder"],
        opening=item["opening"],
        count_version=item["count_version"],
        version=item["version"],
    )


def movement(item: Item) -> Movement:
    """Read a ledger line."""
    return Movement(
        cause=item["cause"],
        attempt=item["attempt"],
        sku=item["sku"],
        location=item["location"],
        kind=MovementKind(item["kind"]),
        available=item["available"],
        reserved=item["reserved"],
        at=item["at"],
        reason=Reason(item["reason"]) if "reason" in item else None,
        note=item.get("note"),
    )


def put_level(table: str, tenant: str, new: Level, at: int, lingers: Lingers) -> Action:
    """Return the action that makes a level come into being, dirty."""
    key = keys.level(tenant, new.sku, new.location)
    item = {
        "sku": new.sku,
        "location": new.location,
        "available": new.available,
        "reserved": new.reserved,
        "backorder": new.backorder,
        "opening": new.opening,
        "count_version": new.count_version,
        "version": new.version,
        "synced_version": 0,
        **listing.level(tenant, new.sku, new.location),
        **marks.attributes(key, marks.STOCK, at + lingers.of(marks.STOCK)),
    }
    return Action(
        "Put", table, key, f"level:{key.pk}:{key.sk}", item, condition="attribute_not_exists(pk)"
    )


def put_line(table: str, tenant: str, moved: Movement) -> Action:
    """Return the action that writes a ledger line, once."""
    key = ledger_key(tenant, moved)
    item = {
        "cause": moved.cause,
        "attempt": moved.attempt,
        "sku": moved.sku,
        "location": moved.location,
        "kind": str(moved.kind),
        "available": moved.available,
        "reserved": moved.reserved,
        "at": moved.at,
        "reason": str(moved.reason) if moved.reason else None,
        "note": moved.note,
    }
    return Action(
        "Put", table, key, f"line:{key.pk}:{key.sk}", item, condition="attribute_not_exists(pk)"
    )


def move(
    table: str, tenant: str, moved: Movement, lingers: Lingers, seen: int | None = None
) -> tuple[Action, Action]:
    """Return the actions that change a level and say so in the ledger.

    A movement that takes from `available` asks that there be enough, unless the SKU allows
    back-orders; one that takes from `reserved` asks for that; `seen` asks that the level still have
    that version.
    """
    key = level_key(tenant, moved)
    conditions = ["attribute_exists(pk)"]
    values: dict[str, object] = {
        ":available": moved.available,
        ":reserved": moved.reserved,
        ":one": 1,
        ":counted": 1 if moved.kind in ON_THE_SHELF else 0,
        **marks.values(key, marks.STOCK, moved.at + lingers.of(marks.STOCK)),
    }
    if moved.available < 0:
        conditions.append("(available >= :least OR backorder = :yes)")
        values |= {":least": -moved.available, ":yes": True}
    if moved.reserved < 0:
        conditions.append("reserved >= :held")
        values[":held"] = -moved.reserved
    if seen is not None:
        conditions.append("version = :seen")
        values[":seen"] = seen
    update = Action(
        "Update",
        table,
        key,
        f"level:{key.pk}:{key.sk}",
        update="SET available = available + :available, reserved = reserved + :reserved, "
        f"version = version + :one, count_version = count_version + :counted, {marks.MARK}",
        condition=" AND ".join(conditions),
        values=values,
    )
    return update, put_line(table, tenant, moved)
