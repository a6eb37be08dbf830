"""Products: stock and prices are ours, whatever is typed into HubSpot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.crm.properties import ObjectType
from tests.inbound.shop import at

if TYPE_CHECKING:
    from tests.inbound.shop import ToldShop


def there(shop: ToldShop) -> str:
    """Put tea, sync it, and return HubSpot's id."""
    shop.product("TEA-1")
    shop.sync()
    shop.told()
    return str(shop.one("products", countersign_sku="TEA-1")["id"])


def test_stock_and_price_are_put_right(shop: ToldShop) -> None:
    """A number typed over in HubSpot comes back, the ledger is not touched."""
    hubspot_id = there(shop)
    shop.in_hubspot("products", hubspot_id, countersign_available="5", price="0.01")
    assert shop.look() == {"put_right": 1}
    shop.sync()
    properties = shop.one("products", countersign_sku="TEA-1")["properties"]
    assert (properties["countersign_available"], properties["price"]) == ("1000", "2.55")
    assert shop.available() == 1000
    assert shop.look([at(ObjectType.PRODUCTS, hubspot_id)]) == {"in_step": 1}


def test_what_is_owed_anyway_is_not_put_right_twice(shop: ToldShop) -> None:
    """A record that sync is about to push needs no further mark, and is no finding."""
    hubspot_id = there(shop)
    shop.in_hubspot("products", hubspot_id, price="0.01")
    shop.product("TEA-1", price=300)
    assert shop.look() == {"soon": 1}
    assert shop.entries() == []


def test_a_deleted_product_is_put_back(shop: ToldShop) -> None:
    """The catalogue is ours: archived or deleted for good, it is made anew."""
    for path in ("", "?purge=true"):
        hubspot_id = there(shop)
        shop.delete_in_hubspot("products", hubspot_id + path)
        assert shop.look() == {"deleted": 1}
        shop.sync()
        assert shop.one("products", countersign_sku="TEA-1")["id"] != hubspot_id
        shop.told()


def test_a_stolen_identity_makes_no_second_product(shop: ToldShop) -> None:
    """With our id or its SKU typed over, the same record is found and mended."""
    hubspot_id = there(shop)
    for changed in ({"countersign_product_id": "x"}, {"countersign_sku": "OTHER"}):
        shop.in_hubspot("products", hubspot_id, **changed)
        shop.look()
        shop.sync()
        assert shop.one("products", countersign_sku="TEA-1")["id"] == hubspot_id
        shop.told()
    assert len(shop.shown("products")) == 1
