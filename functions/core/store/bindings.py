"""Bindings of portals' users in DynamoDB: found by the subject, listed beside the customer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.contention import Superseded
from core.customers.binding import Binding, Subject
from core.store import customer_items, keys, table
from core.store.audit import put_entry
from core.store.records import find_record, put_record
from core.store.table import Action, ConditionFailed

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from core.access.principal import Principal
    from core.audit import Entry
    from core.customers.model import Customer
    from core.idempotency import Claim, Record
    from core.store.table import Item

_LISTED = "BINDING#"


class StoredOwners:
    """Whose data a portal's user may reach; every read is strongly consistent and none is kept."""

    def __init__(self, dynamodb: DynamoDBClient, core_table: str, key: bytes) -> None:
        """Keep the parts; `key` keys the HMACs that name bindings."""
        self._dynamodb = dynamodb
        self._core = core_table
        self._key = key

    def of(self, who: Principal) -> str | None:
        """Return the id of the customer whom a user is; None for nobody's, ended and erased."""
        mac = Subject(who.issuer, who.subject).mac(self._key)
        item = table.get(self._dynamodb, self._core, keys.subject(who.tenant, mac))
        if item is None or "revoked_at" in item:
            return None
        owner = str(item["customer_id"])
        there = table.get(self._dynamodb, self._core, keys.customer(who.tenant, owner))
        return owner if there is not None and "erased_at" not in there else None


class StoredBindings:
    """`core.customers.portals.BindingStore` over DynamoDB."""

    def __init__(
        self, dynamodb: DynamoDBClient, core_table: str, audit_table: str, key: bytes
    ) -> None:
        """Keep the parts; `key` keys the HMACs that name bindings."""
        self._dynamodb = dynamodb
        self._core = core_table
        self._audit = audit_table
        self._key = key

    def record(self, tenant: str, digest: str) -> Record | None:
        """Return the idempotency record."""
        return find_record(self._dynamodb, self._core, tenant, digest)

    def customer(self, tenant: str, customer_id: str) -> Customer | None:
        """Return a customer who was not buried."""
        item = table.get(self._dynamodb, self._core, keys.customer(tenant, customer_id))
        return customer_items.customer(item) if customer_items.stands(item) else None

    def id_of(self, subject: Subject) -> str:
        """Return the id of a subject's binding, whether there is one or not."""
        return subject.mac(self._key)

    def find(self, tenant: str, binding_id: str) -> Binding | None:
        """Return a binding, in force or not."""
        item = table.get(self._dynamodb, self._core, keys.subject(tenant, binding_id))
        return _binding(item) if item is not None else None

    def of_customer(self, tenant: str, customer_id: str) -> tuple[Binding, ...]:
        """Return the bindings of a customer, in force or not."""
        partition = keys.customer(tenant, customer_id).pk
        listed = table.query(self._dynamodb, self._core, partition, _LISTED)
        wanted = [keys.subject(tenant, i["sk"].removeprefix(_LISTED)) for i in listed]
        found = table.get_many(self._dynamodb, self._core, wanted).values()
        mine = (_binding(item) for item in found if item["customer_id"] == customer_id)
        return tuple(mine)

    def put(self, tenant: str, binding: Binding, entry: Entry, claim: Claim) -> None:
        """Bind, if nobody is bound by that subject and the customer stands."""
        person = keys.customer(tenant, binding.customer_id)
        item: Item = {
            "id": binding.id,
            "customer_id": binding.customer_id,
            "issuer": binding.issuer,
            "created_at": binding.created_at,
            "created_by": binding.created_by,
        }
        there = "attribute_exists(pk) AND attribute_not_exists(erased_at)"
        free = "attribute_not_exists(pk) OR attribute_exists(revoked_at)"
        subject = keys.subject(tenant, binding.id)
        listed = keys.binding(person, binding.id)
        actions = [
            Action("ConditionCheck", self._core, person, "customer", condition=there),
            Action("Put", self._core, subject, "binding", item, condition=free),
            Action("Put", self._core, listed, "listed", {}),
        ]
        self._write(tenant, actions, entry, claim)

    def end(self, tenant: str, binding: Binding, entry: Entry, claim: Claim) -> None:
        """End a binding that is in force."""
        ended = Action(
            "Update",
            self._core,
            keys.subject(tenant, binding.id),
            "binding",
            update="SET revoked_at = :at",
            condition="customer_id = :customer AND attribute_not_exists(revoked_at)",
            values={":at": binding.revoked_at, ":customer": binding.customer_id},
        )
        self._write(tenant, [ended], entry, claim)

    def _write(self, tenant: str, actions: list[Action], entry: Entry, claim: Claim) -> None:
        actions += [
            put_entry(self._audit, entry),
            put_record(self._core, tenant, claim, entry.at),
        ]
        try:
            table.transact(self._dynamodb, actions)
        except ConditionFailed as failed:
            raise Superseded from failed


def _binding(item: Item) -> Binding:
    return Binding(
        id=item["id"],
        customer_id=item["customer_id"],
        issuer=item["issuer"],
        created_at=item["created_at"],
        created_by=item["created_by"],
        revoked_at=item.get("revoked_at"),
    )
