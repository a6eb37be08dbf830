"""What HubSpot refused, as the operator sees it: `core.crm.parking.ParkedStore` over DynamoDB."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.contention import Superseded
from core.crm.parking import EMAIL_TAKEN, QUEUES, TO_CONTACT
from core.crm.properties import ObjectType
from core.orders.model import PAGE_LINES
from core.store import keys, link_items, listing, marks, order_links, pages, parked_items, table
from core.store.audit import put_entry
from core.store.keys import Key
from core.store.table import Action, ConditionFailed

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from core.audit import Entry
    from core.crm.parking import ParkedRecord, State


class StoredParking:
    """Each word of the operator is one transaction with its audit entry."""

    def __init__(self, dynamodb: DynamoDBClient, core_table: str, audit_table: str) -> None:
        """Keep the parts."""
        self._dynamodb = dynamodb
        self._core = core_table
        self._audit = audit_table

    def page(
        self, tenant: str, state: State, kinds: tuple[str, ...], after: str | None, limit: int
    ) -> tuple[tuple[ParkedRecord, ...], str | None]:
        """Return records oldest first, each as it is now, and the position to go on from."""
        partitions = [p for k in kinds for p in listing.parked_partitions(tenant, state, k)]
        listed, position = pages.page(
            self._dynamodb, self._core, pages.LISTING, partitions, after=after, limit=limit
        )
        found = table.get_many(self._dynamodb, self._core, [one.key for one in listed])
        items = [found[one.key] for one in listed if one.key in found]
        return tuple(
            parked_items.record(item, self._waiting(item["pk"]))
            for item in items
            if item["state"] == state
        ), position

    def find(self, tenant: str, kind: str, record: str) -> ParkedRecord | None:
        """Return a record."""
        item = table.get(self._dynamodb, self._core, keys.parked(tenant, kind, record))
        return None if item is None else parked_items.record(item)

    def retry(self, tenant: str, record: ParkedRecord, entry: Entry) -> None:
        """Owe the record again, together with what keeps sync from pushing a part of an order."""
        told = parked_items.retried(self._core, tenant, record, entry.at)
        if record.kind == EMAIL_TAKEN:
            told = parked_items.cured(self._core, tenant, record.kind, record.id, entry.at)
        self._write(
            [
                told,
                self._owed(record, entry.at),
                *self._part(record),
                put_entry(self._audit, entry),
            ]
        )

    def discard(self, tenant: str, record: ParkedRecord, entry: Entry, by: str) -> None:
        """Discard the record; what has been refused anew since it was read is not discarded."""
        self._write(
            [
                parked_items.discarded(self._core, tenant, record, entry.at, by),
                put_entry(self._audit, entry),
            ]
        )

    def _owed(self, record: ParkedRecord, now: int) -> Action:
        """Return the mark; the count tells a push that is on its way that it began too early."""
        home = Key(*record.home)
        return Action(
            "Update",
            self._core,
            home,
            "home",
            update="SET sync_retries = if_not_exists(sync_retries, :none) + :one, " + marks.MARK,
            condition="attribute_exists(pk)",
            values={":none": 0, ":one": 1, **marks.values(home, QUEUES[record.kind], now)},
        )

    def _part(self, record: ParkedRecord) -> list[Action]:
        if record.kind == ObjectType.LINE_ITEMS:
            return [self._line(record)]
        if record.kind == EMAIL_TAKEN:
            return [link_items.set_fields(self._core, Key(*record.home), {}, link_items.EMAIL)]
        return self._contact(record) if record.kind == TO_CONTACT else []

    def _line(self, record: ParkedRecord) -> Action:
        """Return the action that owes a line again, whether it was refused or stands there."""
        line = int(record.id.rpartition("-")[2])
        number = (line - 1) // PAGE_LINES + 1
        empty = order_links.read_page(record.home, number, None)
        item = table.get(self._dynamodb, self._core, order_links.key(empty))
        page = order_links.read_page(record.home, number, item)
        return order_links.put_page(self._core, order_links.owed_again(page, line))

    def _contact(self, record: ParkedRecord) -> list[Action]:
        """Forget the contact with which the order stands, so that it is associated once more."""
        link = keys.link(Key(*record.home))
        if table.get(self._dynamodb, self._core, link) is None:
            return []
        there = "attribute_exists(pk)"
        return [
            Action("Update", self._core, link, "link", update="REMOVE contact", condition=there)
        ]

    def _waiting(self, partition: str) -> int:
        """Count the orders that went to HubSpot without it."""
        found = table.query(self._dynamodb, self._core, partition, "WAITING#")
        return sum(item["waits"] for item in found)

    def _write(self, actions: list[Action]) -> None:
        try:
            table.transact(self._dynamodb, actions)
        except ConditionFailed as failed:
            raise Superseded from failed
