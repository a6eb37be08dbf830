"""While things move: no difference that mends itself is reported, and none is written over."""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING, Any

import pytest

from core.customers.model import CustomerDraft
from core.reconcile import standing
from core.reconcile.reading import Read, Reader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from core.crm.properties import ObjectType
    from tests.reconcile.shop import ReconciledShop

SEEDS = range(60 if os.environ.get("PROOF") else 1)


class Writer:
    """Changes, orders and syncs at each of reconcile's reads, before it or after it."""

    def __init__(self, shop: ReconciledShop, seed: int) -> None:
        """Keep the shop."""
        self.shop = shop
        self.dice = random.Random(seed)  # noqa: S311 - dice for a test
        self.acts = 0

    def act(self) -> None:
        """Do one thing."""
        self.acts += 1
        choice = self.dice.randrange(5)
        sku = self.dice.choice(("TEA-1", "CUP-1"))
        if choice == 0:
            self.shop.product(sku, price=self.dice.randrange(1, 10_000))
        elif choice == 1:
            person = CustomerDraft("C-1", "ada@example.com", self.dice.choice(("Ada", "Augusta")))
            self.shop.order([(sku, 1), (sku, 2)], customer=person)
        elif choice == 2:
            order = self.shop.order([(sku, 1)])
            self.shop.reach(order.header.id, "paid")
        else:
            self.shop.sync(after=self.dice.choice((0, 6, 61)))

    def around(self, read: Callable[..., Any]) -> Callable[..., Any]:
        """Return a read that he acts around."""

        def acting(reader: Reader, kind: ObjectType, *asked: Iterable[str]) -> Any:
            if self.dice.random() < 0.4:
                self.act()
            found = read(reader, kind, *asked)
            if self.dice.random() < 0.4:
                self.act()
            return found

        return acting


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_no_false_drift_while_a_writer_runs(
    shop: ReconciledShop, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Guarantee: what changes here and is pushed while it is compared is never drift.

    Not even without the grace that HubSpot's own changes have.
    """
    monkeypatch.setattr(standing, "GRACE_MS", 0)
    for sku in ("TEA-1", "CUP-1"):
        shop.product(sku)
    shop.order([("TEA-1", 1)], customer=CustomerDraft("C-1", "ada@example.com", "Ada"))
    shop.settle()
    writer = Writer(shop, seed)
    shop.borne.add("HubSpot's limits leave no room now")  # his syncs take the stretch's minute
    with monkeypatch.context() as patched:
        for name in ("by_id", "by_ours", "associated"):
            patched.setattr(Reader, name, writer.around(getattr(Reader, name)))
        for full in (True, False):
            assert shop.drift(full=full) == {}
    assert writer.acts > 3
    shop.settle()
    assert shop.drift() == {}


def test_a_push_between_our_read_and_hubspots_is_no_drift(
    shop: ReconciledShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guarantee: HubSpot shows the new state beside our old one, and ours is read once more."""
    monkeypatch.setattr(standing, "GRACE_MS", 0)
    shop.product("TEA-1")
    shop.settle()
    read = Reader.by_id
    pushed: list[object] = []

    def late(reader: Reader, kind: ObjectType, ids: Iterable[str]) -> Read:
        if not pushed:
            pushed.append(shop.product("TEA-1", price=1))
            shop.sync(after=6)
        return read(reader, kind, ids)

    monkeypatch.setattr(Reader, "by_id", late)
    shop.borne.add("HubSpot's limits leave no room now")
    run = shop.reconcile()
    assert (run.drift, run.soon["products"]) == ({}, 1)


def test_what_just_changed_in_hubspot_is_left_to_the_next_run(shop: ReconciledShop) -> None:
    """Guarantee: an edit whose webhook may be on its way is no drift yet; an older one is."""
    shop.product("TEA-1")
    shop.settle()
    shop.clock.advance(600_000)
    shop.edit("products", shop.one("products")["id"], price="0.01")
    run = shop.reconcile(after=1)
    assert (run.drift, run.soon["products"]) == ({}, 1)
    assert shop.drift(after=60) == {"products.differs.price": 1}


def test_a_repair_leaves_alone_what_has_changed_since(
    shop: ReconciledShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guarantee: a record that changes after it was compared is owed by its own change only."""
    shop.product("TEA-1")
    shop.settle()
    tea = shop.one("products")["id"]
    shop.remove("products", tea)
    reconciler, _ = shop.stretches.go_on("main", shop.tally)
    mend = type(reconciler.mending).mend

    def late(mending: Any, repairs: Any) -> None:
        if repairs:
            shop.product("TEA-1", price=1)
        mend(mending, repairs)

    monkeypatch.setattr(type(reconciler.mending), "mend", late)
    assert shop.drift() == {"products.gone": 1}
    shop.settle()
    assert shop.drift() == {}
    assert shop.one("products")["properties"]["price"] == "0.01"
    assert Read({}).unread == frozenset()
