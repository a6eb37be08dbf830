"""Products and stock in DynamoDB."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.contention import Superseded
from core.inventory.model import Product
from core.store import keys, listing, marks, table
from core.store.audit import put_entry
from core.store.records import put_record
from core.store.stock import level, put_level, put_line
from core.store.table import Action, ConditionFailed

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from core.audit import Entry
    from core.idempotency import Claim
    from core.inventory.model import Level
    from core.inventory.ports import ProductChange
    from core.store.marks import Lingers
    from core.store.table import Item


class StoredInventory:
    """`core.inventory.ports.InventoryStore` over DynamoDB."""

    def __init__(
        self, dynamodb: DynamoDBClient, core_table: str, audit_table: str, lingers: Lingers
    ) -> None:
        """Keep the parts."""
        self._dynamodb = dynamodb
        self._core = core_table
        self._audit = audit_table
        self._lingers = lingers

    def find(self, tenant: str, sku: str) -> tuple[Product | None, tuple[Level, ...]]:
        """Return the product (None when there is none) and its levels."""
        key = keys.product(tenant, sku)
        items = list(table.query(self._dynamodb, self._core, key.pk))
        products = [product(i) for i in items if i["sk"] == key.sk]
        levels = tuple(level(i) for i in items if i["sk"].startswith("LEVEL#"))
        return (products[0] if products else None), levels

    def speaks_for_case(self, tenant: str, sku: str) -> bool:
        """Return whether no SKU that differs in case only was there before this one."""
        fold = table.get(self._dynamodb, self._core, keys.sku_fold(tenant, sku))
        return fold is None or fold["sku"] == sku

    def save(self, change: ProductChange, entry: Entry, claim: Claim | None = None) -> None:
        """Write all of the change with its audit entry and the call's record, or nothing."""
        actions = [self._product(change), put_entry(self._audit, entry)]
        if claim is not None:
            actions.append(put_record(self._core, change.tenant, claim, entry.at))
        if change.before is None and change.after.speaks_for_case:
            actions.append(self._fold(change))
        for new, movement in change.opened:
            at = change.after.updated_at
            actions.append(put_level(self._core, change.tenant, new, at, self._lingers))
            actions.append(put_line(self._core, change.tenant, movement))
        actions += [self._reflag(change, old) for old in change.reflagged]
        try:
            table.transact(self._dynamodb, actions)
        except ConditionFailed as failed:
            raise Superseded from failed

    def _product(self, change: ProductChange) -> Action:
        key = keys.product(change.tenant, change.after.sku)
        due = change.after.updated_at + self._lingers.of(marks.PRODUCTS)
        if change.before is None:
            item = _attributes(change.after) | {
                "id": change.after.id,
                "sku": change.after.sku,
                "hs_sku": change.after.speaks_for_case,
                "created_at": change.after.created_at,
                "synced_version": 0,
                **listing.product(change.tenant, change.after.sku),
                **marks.attributes(key, marks.PRODUCTS, due),
            }
            missing = "attribute_not_exists(pk)"
            return Action("Put", self._core, key, "product", item, condition=missing)
        wanted = _attributes(change.after)
        present = {n: v for n, v in wanted.items() if v is not None}
        absent = [f"#{n}" for n, v in wanted.items() if v is None]
        sets = ", ".join(f"#{n} = :{n}" for n in present)
        return Action(
            "Update",
            self._core,
            key,
            "product",
            update=f"SET {sets}, {marks.MARK}" + (f" REMOVE {', '.join(absent)}" if absent else ""),
            condition="version = :seen",
            names={f"#{n}": n for n in wanted},
            values={f":{n}": v for n, v in present.items()}
            | {":seen": change.before.version}
            | marks.values(key, marks.PRODUCTS, due),
        )

    def _fold(self, change: ProductChange) -> Action:
        key = keys.sku_fold(change.tenant, change.after.sku)
        return Action(
            "Put",
            self._core,
            key,
            "fold",
            {"sku": change.after.sku},
            condition="attribute_not_exists(pk) OR sku = :sku",
            values={":sku": change.after.sku},
        )

    def _reflag(self, change: ProductChange, old: Level) -> Action:
        return Action(
            "Update",
            self._core,
            keys.level(change.tenant, old.sku, old.location),
            f"level:{old.location}",
            update="SET backorder = :backorder",
            condition="attribute_exists(pk)",
            values={":backorder": change.after.backorder},
        )


def product(item: Item) -> Product:
    """Read a product."""
    return Product(
        id=item["id"],
        sku=item["sku"],
        name=item["name"],
        price=item["price"],
        currency=item["currency"],
        created_at=item["created_at"],
        updated_at=item["updated_at"],
        description=item.get("description"),
        backorder=item["backorder"],
        speaks_for_case=item["hs_sku"],
        version=item["version"],
    )


def _attributes(wanted: Product) -> Item:
    """Return what of a product can change."""
    return {
        "name": wanted.name,
        "price": wanted.price,
        "currency": wanted.currency,
        "description": wanted.description,
        "backorder": wanted.backorder,
        "updated_at": wanted.updated_at,
        "version": wanted.version,
    }
