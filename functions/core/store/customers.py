"""Customers and their uniqueness guards in DynamoDB."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.store import customer_items, keys, listing, marks, table
from core.store.table import Action

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from core.customers.consent import Recorded
    from core.customers.model import Customer, Identity
    from core.customers.resolve import Guard, Resolution
    from core.store.marks import Lingers
    from core.store.table import Item

_MISSING = "attribute_not_exists(pk)"
_FREE = "attribute_not_exists(pk) OR attribute_exists(released_at)"
_BURIED = "attribute_exists(erased_at) AND attribute_not_exists(customer_id)"


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
        wanted = {i: self._guard_key_of(tenant, i) for i in identities}
        found = table.get_many(self._dynamodb, self._core, wanted.values())
        return {i: customer_items.guard(found.get(key)) for i, key in wanted.items()}

    def find(self, tenant: str, customer_id: str) -> Customer | None:
        """Return a customer."""
        item = table.get(self._dynamodb, self._core, keys.customer(tenant, customer_id))
        return customer_items.customer(item) if item is not None else None

    def actions(self, tenant: str, resolution: Resolution, at: int) -> list[Action]:
        """Return what writes a customer as a call leaves him.

        For an order at most three actions. While the customer still has the version that was read,
        the guards that he held are his; only where he stays as he is, they are looked at.
        """
        after, before = resolution.after, resolution.before
        named = [
            *(self._take(tenant, i, after, _FREE) for i in resolution.taken),
            *(self._take(tenant, i, after, _BURIED) for i in resolution.lifted),
            *(self._release(tenant, i, after, at) for i in resolution.dropped),
        ]
        history = [self._history(tenant, after, recorded) for recorded in resolution.recorded]
        if before is None:
            return [self._create(tenant, after, at), *named, *history]
        if not resolution.changed:
            held = (self._holds(tenant, identity, after) for identity in resolution.held)
            return [self._stays(tenant, after), *held]
        return [self._change(tenant, before, after, at), *named, *history]

    def bury(self, tenant: str, person: Customer, at: int) -> list[Action]:
        """Return what turns a person's guards into tombstones, so that no path brings him back.

        `at` (epoch ms) is the erasure's time; only consent that was given later lifts them.
        """
        return [
            Action(
                "Put",
                self._core,
                self._guard_key_of(tenant, identity),
                f"guard:{identity.kind}",
                {"kind": str(identity.kind), "erased_at": at},
                condition="customer_id = :customer",
                values={":customer": person.id},
            )
            for identity in person.identities
        ]

    def _create(self, tenant: str, after: Customer, at: int) -> Action:
        key = keys.customer(tenant, after.id)
        due = at + self._lingers.of(marks.CUSTOMERS)
        item: Item = customer_items.written(after) | {
            "id": after.id,
            "audit_key": after.audit_key,
            "created_at": after.created_at,
            "synced_version": 0,
            **listing.customer(tenant, after.id),
            **marks.attributes(key, marks.CUSTOMERS, due),
        }
        return Action("Put", self._core, key, "customer", item, condition=_MISSING)

    def _change(self, tenant: str, before: Customer, after: Customer, at: int) -> Action:
        key = keys.customer(tenant, after.id)
        due = at + self._lingers.of(marks.CUSTOMERS)
        wanted = customer_items.written(after)
        present = {n: v for n, v in wanted.items() if v is not None}
        absent = [f"#{n}" for n, v in wanted.items() if v is None]
        sets = ", ".join(f"#{n} = :{n}" for n in present)
        return Action(
            "Update",
            self._core,
            key,
            "customer",
            update=f"SET {sets}, {marks.MARK}" + (f" REMOVE {', '.join(absent)}" if absent else ""),
            condition="#version = :seen AND attribute_not_exists(erased_at)",
            names={f"#{n}": n for n in wanted},
            values={f":{n}": v for n, v in present.items()}
            | {":seen": before.version}
            | marks.values(key, marks.CUSTOMERS, due),
        )

    def _stays(self, tenant: str, person: Customer) -> Action:
        key = keys.customer(tenant, person.id)
        there = "attribute_exists(pk)"
        return Action("ConditionCheck", self._core, key, "customer", condition=there)

    def _history(self, tenant: str, person: Customer, of: Recorded) -> Action:
        key = keys.consent(keys.customer(tenant, person.id), of.id)
        item = customer_items.recorded_item(of)
        return Action("Put", self._core, key, f"consent:{of.id}", item, condition=_MISSING)

    def _take(self, tenant: str, identity: Identity, owner: Customer, condition: str) -> Action:
        return Action(
            "Put",
            self._core,
            self._guard_key_of(tenant, identity),
            f"guard:{identity.kind}:taken",
            {"customer_id": owner.id, "kind": str(identity.kind)},
            condition=condition,
        )

    def _release(self, tenant: str, identity: Identity, owner: Customer, at: int) -> Action:
        """Free a guard; DynamoDB's TTL removes it, and until then it holds nobody."""
        return Action(
            "Update",
            self._core,
            self._guard_key_of(tenant, identity),
            f"guard:{identity.kind}:dropped",
            update="SET released_at = :at, expires_at = :end REMOVE customer_id",
            condition="customer_id = :customer",
            values={":at": at, ":end": at // 1000, ":customer": owner.id},
        )

    def _holds(self, tenant: str, identity: Identity, owner: Customer) -> Action:
        return Action(
            "ConditionCheck",
            self._core,
            self._guard_key_of(tenant, identity),
            f"guard:{identity.kind}",
            condition="customer_id = :customer",
            values={":customer": owner.id},
        )

    def _guard_key_of(self, tenant: str, identity: Identity) -> keys.Key:
        return keys.guard(tenant, identity.mac(self._guard_key))
