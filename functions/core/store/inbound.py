"""Links and marks as inbound writes them: `core.crm.inbound.ports.LinkStore` over DynamoDB."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.contention import Superseded
from core.crm.parking import QUEUES
from core.crm.properties import ObjectType
from core.orders.model import PAGE_LINES
from core.store import keys, link_items, marks, order_links, table
from core.store.audit import put_entry
from core.store.keys import Key
from core.store.order_actions import OrderActions
from core.store.table import Action, ConditionFailed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mypy_boto3_dynamodb import DynamoDBClient

    from core.audit import Entry
    from core.clock import Clock
    from core.crm.ports import Key as Home
    from core.crm.subjects import Subject
    from core.orders.model import Header
    from core.store.marks import Lingers


class StoredLinks:
    """One tenant's. Each write that has an audit entry is one transaction with it."""

    def __init__(
        self,
        dynamodb: DynamoDBClient,
        core_table: str,
        audit_table: str,
        tenant: str,
        lingers: Lingers,
        clock: Clock,
    ) -> None:
        """Keep the parts."""
        self._dynamodb = dynamodb
        self._core = core_table
        self._audit = audit_table
        self._tenant = tenant
        self._lingers = lingers
        self._clock = clock

    def names(self, kind: ObjectType, hubspot_ids: Iterable[str]) -> dict[str, str]:
        """Return what contacts and products are to us, by HubSpot's id."""
        wanted = {keys.standing(self._tenant, kind, i): i for i in hubspot_ids}
        found = table.get_many(self._dynamodb, self._core, wanted)
        return {wanted[key]: item["home"][0].split("#", 2)[2] for key, item in found.items()}

    def repair(self, subject: Subject, forget: Iterable[str], entry: Entry) -> bool:
        """Owe a record that nobody has changed since to HubSpot."""
        condition = "version = :seen AND attribute_not_exists(sync_parked)"
        if not subject.dirty:
            condition += " AND attribute_not_exists(work_queue)"
        actions = [self._mark(subject, condition, {":seen": subject.version})]
        forgotten = link_items.agreed(dict.fromkeys(forget))
        if forgotten:
            actions.append(link_items.set_fields(self._core, Key(*subject.home), forgotten))
        return self._written([*actions, put_entry(self._audit, entry)])

    def agree(self, subject: Subject, prints: Mapping[str, str]) -> None:
        """Note shared values that both sides have now, if the record still stands there."""
        there = subject.link.hubspot_id if subject.link else ""
        fields = link_items.agreed(dict(prints))
        self._written([link_items.set_fields(self._core, Key(*subject.home), fields, at=there)])

    def undo(self, subject: Subject, before: Header, after: Header, entry: Entry) -> None:
        """Turn an order's header, and forget that the sides agreed on its stage."""
        turn = OrderActions(self._core, self._lingers).turn(self._tenant, before, after)
        forget = link_items.set_fields(self._core, Key(*subject.home), {}, link_items.STAGE)
        if not self._written([turn, forget, put_entry(self._audit, entry)]):
            raise Superseded

    def relink(self, home: Home, hubspot_id: str) -> None:
        """Note that a record stands elsewhere now."""
        for action in link_items.stand(self._core, Key(*home), hubspot_id):
            table.write(self._dynamodb, action)

    def merged(self, home: Home, hubspot_id: str, entry: Entry) -> None:
        """Note that a customer's contact is part of another customer's now."""
        fields = {"hubspot_id": hubspot_id, "merged": True}
        part = link_items.set_fields(self._core, Key(*home), fields, "gone_at")
        self._written([part, put_entry(self._audit, entry)])

    def unlink(self, subject: Subject, entry: Entry, *, owed: bool) -> bool:
        """Note that a record stands nowhere any more; an order's lines neither."""
        home = Key(*subject.home)
        there = subject.link.hubspot_id if subject.link else ""
        gone = {"gone_at": entry.at}
        actions = [link_items.set_fields(self._core, home, gone, at=there)]
        if owed:
            actions.append(self._mark(subject, "attribute_exists(pk)", {}))
        if subject.type is ObjectType.ORDERS:
            actions += self._lines_of(home)
        return self._written([*actions, put_entry(self._audit, entry)])

    def owe_line(self, order_id: str, line: int, hubspot_id: str, entry: Entry) -> bool:
        """Push a line anew that stood there."""
        home = keys.order(self._tenant, order_id)
        empty = order_links.read_page(home, (line - 1) // PAGE_LINES + 1, None)
        item = table.get(self._dynamodb, self._core, order_links.key(empty))
        page = order_links.read_page(home, empty.number, item)
        if page.links.get(line) != hubspot_id:
            return False
        owed = order_links.put_page(self._core, order_links.without(page, [line]))
        return self._written([owed, self._owed(home), put_entry(self._audit, entry)])

    def _lines_of(self, home: Key) -> list[Action]:
        """Return what owes all lines of an order that went with it."""
        found = table.query(self._dynamodb, self._core, home.pk, "LINKS#")
        pages = (
            order_links.read_page(home, int(item["sk"].removeprefix("LINKS#")), item)
            for item in found
        )
        return [
            order_links.put_page(self._core, order_links.without(page, page.links))
            for page in pages
        ]

    def _mark(self, subject: Subject, condition: str, values: Mapping[str, object]) -> Action:
        home, queue = Key(*subject.home), QUEUES[subject.type]
        due = self._clock.now() + self._lingers.of(queue)
        return Action(
            "Update",
            self._core,
            home,
            "home",
            update=f"SET {marks.MARK}",
            condition=condition,
            values={**values, **marks.values(home, queue, due)},
        )

    def _owed(self, order: Key) -> Action:
        due = self._clock.now() + self._lingers.of(marks.ORDERS)
        return Action(
            "Update",
            self._core,
            order,
            "home",
            update=f"SET {marks.MARK}",
            condition="attribute_exists(pk)",
            values=marks.values(order, marks.ORDERS, due),
        )

    def _written(self, actions: list[Action]) -> bool:
        try:
            table.transact(self._dynamodb, actions)
        except ConditionFailed:
            return False
        return True
