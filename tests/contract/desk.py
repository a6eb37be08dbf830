"""The use cases over one implementation of the stores, by a clock that only the test moves."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from core.access.principal import Kind, Principal
from core.audit import Act
from core.idempotency import Ticket
from core.inventory.service import Inventory, ProductDraft
from core.orders.draft import DraftLine, OrderDraft
from core.orders.place import Placement
from core.orders.sweep import Sweep
from core.routes import Door
from tests.contract.subjects import TENANT
from tests.fakes.clock import FakeClock
from tests.fakes.ids import TimedUlids

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from core.customers.model import CustomerDraft
    from core.inventory.model import Level, Product
    from core.orders.model import Order
    from tests.contract.subjects import Subject

PLACES = [f"S@l{n:02}" for n in range(41)]
FORTY_ONE = [(at, 1) for at in PLACES]
"""What two chunks take."""


@dataclass
class Desk:
    """What a shop's people do, for one tenant."""

    subject: Subject
    tenant: str = TENANT
    clock: FakeClock = field(default_factory=FakeClock)
    dice: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311 - dice for a test

    @property
    def act(self) -> Act:
        """A call by a registered role."""
        who = Principal(self.tenant, "role/test", Kind.ROLE, Door.SIGNED, frozenset())
        return Act(who, "correlation")

    def put(
        self,
        sku: str,
        stock: Mapping[str, int] | None = None,
        *,
        price: int = 255,
        backorder: bool = False,
    ) -> Product:
        """Put a product, with opening stock by location."""
        ids = TimedUlids(self.clock)
        inventory = Inventory(self.subject.inventory, self.clock, ids, self.dice)
        draft = ProductDraft(sku, sku, price, "GBP", None, backorder, stock or {})
        return inventory.put_product(self.act, draft)[0]

    def place(
        self,
        key: str,
        lines: Iterable[tuple[str, int]],
        *,
        body: str = "body",
        customer: CustomerDraft | None = None,
    ) -> Order:
        """Place an order of (place, quantity) lines, each at 1.00 GBP.

        A place is a SKU, at `main`, or `<SKU>@<location>`.
        """
        placement = Placement(self.subject.orders, self.clock, TimedUlids(self.clock), self.dice)
        made = tuple(DraftLine(*_place(at), q, 100) for at, q in lines)
        return placement.place(
            self.act, Ticket(key, body), OrderDraft("GBP", made, customer=customer)
        )

    def sweep(self, order_id: str) -> bool:
        """Sweep one order."""
        sweep = Sweep(self.subject.orders, self.clock, TimedUlids(self.clock))
        return sweep.sweep(self.tenant, order_id)

    def level(self, at: str) -> Level:
        """Return the level at a place."""
        return self.subject.orders.levels(self.tenant, [_place(at)])[_place(at)]

    def check(self, places: Iterable[str]) -> None:
        """Check that no level is negative and each is the sum of its ledger."""
        available: Counter[tuple[str, str]] = Counter()
        reserved: Counter[tuple[str, str]] = Counter()
        for movement in self.subject.look.ledger():
            available[movement.sku, movement.location] += movement.available
            reserved[movement.sku, movement.location] += movement.reserved
        wanted = [_place(at) for at in places]
        levels = self.subject.orders.levels(self.tenant, wanted)
        for place in wanted:
            level = levels[place]
            assert (level.available, level.reserved) == (available[place], reserved[place]), place
            assert level.reserved >= 0
            assert level.backorder or level.available >= 0


class DiedError(BaseException):
    """The end of a process, as far as a store can tell."""


def die(_: str) -> None:
    """End the process at a write."""
    raise DiedError


def half_placed(desk: Desk, key: str = "k") -> Order:
    """Place `FORTY_ONE` and die after the first chunk; return the order as it stands."""
    desk.subject.faults.script.append(None)
    desk.subject.faults.decide = die
    with pytest.raises(DiedError):
        desk.place(key, FORTY_ONE)
    desk.subject.faults.stop()
    record = desk.subject.orders.record(TENANT, key)
    assert record is not None
    order = desk.subject.orders.order(TENANT, record.resource_id)
    assert order is not None
    return order


def _place(at: str) -> tuple[str, str]:
    sku, _, location = at.partition("@")
    return sku, location or "main"
