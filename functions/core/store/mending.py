"""Repairs of reconcile in DynamoDB: `core.reconcile.ports.Mending`.

Each is one transaction with the mark that lets sync push the record again, under the condition that
nothing changed since it was compared. So a repeat does nothing, and what changed is left alone.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from core.crm.parking import QUEUES
from core.crm.properties import ObjectType
from core.reconcile.findings import Remedy
from core.store import keys, marks, order_links, table
from core.store.keys import Key
from core.store.table import Action, ConditionFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from mypy_boto3_dynamodb import DynamoDBClient

    from core.clock import Clock
    from core.reconcile.findings import Repair


_LINKED = "attribute_exists(hubspot_id)"


class StoredMending:
    """One tenant's repairs; `look` lets inbound look at a record of HubSpot's."""

    def __init__(
        self,
        dynamodb: DynamoDBClient,
        core_table: str,
        clock: Clock,
        look: Callable[[ObjectType, str], None],
    ) -> None:
        """Keep the parts."""
        self._dynamodb = dynamodb
        self._core = core_table
        self._clock = clock
        self._look = look

    def mend(self, repairs: Iterable[Repair]) -> None:
        """Carry out repairs; what has changed since it was compared is left alone."""
        for repair in repairs:
            if repair.remedy is Remedy.LOOK:
                self._look(repair.type, repair.hubspot_id)
                continue
            with suppress(ConditionFailed):
                table.transact(self._dynamodb, [*self._owed(repair), *self._parts(repair)])

    def _owed(self, repair: Repair) -> list[Action]:
        """Return the mark. A contact that moved is none of sync's until inbound has seen it."""
        if repair.remedy is Remedy.RELINK and repair.type is ObjectType.CONTACTS:
            return []
        home = Key(*repair.home)
        values = marks.values(home, QUEUES[repair.type], self._clock.now())
        return [
            Action(
                "Update",
                self._core,
                home,
                "home",
                update=f"SET {marks.MARK}",
                condition="version = :version",
                values={":version": repair.version, **values},
            )
        ]

    def _parts(self, repair: Repair) -> list[Action]:
        match repair.remedy:
            case Remedy.RECREATE:
                return [self._unlinked(repair), *self._no_lines(repair)]
            case Remedy.RELINK:
                to = {":there": repair.hubspot_id}
                return [self._link(repair, "SET hubspot_id = :there", _LINKED, to)]
            case Remedy.REASSOCIATE:
                return [self._link(repair, "REMOVE contact", _LINKED)]
            case Remedy.LINES:
                return [self._page(repair)]
        return []

    def _unlinked(self, repair: Repair) -> Action:
        gone = {":gone": repair.hubspot_id}
        return self._link(repair, "REMOVE hubspot_id, contact", "hubspot_id = :gone", gone)

    def _link(
        self, repair: Repair, update: str, condition: str, values: Mapping[str, str] | None = None
    ) -> Action:
        return Action(
            "Update",
            self._core,
            keys.link(Key(*repair.home)),
            "link",
            update=update,
            condition=condition,
            values=values or {},
        )

    def _no_lines(self, repair: Repair) -> list[Action]:
        """Return what forgets where an order's lines stand: they went together with it."""
        if repair.type is not ObjectType.ORDERS:
            return []
        links = table.query(self._dynamodb, self._core, repair.home[0], "LINKS#")
        return [
            Action(
                "Update",
                self._core,
                Key(item["pk"], item["sk"]),
                item["sk"],
                update="SET #lines = :none, revision = revision + :one",
                condition="revision = :seen",
                names={"#lines": "lines"},
                values={":none": {}, ":one": 1, ":seen": item["revision"]},
            )
            for item in links
        ]

    def _page(self, repair: Repair) -> Action:
        """Return what lets lines of a page be pushed again, unless the page changes meanwhile."""
        key = keys.order_links(Key(*repair.home), repair.page)
        item: dict[str, Any] | None = table.get(self._dynamodb, self._core, key)
        page = order_links.read_page(repair.home, repair.page, item)
        return order_links.put_page(self._core, order_links.without(page, repair.lines))
