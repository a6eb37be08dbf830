"""`core.customers.ports.CustomerStore` over DynamoDB: customers changed for their own sake."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.contention import Superseded
from core.store import customer_items, keys, listing, pages, table
from core.store.audit import put_entry
from core.store.records import find_record, put_record
from core.store.table import ConditionFailed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from core.audit import Entry
    from core.customers.consent import Recorded
    from core.customers.model import Customer, Identity
    from core.customers.resolve import Guard, Resolution
    from core.idempotency import Claim, Record
    from core.store.customers import StoredCustomers

_CONSENT = "CONSENT#"


class StoredPeople:
    """Reads and transactions of the customers context."""

    def __init__(
        self,
        dynamodb: DynamoDBClient,
        core_table: str,
        audit_table: str,
        customers: StoredCustomers,
    ) -> None:
        """Keep the parts."""
        self._dynamodb = dynamodb
        self._core = core_table
        self._audit = audit_table
        self._customers = customers

    def record(self, tenant: str, digest: str) -> Record | None:
        """Return the idempotency record."""
        return find_record(self._dynamodb, self._core, tenant, digest)

    def guards(
        self, tenant: str, identities: Sequence[Identity]
    ) -> Mapping[Identity, Guard | None]:
        """Return the guard of each identity, None for one that nobody holds."""
        return self._customers.guards(tenant, identities)

    def find(self, tenant: str, customer_id: str) -> Customer | None:
        """Return a customer; None for one whose erasure is owed, too."""
        item = table.get(self._dynamodb, self._core, keys.customer(tenant, customer_id))
        return customer_items.customer(item) if customer_items.stands(item) else None

    def save(
        self, tenant: str, resolution: Resolution, entry: Entry, claim: Claim | None = None
    ) -> None:
        """Write all of it or nothing."""
        actions = [
            *self._customers.actions(tenant, resolution, entry.at),
            put_entry(self._audit, entry),
        ]
        if claim is not None:
            actions.append(put_record(self._core, tenant, claim, entry.at))
        try:
            table.transact(self._dynamodb, actions)
        except ConditionFailed as failed:
            raise Superseded from failed

    def page(
        self, tenant: str, after: str | None, limit: int
    ) -> tuple[tuple[Customer, ...], str | None]:
        """Return customers as they are now, by id; the index itself may lag by a moment."""
        listed, position = pages.page(
            self._dynamodb,
            self._core,
            pages.LISTING,
            listing.partitions(tenant, listing.CUSTOMERS),
            after=after,
            limit=limit,
        )
        found = table.get_many(self._dynamodb, self._core, [one.key for one in listed])
        there = (found[one.key] for one in listed if customer_items.stands(found.get(one.key)))
        return tuple(customer_items.customer(item) for item in there), position

    def history(
        self, tenant: str, customer_id: str, after: str | None, limit: int
    ) -> tuple[tuple[Recorded, ...], str | None]:
        """Return a customer's decisions as they were recorded, oldest first."""
        partition = keys.customer(tenant, customer_id).pk
        first = _CONSENT if after is None else f"{after}\0"
        ends = (first, f"{_CONSENT}~")
        items = table.between(self._dynamodb, self._core, partition, ends, limit + 1)
        position = items[limit - 1]["sk"] if len(items) > limit else None
        return tuple(customer_items.recorded(item) for item in items[:limit]), position
