"""The comparer, apart from any system: it must see every kind of difference."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from local.demo.compare import Difference, differences
from local.demo.day import make_day
from local.demo.expected import expected_in_api, expected_in_hubspot
from local.demo.placing import Placed

if TYPE_CHECKING:
    from local.demo.compare import Records
    from local.demo.day import Day

ROW: Records = {("orders", "a"): {"total": Decimal("1.50"), "stage": "Open"}}


def test_equal_records_have_no_difference() -> None:
    """What is as it must be is not reported, and fields that nobody expects do not count."""
    found: Records = {("orders", "a"): {"total": Decimal("1.5"), "stage": "Open", "more": 1}}
    assert differences(ROW, found) == []


@pytest.mark.parametrize(
    ("found", "difference"),
    [
        ({}, Difference("orders", "a", "", "a record", None)),
        (
            {("orders", "a"): {"total": Decimal(2), "stage": "Open"}},
            Difference("orders", "a", "total", Decimal("1.50"), Decimal(2)),
        ),
        (
            {("orders", "a"): {"total": Decimal("1.50")}},
            Difference("orders", "a", "stage", "Open", None),
        ),
        (
            ROW | {("orders", "b"): {}},
            Difference("orders", "b", "", None, "a record that nobody made"),
        ),
    ],
    ids=["missing", "another value", "missing field", "extra"],
)
def test_each_difference_is_told_once(found: Records, difference: Difference) -> None:
    """One thing wrong is drift one, and the report says what."""
    assert differences(ROW, found) == [difference]


def test_the_day_is_the_same_every_time() -> None:
    """Two runs place the same orders, so two reports can be compared."""
    assert make_day() == make_day()


@pytest.fixture(scope="module")
def day() -> Day:
    """Return the demo's day."""
    return make_day()


def test_the_day_has_what_a_shop_has(day: Day) -> None:
    """Guests, nobody, known people, repeated SKUs, own prices, charges, retries, a sold-out one."""
    bodies: list[dict[str, Any]] = [o.body for o in day.orders]
    skus = [[line["sku"] for line in b["lines"]] for b in bodies]
    assert any("customer" not in b for b in bodies)
    customers = [b["customer"] for b in bodies if "customer" in b]
    assert any("email" not in c and "external_id" not in c for c in customers)
    assert any("email" in c and "external_id" in c for c in customers)
    assert any(len(set(s)) < len(s) for s in skus)
    assert any(len(set(s)) > 40 for s in skus)
    assert any("unit_price" in line for b in bodies for line in b["lines"])
    assert {c["kind"] for b in bodies for c in b.get("charges", ())} >= {"shipping", "tax"}
    assert any(o.sends > 1 for o in day.orders)
    assert sum(not o.in_stock for o in day.orders) == 1
    folded = [p.sku.casefold() for p in day.products]
    assert len(set(folded)) == len(folded) - 1


def test_no_ordinary_order_meets_empty_shelves(day: Day) -> None:
    """The one refusal is the planned one: opening stock covers all the rest."""
    wanted: dict[str, int] = {}
    for order in day.orders:
        for line in order.body["lines"] if order.in_stock else ():
            wanted[line["sku"]] = wanted.get(line["sku"], 0) + line["quantity"]
    assert all(wanted.get(p.sku, 0) <= p.stock for p in day.products)


def test_a_refused_order_leaves_nothing_behind(day: Day) -> None:
    """With no order accepted, stock is as it opened and HubSpot shows products alone."""
    nothing = Placed()
    api, hubspot = expected_in_api(day, nothing), expected_in_hubspot(day, nothing)
    assert {kind for kind, _ in hubspot} == {"products"}
    assert all(api["stock", p.sku]["available"] == p.stock for p in day.products)


def test_expected_money_adds_up(day: Day) -> None:
    """Lines and charges make the total, to the minor unit, on both sides."""
    placed = Placed(orders={o.key: {"id": o.key} for o in day.orders if o.in_stock})
    api, hubspot = expected_in_api(day, placed), expected_in_hubspot(day, placed)
    for (kind, key), fields in api.items():
        if kind == "order":
            order = hubspot["orders", key]
            lines = [f for (_, i), f in hubspot.items() if i.startswith(f"{key}-")]
            assert sum(f["price"] * f["quantity"] for f in lines) == order["hs_subtotal_price"]
            assert order["hs_total_price"] * 100 == fields["total"]
