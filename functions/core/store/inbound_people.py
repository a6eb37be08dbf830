"""Customers as HubSpot changes them: `core.crm.inbound.ports.PeopleStore` over DynamoDB."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.crm.outcomes import Reason
from core.crm.parking import EMAIL_TAKEN, State
from core.crm.ports import Parked
from core.customers.resolve import changed
from core.store import keys, link_items, marks, table
from core.store.audit import put_entry
from core.store.keys import Key
from core.store.table import Action, ConditionFailed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mypy_boto3_dynamodb import DynamoDBClient

    from core.audit import Entry
    from core.crm.ports import WorkStore
    from core.crm.subjects import Subject
    from core.customers.model import Customer, Identity
    from core.customers.resolve import Guard
    from core.store.customers import StoredCustomers


class StoredPeople:
    """One tenant's."""

    def __init__(
        self,
        dynamodb: DynamoDBClient,
        core_table: str,
        audit_table: str,
        tenant: str,
        customers: StoredCustomers,
        work: WorkStore,
    ) -> None:
        """Keep the parts."""
        self._dynamodb = dynamodb
        self._core = core_table
        self._audit = audit_table
        self._tenant = tenant
        self._customers = customers
        self._work = work

    def guards(self, identities: Iterable[Identity]) -> Mapping[Identity, Guard | None]:
        """Return the guard of each identity."""
        return self._customers.guards(self._tenant, tuple(identities))

    def conflicts(self, customer_ids: Iterable[str]) -> set[str]:
        """Return the customers whose e-mail waits for a person."""
        wanted = {keys.parked(self._tenant, EMAIL_TAKEN, i): i for i in customer_ids}
        found = table.get_many(self._dynamodb, self._core, wanted)
        return {wanted[k] for k, item in found.items() if item["state"] != State.CURED}

    def change(
        self,
        subject: Subject,
        before: Customer,
        given: Mapping[str, str | None],
        prints: Mapping[str, str],
        entry: Entry,
    ) -> bool:
        """Give a customer these fields, unless he has changed since or an identity is another's."""
        resolution = changed(before, given)
        agreed = link_items.agreed(dict(prints))
        return self._written(
            [
                *self._customers.actions(self._tenant, resolution, entry.at),
                link_items.set_fields(self._core, Key(*subject.home), agreed),
                put_entry(self._audit, entry),
            ]
        )

    def conflict(self, subject: Subject, message: str, entry: Entry) -> None:
        """Keep for a person that HubSpot's e-mail of a contact is another customer's here."""
        reason = Reason("CONFLICT", message)
        parked = Parked(EMAIL_TAKEN, subject.key, subject.home, reason, subject.version, entry.at)
        self._work.park(parked, ())
        self._written([put_entry(self._audit, entry)])

    def settled(self, subject: Subject) -> None:
        """Note that a conflict is over."""
        self._work.unpark(EMAIL_TAKEN, subject.key)

    def bury(self, customer_id: str, entry: Entry) -> bool:
        """Put the tombstones of a person, stop all pushes, and owe the erasure; once."""
        person = self._customers.find(self._tenant, customer_id)
        if person is None:
            return False
        home = keys.customer(self._tenant, customer_id)
        gone = {"gone_at": entry.at}
        return self._written(
            [
                self._erased(home, person, entry.at),
                *self._customers.bury(self._tenant, person, entry.at),
                link_items.set_fields(self._core, home, gone),
                put_entry(self._audit, entry),
            ]
        )

    def _erased(self, home: Key, person: Customer, at: int) -> Action:
        """Owe the erasure, and nothing to HubSpot any more: an item has one mark."""
        return Action(
            "Update",
            self._core,
            home,
            "customer",
            update=f"SET erased_at = :at, {marks.REMARK} "
            "REMOVE sync_attempts, sync_rest_until, sync_parked",
            condition="version = :seen AND attribute_not_exists(erased_at)",
            values={":at": at, ":seen": person.version, **marks.values(home, marks.ERASURES, at)},
        )

    def _written(self, actions: list[Action]) -> bool:
        try:
            table.transact(self._dynamodb, actions)
        except ConditionFailed:
            return False
        return True
