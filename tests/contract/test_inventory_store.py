"""One suite for the inventory's store: the fake and the adapter over moto, under faults."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.errors import Busy, Conflict
from core.inventory.model import MovementKind
from tests.contract.desk import Desk
from tests.contract.subjects import OTHER, SUBJECTS, TENANT
from tests.faults.injector import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(params=sorted(SUBJECTS))
def desk(request: pytest.FixtureRequest) -> Iterator[Desk]:
    """Return a desk over each implementation."""
    with SUBJECTS[request.param]() as subject:
        yield Desk(subject)


def test_a_product_reads_back(desk: Desk) -> None:
    """Guarantee: product and levels are read as they were written; another tenant has none."""
    made = desk.put("A", {"main": 5, "shed": 0})
    store = desk.subject.inventory
    found, levels = store.find(TENANT, "A")
    assert found == made
    assert [(n.location, n.available, n.opening) for n in levels] == [
        ("main", 5, 5),
        ("shed", 0, 0),
    ]
    assert store.find(OTHER, "A") == (None, ())
    assert store.find(TENANT, "a") == (None, ())


def test_opening_stock_is_in_the_ledger(desk: Desk) -> None:
    """Guarantee: the ledger begins with the opening stock, written once."""
    made = desk.put("A", {"main": 5})
    desk.put("A", {"main": 5}, price=1)
    (opened,) = desk.subject.look.ledger()
    assert (opened.kind, opened.cause) == (MovementKind.OPENING, made.id)
    assert (opened.available, opened.reserved) == (5, 0)
    desk.check(["A"])


def test_each_change_is_audited_once(desk: Desk) -> None:
    """Guarantee: what changes a product is audited, what changes nothing is not."""
    made = desk.put("A", {"main": 5})
    desk.put("A", {"main": 5})
    desk.put("A", price=1)
    assert desk.subject.look.audited() == [("product.put", f"product/{made.id}")] * 2


def test_one_of_the_cases_speaks(desk: Desk) -> None:
    """Guarantee: of SKUs that differ in case only, the first speaks for HubSpot's SKU."""
    first, second = desk.put("abc"), desk.put("ABC")
    assert (first.speaks_for_case, second.speaks_for_case) == (True, False)
    store = desk.subject.inventory
    assert [store.speaks_for_case(TENANT, s) for s in ("abc", "ABC", "aBC")] == [True, False, False]
    assert store.speaks_for_case(OTHER, "ABC")


def test_back_orders_follow_the_product(desk: Desk) -> None:
    """Guarantee: a product's flag reaches its levels, and there lets stock go below zero."""
    desk.put("A", {"main": 1})
    with pytest.raises(Conflict):
        desk.place("k1", [("A", 2)])
    desk.put("A", backorder=True)
    desk.place("k2", [("A", 2)])
    assert desk.level("A").available == -1
    desk.put("A", backorder=False)
    with pytest.raises(Conflict):
        desk.place("k3", [("A", 1)])
    desk.check([])


@pytest.mark.parametrize("fault", list(Fault))
def test_a_fault_is_waited_for(desk: Desk, fault: Fault) -> None:
    """Guarantee: after any fault, a lost reply too, the change stands once."""
    desk.subject.faults.script.extend([fault, fault])
    desk.put("A", {"main": 5})
    desk.check(["A"])
    assert desk.level("A").available == 5
    assert len(desk.subject.look.audited()) == 1


def test_endless_contention_is_busy(desk: Desk) -> None:
    """Guarantee: after three seconds it is `Busy` and nothing stands."""
    desk.subject.faults.decide = lambda _: Fault.CONFLICT
    before = desk.clock.now()
    with pytest.raises(Busy):
        desk.put("A", {"main": 5})
    assert desk.clock.now() - before < 3_000
    assert desk.subject.inventory.find(TENANT, "A") == (None, ())


def test_a_change_rests_on_what_was_seen(desk: Desk) -> None:
    """Guarantee: of two changes that saw the same product the second sees the first's result."""
    desk.put("A")
    faults = desk.subject.faults

    def rival(_: str) -> Fault | None:
        faults.stop()
        desk.put("A", price=7)
        return None

    faults.decide = rival
    after = desk.put("A", price=9)
    assert (after.price, after.version) == (9, 3)
