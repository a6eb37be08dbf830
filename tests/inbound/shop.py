"""A shop whose portal tells it of changes: the flow's shop, the door's sorting, and inbound."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from random import SystemRandom
from typing import TYPE_CHECKING, Any

from core.access.principal import Kind, Principal
from core.audit import Act
from core.crm.events import sorted_events
from core.crm.notices import Notice, notice
from core.customers.model import CustomerDraft
from core.idempotency import Ticket
from core.orders.change import Change
from core.routes import Door
from core.store import keys, table
from core.store.customers import StoredCustomers
from core.store.orders import StoredOrders
from hubspot_inbound.inbound import Inbound
from hubspot_inbound.settings import Settings
from local.twin.webhooks.subscriptions import parse
from tests.fakes.ids import TimedUlids
from tests.flow.shop import Shop
from tests.support import tables
from tests.support.books import LINGERS, TENANT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mypy_boto3_dynamodb import DynamoDBClient

    from core.crm.inbound.looking import Looked
    from core.crm.properties import ObjectType
    from core.orders.model import Header, OrderState
    from tests.support.running_twin import RunningTwin

ROOT = Path(__file__).resolve().parents[2]
HSMETA = json.loads((ROOT / "clients/hubspot/src/app/webhooks/webhooks-hsmeta.json").read_text())
PERSON = "pat-na1-99999999-2222-3333-4444-555555555555"
ADA = CustomerDraft("C-1", "ada@example.com", "Ada", "Lovelace", "+442079460000")


class ToldShop(Shop):
    """A shop that hears what happens in its portal."""

    def __init__(self, dynamodb: DynamoDBClient, twin: RunningTwin, ownership: str = "{}") -> None:
        """Subscribe the twin's webhooks as the HubSpot project does, to be collected here."""
        super().__init__(dynamodb, twin)
        twin.twin.webhooks.subscribe(parse(HSMETA), "secret", "https://door.example.com/hooks")
        twin.twin.add_token(PERSON, 1, kind="person")
        settings = Settings(
            self.core,
            tables.ACCESS,
            tables.AUDIT,
            "",
            "",
            "hubspot/",
            twin.url,
            "2026-09",
            LINGERS.orders,
            LINGERS.stock,
            ownership,
        )
        self.inbound = Inbound(
            settings, b"guard", dynamodb, self.portals, self.executors[1], self.clock
        )
        people = StoredCustomers(dynamodb, self.core, b"guard", LINGERS)
        self.people = people
        self.orders = StoredOrders(dynamodb, self.core, tables.AUDIT, people, LINGERS)

    def told(self) -> tuple[Notice, ...]:
        """Return what HubSpot's webhooks tell of since the last time."""
        self.twin.twin.clock.advance(2_000)
        bodies: list[bytes] = []

        def post(_headers: dict[str, str], body: bytes) -> int:
            bodies.append(body)
            return 204

        self.twin.twin.webhooks.pump(post)
        events = [event for body in bodies for event in json.loads(body)]
        now = self.twin.twin.clock.now()
        return sorted_events(events, {"1": TENANT}.get, now).notices

    def look(self, notices: Iterable[Notice] | None = None) -> dict[str, int]:
        """Let inbound look at what HubSpot told of; return the results that it counts."""
        results: Counter[str] = Counter()
        waiting = list(self.told() if notices is None else notices)
        for _ in range(3):  # what two notices of one record come to is looked at again
            looked = self.looked(waiting)
            assert not looked.failed, looked.failed
            results.update({str(result): count for result, count in looked.results.items()})
            waiting = list(looked.later)
        assert not waiting
        return dict(results)

    def looked(self, notices: Iterable[Notice]) -> Looked:
        """Let inbound look, as its handler does."""
        queued = [notice(one.body(), 0) for one in notices]
        return self.inbound.look(TENANT, queued, "run-1")

    def in_hubspot(self, kind: str, hubspot_id: str, **properties: str) -> None:
        """Edit a record as somebody in HubSpot does."""
        path = f"/crm/objects/2026-09/{kind}/{hubspot_id}"
        answer = self.twin.call("PATCH", path, {"properties": properties}, token=PERSON)
        assert answer.status == 200, answer.body

    def delete_in_hubspot(self, kind: str, hubspot_id: str) -> None:
        """Delete a record as somebody in HubSpot does."""
        assert self.twin.call("DELETE", f"/_twin/records/{kind}/{hubspot_id}").status == 200

    def as_person(self, path: str, body: Any) -> None:
        """Call one of HubSpot's own routes as somebody there."""
        answer = self.twin.call("POST", f"/crm/objects/2026-09/{path}", body, token=PERSON)
        assert answer.status < 300, answer.body

    def sold(self, quantity: int = 2, customer: CustomerDraft | None = ADA) -> tuple[str, str]:
        """Place an order of tea and sync it; return its id and HubSpot's."""
        if self.item(keys.product(TENANT, "TEA-1")) is None:
            self.product("TEA-1")
        placed = self.order([("TEA-1", quantity)], customer=customer)
        self.sync()
        self.told()
        there = self.one("orders", countersign_order_id=placed.header.id)
        return placed.header.id, there["id"]

    def header(self, order_id: str) -> Header:
        """Return an order's header."""
        found = self.orders.order(TENANT, order_id)
        assert found is not None
        return found.header

    def move(self, order_id: str, state: OrderState) -> None:
        """Move an order on through our own doors."""
        who = Principal(TENANT, "role/test", Kind.ROLE, Door.SIGNED, frozenset())
        ids = TimedUlids(self.clock)
        change = Change(self.orders, self.clock, ids, SystemRandom())
        change.to(Act(who, "test"), Ticket(ids.new(), "body"), order_id, state)

    def customer(self, customer_id: str) -> Any:
        """Return a customer."""
        return self.people.find(TENANT, customer_id)

    def customer_of(self, order_id: str) -> str:
        """Return the id of an order's customer."""
        found = self.header(order_id).customer_id
        assert found is not None
        return found

    def stage(self, label: str) -> str:
        """Return the id of an order stage."""
        return self.portals.of(TENANT).order_stages()[label][1]

    def available(self) -> int:
        """Return the stock of tea that can be sold."""
        item = self.item(keys.level(TENANT, "TEA-1", "main"))
        assert item is not None
        return int(item["available"])

    def entries(self, action: str = "") -> list[dict[str, Any]]:
        """Return the audit's entries of what HubSpot did, or of one action."""
        found = [table.from_wire(i) for i in self.dynamodb.scan(TableName=tables.AUDIT)["Items"]]
        own = [e for e in found if e["principal"] == "hubspot"]
        return [e for e in own if action in e["action"]]


def at(kind: ObjectType, hubspot_id: str) -> Notice:
    """Return a notice of a record."""
    return Notice(TENANT, kind, hubspot_id)
