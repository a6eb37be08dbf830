"""PUT and GET /v1/products/{sku}, GET /v1/stock/{sku}: what works."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING, Any

from core.store import table
from tests.faults.injector import Fault, injected_into_moto
from tests.support.doors import as_role, event
from tests.support.problems import assert_problem, assert_safe, nothing_written
from tests.support.tables import AUDIT, CORE

if TYPE_CHECKING:
    from tests.support.shop import Shop


def product(**more: Any) -> dict[str, Any]:
    """Return a product's body."""
    return {"name": "Lamp", "price": 255, "currency": "GBP"} | more


def stock(**quantities: int) -> list[dict[str, Any]]:
    """Return opening stock by location."""
    return [{"location": name, "quantity": q} for name, q in quantities.items()]


def test_a_new_product_is_201(shop: Shop) -> None:
    """Guarantee: the answer has every part, and GET answers the same."""
    reply = shop.door.put_product("A", product(description="Warm", opening_stock=stock(main=5)))
    assert reply.status == 201
    assert_safe(reply)
    body = reply.json
    assert len(body.pop("id")) == 26
    assert body == {
        "sku": "A",
        "name": "Lamp",
        "price": 255,
        "currency": "GBP",
        "description": "Warm",
        "backorder": False,
        "version": 1,
    }
    read = shop.door.get_product("A", identity=as_role("Reader"))
    assert (read.status, read.text) == (200, reply.text)


def test_the_same_again_changes_nothing(shop: Shop) -> None:
    """Guarantee: PUT is idempotent by itself: 200, no write, no new version."""
    body = product(opening_stock=stock(main=5))
    first = shop.door.put_product("A", body)
    with nothing_written(shop):
        again = shop.door.put_product("A", body)
    assert (again.status, again.text) == (200, first.text)


def test_a_change_raises_the_version(shop: Shop) -> None:
    """Guarantee: each change is a version; the id and the stock stay."""
    first = shop.door.put_product("A", product(opening_stock=stock(main=5))).json
    second = shop.door.put_product("A", product(price=300)).json
    assert second == first | {"price": 300, "version": 2}
    third = shop.door.put_product("A", product(price=300, description="x")).json
    fourth = shop.door.put_product("A", product(price=300)).json
    assert (third["version"], fourth["version"]) == (3, 4)
    assert "description" not in fourth
    assert shop.door.get_stock("A").json["available"] == 5


def test_stock_is_summed_over_locations(shop: Shop) -> None:
    """Guarantee: the stock of a SKU is that of all its locations, each shown."""
    shop.door.put_product("A", product(opening_stock=stock(main=5, shed=7)))
    body = shop.door.get_stock("A", identity=as_role("Reader")).json
    assert (body["sku"], body["available"], body["reserved"], body["on_hand"]) == ("A", 12, 0, 12)
    assert body["levels"] == [
        {"location": n, "available": q, "reserved": 0, "on_hand": q, "count_version": 1}
        for n, q in (("main", 5), ("shed", 7))
    ]


def test_a_location_can_be_added_later(shop: Shop) -> None:
    """Guarantee: a new location gets its opening stock, the others keep theirs."""
    shop.door.put_product("A", product(opening_stock=stock(main=5)))
    shop.door.put_product("A", product(opening_stock=stock(main=5, shed=7)))
    assert shop.door.get_stock("A").json["available"] == 12


def test_skus_that_differ_in_case_are_two(shop: Shop) -> None:
    """Guarantee: `85123A` and `85123a` are two products; the first one speaks for HubSpot's SKU."""
    for n, sku in enumerate(("85123A", "85123a")):
        shop.door.put_product(sku, product(price=n, opening_stock=stock(main=n)))
    assert [shop.door.get_product(s).json["price"] for s in ("85123A", "85123a")] == [0, 1]
    items = [i for i in _items(shop) if i["sk"] == "PRODUCT"]
    assert {i["sku"]: i["hs_sku"] for i in items} == {"85123A": True, "85123a": False}


SKUS = (
    *("BANK CHARGES", "a" * 64, "0", "x.y_z+1:2@3-4", f"{string.digits}._+:@-Z", "gift_0001_10"),
)


def test_every_sku_finds_its_route(shop: Shop) -> None:
    """Guarantee: each SKU works in a path, whether the gateway hands it over encoded or not."""
    for sku in SKUS:
        encoded = shop.door.put_product(sku, product())
        assert (encoded.status, encoded.json["sku"]) == (201, sku)
        made = event("PUT", "/v1/products/{sku}", f"/v1/products/{sku}", product())
        assert shop.door.call(made).text == encoded.text
        assert shop.door.get_product(sku).status == 200


def _items(shop: Shop, name: str = CORE) -> list[dict[str, Any]]:
    return [table.from_wire(i) for i in shop.dynamodb.scan(TableName=name)["Items"]]


def test_everything_comes_in_one_transaction(shop: Shop) -> None:
    """Guarantee: product, levels, ledger, fold and audit are one transaction, marked as owed."""
    sent = shop.transactions()
    shop.door.put_product("A", product(opening_stock=stock(main=5, shed=0)))
    assert [len(actions) for actions in sent] == [7]
    items = {(i["pk"].split("#")[1], i["sk"].split("#")[0]): i for i in _items(shop)}
    assert sorted(i["pk"].split("#")[1] for i in _items(shop)) == [
        *("LEDGER", "LEDGER", "SKU", "SKU", "SKU", "SKU_FOLD"),
    ]
    assert items["SKU", "PRODUCT"]["work_queue"].startswith("main#products#")
    assert items["SKU", "LEVEL"]["work_queue"].startswith("main#stock#")
    (entry,) = _items(shop, AUDIT)
    assert entry["action"] == "product.put"
    assert set(entry["fields"]) >= {"name", "price", "stock.main", "stock.shed"}
    assert set(entry["fields"].values()) == {""}


def test_a_mark_is_never_put_off(shop: Shop) -> None:
    """Guarantee: a second change does not move the time at which the first one is due."""
    shop.door.put_product("A", product())
    (first,) = [i for i in _items(shop) if i["sk"] == "PRODUCT"]
    shop.door.put_product("A", product(price=1))
    (second,) = [i for i in _items(shop) if i["sk"] == "PRODUCT"]
    assert (second["due_at"], second["version"]) == (first["due_at"], 2)


def test_opening_stock_is_set_once(shop: Shop) -> None:
    """Guarantee: another opening quantity for a location is 409, named, and nothing is written."""
    shop.door.put_product("A", product(opening_stock=stock(main=5)))
    with nothing_written(shop):
        reply = shop.door.put_product("A", product(opening_stock=stock(main=6, shed=1)))
    assert_problem(reply, 409, "opening_stock_already_set")
    assert reply.fields == {"opening_stock.main": "already_set"}


def test_contention_is_busy(shop: Shop) -> None:
    """Guarantee: a conflict is waited for; an endless one is 503; a lost reply writes once."""
    client = shop.handlers[0].dynamodb
    with injected_into_moto(client) as faults:
        faults.script = [Fault.CONFLICT, Fault.LOST, Fault.LOST]
        assert shop.door.put_product("A", product(opening_stock=stock(main=5))).status in {200, 201}
        faults.decide = lambda _: Fault.CONFLICT
        with nothing_written(shop):
            reply = shop.door.put_product("A", product(price=1))
    assert_problem(reply, 503, "stock_busy")
    assert shop.door.get_stock("A").json["available"] == 5
    assert len([i for i in _items(shop) if "#LEDGER#" in i["pk"]]) == 1
