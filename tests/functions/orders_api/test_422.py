"""422: well formed, but it contradicts what is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.problems import assert_problem, nothing_written
from tests.support.shop import order

if TYPE_CHECKING:
    from tests.support.shop import Shop


def test_another_body_under_the_same_key(shop: Shop) -> None:
    """Guarantee: a key belongs to the body that it came with first."""
    shop.stock("A", 10)
    shop.door.place(order({"sku": "A", "quantity": 1}))
    with nothing_written(shop):
        reply = shop.door.place(order({"sku": "A", "quantity": 2}))
    assert_problem(reply, 422, "idempotency_key_reused")


def test_an_unknown_sku_is_named(shop: Shop) -> None:
    """Guarantee: every line whose SKU is no product is named, and nothing is written."""
    shop.stock("A", 10)
    lines = [{"sku": s, "quantity": 1} for s in ("A", "a", "B")]
    with nothing_written(shop):
        reply = shop.door.place(order(*lines))
    assert_problem(reply, 422, "no_price")
    assert reply.fields == dict.fromkeys(("lines.1.sku", "lines.2.sku"), "unknown_sku")


def test_a_priced_line_of_an_unknown_sku_is_named(shop: Shop) -> None:
    """Guarantee: a price of its own does not make a SKU out of nothing."""
    shop.stock("A", 10)
    with nothing_written(shop):
        reply = shop.door.place(order({"sku": "B", "quantity": 1, "unit_price": 1}))
    assert_problem(reply, 422, "unknown_sku")
    assert reply.fields == {"lines.0": "unknown_sku"}


def test_a_sku_at_another_location_is_named(shop: Shop) -> None:
    """Guarantee: stock at one location is none at another."""
    shop.stock("A", 10)
    with nothing_written(shop):
        reply = shop.door.place(order({"sku": "A", "quantity": 1, "location": "shed"}))
    assert_problem(reply, 422, "unknown_sku")


def test_a_price_in_another_currency_is_no_price(shop: Shop) -> None:
    """Guarantee: no amount is taken over from another currency."""
    shop.stock("A", 10)
    with nothing_written(shop):
        reply = shop.door.place(order(currency="EUR"))
    assert_problem(reply, 422, "no_price")
    assert reply.fields == {"lines.0.unit_price": "other_currency"}


def test_anothers_product_is_no_product(shop: Shop) -> None:
    """Guarantee: a tenant's SKUs do not exist for another one."""
    shop.stock("A", 10)
    both = {"userArn": "arn:aws:sts::123456789012:assumed-role/Both/s1"}
    reply = shop.door.place(order(), identity=both, headers={"Countersign-Tenant": "other"})
    assert_problem(reply, 422, "no_price")
