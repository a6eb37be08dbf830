"""A tenant's goods and orders, written by the real use cases over any DynamoDB."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from random import SystemRandom
from typing import TYPE_CHECKING, Any

from core.access.principal import Kind, Principal
from core.audit import Act
from core.idempotency import Ticket
from core.inventory.service import Inventory, ProductDraft
from core.orders.draft import DraftLine, OrderDraft
from core.orders.place import Placement
from core.routes import Door
from core.store import keys, listing, marks, table
from core.store.customers import StoredCustomers
from core.store.inventory import StoredInventory
from core.store.marks import Lingers
from core.store.orders import StoredOrders
from tests.fakes.clock import FakeClock
from tests.fakes.ids import TimedUlids
from tests.support import tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from core.customers.model import CustomerDraft
    from core.inventory.model import Product
    from core.orders.model import Charge, Order

TENANT = "main"
LINGERS = Lingers(orders=5, stock=60)


@dataclass
class Books:
    """What a test does to a shop; the clock stands still between steps."""

    dynamodb: DynamoDBClient
    clock: FakeClock = field(default_factory=FakeClock)
    core: str = tables.CORE

    def __post_init__(self) -> None:
        """Put the use cases together, as the handlers do."""
        ids, dice = TimedUlids(self.clock), SystemRandom()
        store = StoredInventory(self.dynamodb, self.core, tables.AUDIT, LINGERS)
        self.inventory = Inventory(store, self.clock, ids, dice)
        people = StoredCustomers(self.dynamodb, self.core, b"guard", LINGERS)
        orders = StoredOrders(self.dynamodb, self.core, tables.AUDIT, people, LINGERS)
        self.placement = Placement(orders, self.clock, ids, dice)

    def product(
        self, sku: str, *, price: int = 255, stock: int = 1000, name: str = "Widget"
    ) -> Product:
        """Put a product with opening stock."""
        draft = ProductDraft(
            sku, name, price, "GBP", None, backorder=False, opening_stock={"main": stock}
        )
        return self.inventory.put_product(self._act(), draft)[0]

    def products(self, skus: Iterable[str]) -> None:
        """Put products as `product` does, but quickly: copies of the first one's items."""
        first, *others = skus
        self.product(first)
        partition = keys.product(TENANT, first).pk
        there = list(table.query(self.dynamodb, self.core, partition))
        copies = [
            _copy(item, sku, TimedUlids(self.clock).new()) for sku in others for item in there
        ]
        for start in range(0, len(copies), 25):
            puts: Any = [{"PutRequest": {"Item": c}} for c in copies[start : start + 25]]
            self.dynamodb.batch_write_item(RequestItems={self.core: puts})

    def order(
        self,
        lines: Sequence[tuple[str, int]],
        *,
        customer: CustomerDraft | None = None,
        charges: tuple[Charge, ...] = (),
        external_id: str | None = None,
        key: str | None = None,
    ) -> Order:
        """Place an order of (SKU, quantity) lines at the products' prices."""
        drafts = tuple(DraftLine(sku, "main", quantity) for sku, quantity in lines)
        draft = OrderDraft("GBP", drafts, charges, customer, external_id)
        digest = sha256((key or TimedUlids(self.clock).new()).encode()).hexdigest()
        return self.placement.place(self._act(), Ticket(digest, "body"), draft)

    def reach(self, order_id: str, state: str) -> None:
        """Move an order on, as a transition does."""
        key = keys.order(TENANT, order_id)
        due = self.clock.now() + LINGERS.of(marks.ORDERS)
        self.dynamodb.update_item(
            TableName=self.core,
            Key=table.wire_key(key),
            UpdateExpression="SET #state = :state, stages.#name = :now, version = version + :one, "
            + marks.MARK,
            ExpressionAttributeNames={"#state": "state", "#name": state},
            ExpressionAttributeValues=table.to_wire(
                {":state": state, ":now": self.clock.now(), ":one": 1}
                | marks.values(key, marks.ORDERS, due)
            ),
        )

    def item(self, key: keys.Key) -> table.Item | None:
        """Return an item of the core table."""
        return table.get(self.dynamodb, self.core, key)

    def owed(self) -> list[tuple[str, str]]:
        """Return the keys of all items that carry a work mark."""
        found = self.dynamodb.scan(
            TableName=self.core, FilterExpression="attribute_exists(work_queue)"
        )
        return [(i["pk"]["S"], i["sk"]["S"]) for i in found["Items"]]

    def _act(self) -> Act:
        scopes = frozenset({"stock:write", "orders:place"})
        return Act(Principal(TENANT, "role/test", Kind.ROLE, Door.SIGNED, scopes), "test")


def _copy(item: table.Item, sku: str, new_id: str) -> dict[str, Any]:
    key = keys.Key(keys.product(TENANT, sku).pk, item["sk"])
    lane = item["work_queue"].split("#")[1]
    changed: table.Item = {"pk": key.pk, "sku": sku, "work_queue": keys.queue_of(key, lane)}
    if "list_of" in item:
        place = item.get("location")
        changed |= listing.level(TENANT, sku, place) if place else listing.product(TENANT, sku)
    return table.to_wire(item | changed | ({"id": new_id} if "id" in item else {}))
