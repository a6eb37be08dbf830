"""Shipping, cancelling and giving back, on both stores: what each leaves in stock, to the unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.errors import Conflict
from core.idempotency import Ticket
from core.orders.change import Change
from core.orders.model import OrderState, ReversalKind
from core.orders.reverse import ReversalDraft, Reverse
from tests.contract.desk import Desk
from tests.contract.subjects import SUBJECTS
from tests.fakes.ids import TimedUlids

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.orders.model import Order

MANY = [(f"S@l{n:02}", 2) for n in range(41)]


class Counter:
    """Orders after they were placed."""

    def __init__(self, desk: Desk) -> None:
        """Keep the desk."""
        self.desk = desk
        self.calls = 0

    def _ticket(self) -> Ticket:
        self.calls += 1
        return Ticket(f"ticket-{self.calls}", "body")

    def to(self, order: Order, state: OrderState) -> Order:
        """Move an order on."""
        desk = self.desk
        change = Change(desk.subject.orders, desk.clock, TimedUlids(desk.clock), desk.dice)
        return change.to(desk.act, self._ticket(), order.header.id, state)

    def back(self, order: Order, kind: ReversalKind, *, restock: bool = True, **lines: int) -> None:
        """Give back lines: `line1=2` is two of the first."""
        desk = self.desk
        reverse = Reverse(desk.subject.orders, desk.clock, TimedUlids(desk.clock), desk.dice)
        wanted = {int(name.removeprefix("line")): q for name, q in lines.items()}
        draft = ReversalDraft(kind, wanted, restock)
        reverse.reverse(desk.act, self._ticket(), order.header.id, draft)

    def stock(self, at: str = "A") -> tuple[int, int]:
        """Return available and reserved."""
        self.desk.check([at])
        level = self.desk.level(at)
        return level.available, level.reserved


@pytest.fixture(params=sorted(SUBJECTS))
def counter(request: pytest.FixtureRequest) -> Iterator[Counter]:
    """Return a counter with ten of `A` and `B`."""
    with SUBJECTS[request.param]() as subject:
        desk = Desk(subject)
        desk.put("A", {"main": 10})
        desk.put("B", {"main": 10})
        yield Counter(desk)


def test_shipping_takes_what_was_reserved(counter: Counter) -> None:
    """Guarantee: what is shipped leaves `reserved` and the shelf; nothing else moves."""
    order = counter.desk.place("k", [("A", 3), ("A", 1)])
    assert counter.stock() == (6, 4)
    assert counter.to(order, OrderState.SHIPPED).header.state is OrderState.SHIPPED
    assert counter.stock() == (6, 0)


def test_cancelling_gives_everything_back(counter: Counter) -> None:
    """Guarantee: after a cancellation stock is as if the order had never been."""
    order = counter.desk.place("k", [("A", 3)])
    counter.to(order, OrderState.CANCELLED)
    assert counter.stock() == (10, 0)
    with pytest.raises(Conflict):
        counter.to(order, OrderState.SHIPPED)


def test_what_was_cancelled_is_not_shipped(counter: Counter) -> None:
    """Guarantee: after part of an order was cancelled only the rest is shipped."""
    order = counter.desk.place("k", [("A", 3), ("B", 2)])
    counter.back(order, ReversalKind.CANCELLATION, line1=2, line2=2)
    assert (counter.stock("A"), counter.stock("B")) == ((9, 1), (10, 0))
    assert counter.to(order, OrderState.SHIPPED).header.state is OrderState.SHIPPED
    assert (counter.stock("A"), counter.stock("B")) == ((9, 0), (10, 0))


def test_what_comes_back_is_sold_again_or_not(counter: Counter) -> None:
    """Guarantee: a return is available again if it is restocked, and gone if not."""
    order = counter.to(counter.desk.place("k", [("A", 4)]), OrderState.SHIPPED)
    counter.back(order, ReversalKind.RETURN, line1=1)
    assert counter.stock() == (7, 0)
    counter.back(order, ReversalKind.RETURN, restock=False, line1=1)
    assert counter.stock() == (7, 0)
    with pytest.raises(Conflict):
        counter.back(order, ReversalKind.RETURN, line1=3)


def test_a_great_order_ships_in_chunks(counter: Counter) -> None:
    """Guarantee: an order of two chunks ships whole; each place gives what it held, once."""
    for start in (0, 20, 40):
        places = {f"l{n:02}": 5 for n in range(start, min(start + 20, 41))}
        counter.desk.put("S", places)
    order = counter.desk.place("k", MANY)
    shipped = counter.to(order, OrderState.SHIPPED)
    assert shipped.header.version == order.header.version + 2
    levels = {(counter.desk.level(at).available, counter.desk.level(at).reserved) for at, _ in MANY}
    assert levels == {(3, 0)}
    counter.desk.check([at for at, _ in MANY])
