"""Killed at its writes, before them or before their reply: nothing is missed or counted twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from core.customers.model import CustomerDraft
from core.reconcile import reconciler
from core.reconcile.run import Mode
from tests.support.books import TENANT

if TYPE_CHECKING:
    from tests.reconcile.shop import ReconciledShop


LIVES = 5
"""Lives of different lengths; the longest outlasts the repairs of a page."""


class Killed(BaseException):
    """What a function that is ended does not live to handle."""


class Killer:
    """Ends the process at the k-th transaction: before it is written, or before its reply."""

    def __init__(self, shop: ReconciledShop, moment: str) -> None:
        """Stand between reconcile and DynamoDB."""
        self.left: int | None = None
        name = f"{moment}.dynamodb.TransactWriteItems"
        shop.dynamodb.meta.events.register(name, self._meet)

    def _meet(self, **_more: Any) -> None:
        if self.left is None:
            return
        if self.left == 0:
            self.left = None
            raise Killed
        self.left -= 1


def disturbed(shop: ReconciledShop) -> dict[str, int]:
    """Spoil HubSpot's side of eight products and three orders; return what is to be found."""
    skus = [f"S-{n}" for n in range(8)]
    for sku in skus:
        shop.product(sku)
    for number in range(3):
        person = CustomerDraft(f"C-{number}", f"c{number}@example.com")
        shop.order([(skus[number], 1), (skus[number + 1], 2)], customer=person)
    shop.settle()
    products = [p["id"] for p in shop.shown("products")]
    for product in products[:3]:
        shop.edit("products", product, price="0.01")
    shop.remove("products", products[4])
    shop.remove("orders", shop.shown("orders")[1]["id"])
    shop.edit("line_items", shop.shown("line_items")[0]["id"], quantity="9")
    return {
        "products.differs.price": 3,
        "products.gone": 1,
        "orders.gone": 1,
        "line_items.differs.quantity": 1,
    }


@pytest.mark.parametrize("moment", ["before-call", "after-call"])
def test_killed_again_and_again(
    shop: ReconciledShop, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """Killed at writes of every kind and gone on with, a run finds and mends it all once."""
    monkeypatch.setattr(reconciler, "PAGE", 3)
    expected = disturbed(shop)
    killer = Killer(shop, moment)
    shop.clock.advance(600_000)
    assert shop.beginning.asked(shop.runs, full=True)
    deaths = 0
    while (run := shop.runs.last(Mode.FULL)) is None:
        killer.left = deaths % LIVES
        try:
            shop.go_on()
        except Killed:
            deaths += 1
            assert deaths < 20 * LIVES
            shop.clock.advance(60_000)
    assert deaths >= LIVES
    assert dict(run.drift) == expected
    killer.left = None
    shop.settle()
    assert shop.drift() == {}


def test_a_run_that_was_replaced_stops(shop: ReconciledShop) -> None:
    """Guarantee: of two that have one run in hand, the one that is behind writes nothing more."""
    shop.product("TEA-1")
    shop.settle()
    shop.clock.advance(600_000)
    assert shop.beginning.asked(shop.runs, full=True)
    behind = shop.runs.current()
    assert behind is not None
    _, ahead = shop.stretches.go_on(TENANT, shop.tally)
    assert ahead is not None
    assert not shop.runs.move(behind.stuck("late"))
    assert shop.runs.current() == ahead


def test_a_full_run_takes_the_place_of_one_of_changes(shop: ReconciledShop) -> None:
    """Guarantee: an operator need not wait for a lesser run; a lesser never ends a greater."""
    shop.reconcile()
    assert shop.beginning.asked(shop.runs, full=False)
    assert shop.beginning.asked(shop.runs, full=True)
    assert not shop.beginning.asked(shop.runs, full=False)
    assert not shop.beginning.asked(shop.runs, full=True)
    assert shop.go_on().mode == "full"
