"""Customers and their uniqueness guards in DynamoDB."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.customers.model import PERSONAL, Customer
from core.customers.resolve import Guard
from core.store import keys, listing, marks, table
from core.store.table import Action

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from core.customers.model import Identity
    from core.customers.resolve import Resolution
    from core.store.marks import Lingers
    from core.store.table import Item


class StoredCustomers:
    """Customers and guards, for the stores whose transactions touch them."""

    def __init__(
        self, dynamodb: DynamoDBClient, core_table: str, guard_key: bytes, lingers: Lingers
    ) -> None:
        """Keep the parts; `guard_key` keys the HMACs that name the guards."""
        self._dynamodb = dynamodb
        self._core = core_table
        self._guard_key = guard_key
        self._lingers = lingers

    def guards(
        self, tenant: str, identities: Sequence[Identity]
    ) -> Mapping[Identity, Guard | None]:
        """Return the guard of each identity."""
        wanted = {i: keys.guard(tenant, i.mac(self._guard_key)) for i in identities}
        found = table.get_many(self._dynamodb, self._core, wanted.values())
        return {
            i: Guard(found[key].get("customer_id")) if key in found else None
            for i, key in wanted.items()
        }

    def find(self, tenant: str, customer_id: str) -> Customer | None:
        """Return a customer."""
        item = table.get(self._dynamodb, self._core, keys.customer(tenant, customer_id))
        return customer(item) if item is not None else None

    def actions(self, tenant: str, resolution: Resolution, at: int) -> list[Action]:
        """Return what writes a customer as an order leaves him: at most three actions."""
        after = resolution.after
        return [
            self._customer(tenant, resolution, at),
            *(self._guard(tenant, i, after, new=True) for i in resolution.taken),
            *(self._guard(tenant, i, after, new=False) for i in resolution.held),
        ]

    def _customer(self, tenant: str, resolution: Resolution, at: int) -> Action:
        after, before = resolution.after, resolution.before
        key = keys.customer(tenant, after.id)
        due = at + self._lingers.of(marks.CUSTOMERS)
        personal = {n: v for n in PERSONAL if (v := getattr(after, n)) is not None}
        if before is None:
            item = personal | {
                "id": after.id,
                "guest": after.guest,
                "audit_key": after.audit_key,
                "created_at": after.created_at,
                "version": after.version,
                "synced_version": 0,
                **listing.customer(tenant, after.id),
                **marks.attributes(key, marks.CUSTOMERS, due),
            }
            missing = "attribute_not_exists(pk)"
            return Action("Put", self._core, key, "customer", item, condition=missing)
        if after == before:
            return Action(
                "ConditionCheck",
                self._core,
                key,
                "customer",
                condition="attribute_exists(pk)",
            )
        sets = ", ".join(f"{n} = :{n}" for n in (*personal, "guest", "version"))
        return Action(
            "Update",
            self._core,
            key,
            "customer",
            update=f"SET {sets}, {marks.MARK}",
            condition="version = :seen",
            values={f":{n}": v for n, v in personal.items()}
            | {":guest": after.guest, ":version": after.version, ":seen": before.version}
            | marks.values(key, marks.CUSTOMERS, due),
        )

    def _guard(self, tenant: str, identity: Identity, owner: Customer, *, new: bool) -> Action:
        key = keys.guard(tenant, identity.mac(self._guard_key))
        label = f"guard:{identity.kind}"
        if new:
            item = {"customer_id": owner.id, "kind": str(identity.kind)}
            missing = "attribute_not_exists(pk)"
            return Action("Put", self._core, key, label, item, condition=missing)
        return Action(
            "ConditionCheck",
            self._core,
            key,
            label,
            condition="customer_id = :customer",
            values={":customer": owner.id},
        )


def customer(item: Item) -> Customer:
    """Read a customer."""
    return Customer(
        id=item["id"],
        created_at=item["created_at"],
        audit_key=item["audit_key"],
        version=item["version"],
        **{n: item.get(n) for n in PERSONAL},
    )
