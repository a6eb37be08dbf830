"""The inventory's routes by their names, and its use cases on moto by a clock that tests move."""

from __future__ import annotations

from dataclasses import dataclass
from random import SystemRandom
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import boto3

from core.access.principal import Kind, Principal
from core.audit import Act
from core.idempotency import Ticket
from core.inventory.lists import Listing
from core.inventory.reserving import Reserving
from core.inventory.service import Inventory, ProductDraft
from core.inventory.stocktaking import Stocktaking
from core.routes import Door, route
from core.store.inventory import StoredInventory
from core.store.lists import StoredLists
from core.store.marks import Lingers
from core.store.movements import StoredMovements
from core.store.reservations import StoredReservations
from tests.fakes.clock import FakeClock
from tests.fakes.ids import TimedUlids
from tests.support import tables
from tests.support.doors import event

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_dynamodb import DynamoDBClient

    from core.inventory.model import Level, Movement
    from tests.support.doors import Reply
    from tests.support.shop import Shop

TENANT = "main"


@dataclass(slots=True)
class Counter:
    """A shop's counter: every route of the inventory, called by name."""

    shop: Shop
    keys: int = 0

    def call(
        self,
        name: str,
        body: object = None,
        *,
        key: str | None = None,
        query: Mapping[str, str] | None = None,
        context: Mapping[str, Any] | None = None,
        sku: str = "",
        location: str = "",
        id: str = "",  # noqa: A002 - the parameter's name in the path
    ) -> Reply:
        """Call a route; a POST without a key gets a new one."""
        path = {"sku": sku, "location": location, "id": id}
        of = route(name)
        filled = of.path
        for parameter, value in path.items():
            filled = filled.replace(f"{{{parameter}}}", quote(value, safe=""))
        if key is None:
            self.keys += 1
            key = f"new-{self.keys}"
        headers = {"Idempotency-Key": key} if of.idempotent_by_key and key else {}
        more = dict(context or {})
        headers |= more.pop("headers", {})
        made = event(of.method, of.path, filled, body, headers, **more)
        made["queryStringParameters"] = dict(query) if query else None
        return self.shop.door.call(made)

    def stock(self, sku: str = "A", location: str = "main") -> dict[str, int]:
        """Return a level's numbers."""
        levels = self.call("get_stock", sku=sku).json["levels"]
        found = next(level for level in levels if level["location"] == location)
        return {n: v for n, v in found.items() if n != "location"}

    def ledger(self, sku: str = "A") -> list[dict[str, Any]]:
        """Return a SKU's whole ledger."""
        found: list[dict[str, Any]] = []
        query: dict[str, str] = {"limit": "100"}
        while True:
            page = self.call("list_ledger", sku=sku, query=query).json
            found += page["movements"]
            if "cursor" not in page:
                return found
            query["cursor"] = page["cursor"]

    def balanced(self, sku: str = "A", location: str = "main") -> bool:
        """Return whether the ledger's sum is the level."""
        level = self.stock(sku, location)
        lines = [m for m in self.ledger(sku) if m["location"] == location]
        return all(sum(m[n] for m in lines) == level[n] for n in ("available", "reserved"))


class Room:
    """The use cases over DynamoDB: moto's (with `mock_aws` around it), unless a client is given."""

    def __init__(self, dynamodb: DynamoDBClient | None = None, prefix: str | None = None) -> None:
        """Put the use cases together, as the handlers do; make the tables unless `prefix` has."""
        self.dynamodb = dynamodb or boto3.client("dynamodb")
        if prefix is None:
            tables.create(self.dynamodb)
        self.core = f"{prefix or ''}{tables.CORE}"
        self.clock = FakeClock()
        ids, random, lingers = TimedUlids(self.clock), SystemRandom(), Lingers(5, 60)
        parts = (self.dynamodb, self.core, f"{prefix or ''}{tables.AUDIT}", lingers)
        self.products = StoredInventory(*parts)
        self.movements = StoredMovements(*parts)
        self.reservations = StoredReservations(*parts)
        lists = StoredLists(self.dynamodb, self.core)
        common = (self.clock, ids, random)
        self.inventory = Inventory(self.products, *common)
        self.stocktaking = Stocktaking(self.products, self.movements, *common)
        self.reserving = Reserving(self.reservations, *common)
        self.listing = Listing(lists, self.products, self.clock, random)
        self._tickets = 0

    def act(self, tenant: str = TENANT) -> Act:
        """Return a call by a role."""
        who = Principal(tenant, "role/1/Caller", Kind.ROLE, Door.SIGNED, frozenset())
        return Act(who, "request-1")

    def ticket(self, digest: str | None = None, body: str = "body") -> Ticket:
        """Return an Idempotency-Key's ticket, a new one unless it is named."""
        self._tickets += 1
        return Ticket(digest or f"ticket-{self._tickets}", body)

    def put(self, sku: str, *, backorder: bool = False, **opening: int) -> None:
        """Put a product with its opening stock by location."""
        draft = ProductDraft(sku, sku, 255, "GBP", None, backorder, opening)
        self.inventory.put_product(self.act(), draft)

    def level(self, sku: str = "A", location: str = "main") -> Level:
        """Return a level."""
        return self.stocktaking.level(TENANT, sku, location)

    def ledger(self, sku: str = "A") -> tuple[Movement, ...]:
        """Return a SKU's first hundred movements."""
        return self.listing.ledger(TENANT, sku, None, 100)[0]

    def assert_balanced(self, *skus: str) -> None:
        """Check that each level is its ledger's sum and, without back-orders, never negative."""
        for sku in skus:
            _, levels = self.products.find(TENANT, sku)
            lines = self.ledger(sku)
            for level in levels:
                mine = [m for m in lines if m.location == level.location]
                assert sum(m.available for m in mine) == level.available, sku
                assert sum(m.reserved for m in mine) == level.reserved, sku
                assert level.reserved >= 0, sku
                assert level.backorder or level.available >= 0, sku
