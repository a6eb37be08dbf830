"""Writes into the fake store what the use cases write into the real one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from core.crm.records import Mark, OrderRecord, PageRecord, ProductRecord
from core.inventory.model import Product
from core.orders.model import Header, Line, Order, OrderState
from core.orders.plan import pages
from tests.fakes.clock import FakeClock
from tests.fakes.ids import TimedUlids
from tests.fakes.sync_store import FakeSyncStore

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass
class FakeBooks:
    """What a test does to a shop."""

    clock: FakeClock = field(default_factory=FakeClock)
    store: FakeSyncStore = field(init=False)

    def __post_init__(self) -> None:
        """Open an empty store."""
        self.store = FakeSyncStore(self.clock)

    def product(self, sku: str, *, price: int = 255, stock: int = 1000) -> Product:
        """Put a product with opening stock."""
        home, level = (f"main#SKU#{sku}", "PRODUCT"), (f"main#SKU#{sku}", "LEVEL#main")
        before = self.store.records.get(sku)
        now = self.clock.now()
        if isinstance(before, ProductRecord):
            product = replace(before.product, price=price, version=before.product.version + 1)
            self.store.records[sku] = replace(before, product=product)
        else:
            product = Product(TimedUlids(self.clock).new(), sku, sku, price, "GBP", now, now)
            marks = (Mark(home, 1), Mark(level, 1))
            self.store.records[sku] = ProductRecord(product, stock, 0, 1, marks)
            self.store.mark(level, "stock", now + 60_000)
        self.store.mark(home, "products", now + 5_000)
        return product

    def order(self, lines: Sequence[tuple[str, int]]) -> Order:
        """Place an order of (SKU, quantity) lines."""
        made = tuple(
            Line(n, sku, "main", quantity, 255) for n, (sku, quantity) in enumerate(lines, 1)
        )
        total = sum(line.amount for line in made)
        now, cut = self.clock.now(), pages(made)
        header = Header(
            id=TimedUlids(self.clock).new(),
            state=OrderState.PLACED,
            attempt=1,
            chunk=1,
            chunks=1,
            currency="GBP",
            subtotal=total,
            total=total,
            line_count=len(made),
            pages=len(cut),
            placed_at=now,
            updated_at=now,
        )
        key = (f"main#ORDER#{header.id}", "HEADER")
        shown = tuple(PageRecord(n, page, {}) for n, page in enumerate(cut, 1))
        self.store.records[header.id] = OrderRecord(header, (), shown, Mark(key, 1))
        self.store.mark(key, "orders", now + 5_000)
        return Order(header, made)
