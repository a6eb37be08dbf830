"""GET /v1/orders/{id} → 200."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.doors import as_role
from tests.support.problems import assert_safe
from tests.support.shop import order

if TYPE_CHECKING:
    from tests.support.shop import Shop


def test_an_order_reads_as_it_was_placed(shop: Shop) -> None:
    """Guarantee: what GET answers is what POST answered, also for a caller who may only read."""
    shop.stock("A", 10)
    placed = shop.door.place(
        order({"sku": "A", "quantity": 2}, charges=[{"kind": "tax", "amount": 7}])
    )
    read = shop.door.get_order(placed.json["id"], identity=as_role("Reader"))
    assert (read.status, read.text) == (200, placed.text)
    assert_safe(read)


def test_lines_keep_their_number_over_pages(shop: Shop) -> None:
    """Guarantee: 250 lines over three pages come back in their order, each at its own price."""
    shop.stock("A", 1000)
    lines = [{"sku": "A", "quantity": 1, "unit_price": n} for n in range(250)]
    placed = shop.door.place(order(*lines))
    read = shop.door.get_order(placed.json["id"]).json
    assert [(n["number"], n["unit_price"]) for n in read["lines"]] == [
        (n + 1, n) for n in range(250)
    ]
    assert read["subtotal"] == sum(range(250))
