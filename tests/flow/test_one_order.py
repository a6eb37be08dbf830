"""One order on its whole way into HubSpot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.customers.model import CustomerDraft
from core.orders.model import Charge, ChargeKind

if TYPE_CHECKING:
    from tests.flow.shop import Shop


def test_order_customer_lines_and_stock_stand_in_hubspot(shop: Shop) -> None:
    """An order, its customer, its lines and the changed stock stand in HubSpot, joined up."""
    shop.product("TEA-1", price=255, stock=100)
    shop.product("CUP-1", price=1000, stock=10)
    person = CustomerDraft("C-1", "ada@example.com", "Ada", "Lovelace", "+441632960000")
    charges = (Charge(ChargeKind.SHIPPING, 499), Charge(ChargeKind.DISCOUNT, -100))
    placed = shop.order(
        [("TEA-1", 3), ("CUP-1", 1)], customer=person, charges=charges, external_id="INV-9"
    )

    tally = shop.sync(after=6)

    order = shop.one("orders", countersign_order_id=placed.header.id)
    contact = shop.one("contacts", email="ada@example.com")
    lines = shop.shown("line_items")
    assert order["properties"]["hs_total_price"] == "21.64"
    assert order["properties"]["hs_subtotal_price"] == "17.65"
    assert order["properties"]["hs_shipping_cost"] == "4.99"
    assert order["properties"]["countersign_discount"] == "1.00"
    assert order["properties"]["countersign_external_id"] == "INV-9"
    assert order["associations"]["contacts"] == {contact["id"]: [507]}
    assert order["associations"]["line_items"] == {line["id"]: [513] for line in lines}
    tea = shop.one("products", hs_sku="TEA-1")
    assert tea["properties"]["countersign_available"] == "97"
    assert tea["properties"]["countersign_reserved"] == "3"
    assert {line["properties"]["hs_product_id"] for line in lines} == {
        product["id"] for product in shop.shown("products")
    }
    assert 6_000 <= tally.lags[0] < 8_000
    assert shop.owed() == []
