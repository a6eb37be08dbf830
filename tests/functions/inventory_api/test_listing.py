"""Lists: complete, in order, and with cursors that nobody can make or carry elsewhere."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest

from core.store import keys, listing, table
from core.web.cursor import Cursors
from tests.support.doors import as_role
from tests.support.problems import assert_problem
from tests.support.tables import CORE

if TYPE_CHECKING:
    from tests.support.shop import Shop
    from tests.support.stockroom import Counter

OTHER: dict[str, Any] = {
    "headers": {"Countersign-Tenant": "other"},
    "identity": as_role("Both"),
}


def pages(counter: Counter, name: str, limit: int, sku: str = "") -> list[list[dict[str, Any]]]:
    """Read a list to its end."""
    found, query = [], {"limit": str(limit)}
    what = {"list_products": "products", "list_stock": "levels", "list_ledger": "movements"}[name]
    while True:
        reply = counter.call(name, query=query, sku=sku)
        assert reply.status == 200, reply.text
        found.append(reply.json[what])
        if "cursor" not in reply.json:
            return found
        query["cursor"] = reply.json["cursor"]


@pytest.fixture
def stocked(shop: Shop, counter: Counter) -> Counter:
    """Return the counter of a shop with A to E; A has three locations, `other` has a Z."""
    for sku in "ABCDE":
        shop.stock(sku, 1)
    for location in ("north", "south"):
        body = {"on_hand": 1, "count_version": 0}
        assert counter.call("count_stock", body, sku="A", location=location).status == 200
    product = {"name": "Z", "price": 1, "currency": "GBP", "opening_stock": [{"quantity": 1}]}
    assert shop.door.put_product("Z", product, **OTHER).status == 201
    return counter


def test_250_products_are_listed_completely(shop: Shop, counter: Counter) -> None:
    """Guarantee: pages of at most `limit`, in SKU order, none twice, none missing."""
    skus = sorted(f"S{number:03d}" for number in range(250))
    shop.stock(skus[0], 1)
    first = table.get(shop.dynamodb, CORE, keys.product("main", skus[0]))
    assert first is not None
    for sku in skus[1:]:  # one by one through the door, moto takes half a minute
        more = {"pk": keys.product("main", sku).pk, "sku": sku, **listing.product("main", sku)}
        shop.dynamodb.put_item(TableName=CORE, Item=table.to_wire(first | more))
    found = pages(counter, "list_products", 60)
    assert [len(page) for page in found] == [60, 60, 60, 60, 10]
    assert [p["sku"] for page in found for p in page] == skus


def test_a_full_last_page_is_the_last(stocked: Counter) -> None:
    """Guarantee: no cursor leads to an empty page."""
    assert [len(page) for page in pages(stocked, "list_products", 5)] == [5]
    assert [len(page) for page in pages(stocked, "list_ledger", 3, sku="A")] == [3]


def test_stock_is_listed_by_sku_and_location(stocked: Counter) -> None:
    """Guarantee: every level of this tenant, each once, with its numbers as they are now."""
    found = [level for page in pages(stocked, "list_stock", 3) for level in page]
    places = [(level["sku"], level["location"]) for level in found]
    assert places == [
        ("A", "main"),
        ("A", "north"),
        ("A", "south"),
        *((sku, "main") for sku in "BCDE"),
    ]
    assert found[1] == {"sku": "A", "location": "north", **stocked.stock("A", "north")}


def test_the_ledger_is_listed_to_its_end(stocked: Counter) -> None:
    """Guarantee: a SKU's every movement, each once, by location and then by time."""
    for number in range(7):
        body = {"change": number + 1, "reason": "received"}
        assert stocked.call("adjust_stock", body, sku="A", location="north").status == 201
    found = [m for page in pages(stocked, "list_ledger", 2, sku="A") for m in page]
    assert [m["location"] for m in found] == ["main", *["north"] * 8, "south"]
    assert [m["available"] for m in found[1:9]] == [1, 1, 2, 3, 4, 5, 6, 7]
    assert stocked.balanced("A", "north")


def test_a_page_is_50_unless_told(shop: Shop, counter: Counter) -> None:
    """Guarantee: without `limit` a page has fifty items."""
    for number in range(51):
        shop.door.put_product(f"S{number}", {"name": "S", "price": 1, "currency": "GBP"})
    reply = counter.call("list_products")
    assert len(reply.json["products"]) == 50
    assert "cursor" in reply.json


def test_nothing_is_an_empty_page(counter: Counter) -> None:
    """Guarantee: a shop without products has an empty list and no cursor."""
    assert counter.call("list_products").json == {"products": []}
    assert counter.call("list_stock").json == {"levels": []}


def test_a_ledger_of_no_product_is_404(stocked: Counter) -> None:
    """Guarantee: another tenant's ledger looks as one that does not exist."""
    for sku in ("Z", "none", "#"):
        assert_problem(stocked.call("list_ledger", sku=sku), 404, "product_not_found")


@pytest.mark.parametrize("limit", ["0", "101", "-1", "1.0", "٣", "x", "", "1" * 20])
def test_a_limit_is_1_to_100(counter: Counter, limit: str) -> None:
    """Guarantee: any other limit is refused, never bent."""
    reply = counter.call("list_products", query={"limit": limit})
    assert_problem(reply, 400, "invalid_parameter")
    assert set(reply.fields) == {"limit"}


def test_a_cursor_goes_on_with_another_limit(stocked: Counter) -> None:
    """Guarantee: how many are shown is no part of what a cursor is bound to."""
    cursor = stocked.call("list_products", query={"limit": "2"}).json["cursor"]
    reply = stocked.call("list_products", query={"limit": "100", "cursor": cursor})
    assert [p["sku"] for p in reply.json["products"]] == ["C", "D", "E"]


def test_a_cursor_of_another_tenant_is_refused(stocked: Counter) -> None:
    """Guarantee: what one tenant was given opens nothing of another's, for the same caller too."""
    cursor = stocked.call("list_products", query={"limit": "2"}).json["cursor"]
    reply = stocked.call("list_products", query={"cursor": cursor}, context=OTHER)
    assert_problem(reply, 400, "invalid_cursor")


def test_a_cursor_of_another_query_is_refused(stocked: Counter) -> None:
    """Guarantee: a cursor goes on with its own list only, and with its own SKU's ledger."""
    cursor = stocked.call("list_products", query={"limit": "1"}).json["cursor"]
    assert_problem(stocked.call("list_stock", query={"cursor": cursor}), 400, "invalid_cursor")
    ledger = stocked.call("list_ledger", sku="A", query={"limit": "1"}).json["cursor"]
    reply = stocked.call("list_ledger", sku="B", query={"cursor": ledger})
    assert_problem(reply, 400, "invalid_cursor")


def test_a_changed_cursor_is_refused(stocked: Counter) -> None:
    """Guarantee: no byte of a cursor can be changed, cut or added."""
    cursor = stocked.call("list_products", query={"limit": "2"}).json["cursor"]
    whole = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    forged = [whole[:i] + bytes([whole[i] ^ 1]) + whole[i + 1 :] for i in range(len(whole))]
    forged += [whole[1:], whole[:-1], whole + b"0", whole[-32:]]
    texts = [base64.urlsafe_b64encode(f).decode().rstrip("=") for f in forged]
    for text in [*texts, "x", "====", "ä", cursor + "!", "a" * 1024]:
        reply = stocked.call("list_products", query={"cursor": text})
        assert_problem(reply, 400, "invalid_cursor")


def test_a_cursor_of_another_secret_is_refused(stocked: Counter) -> None:
    """Guarantee: only the deployment's own secret makes cursors."""
    forged = Cursors(b"another").seal("main", ("list_products",), "B")
    reply = stocked.call("list_products", query={"cursor": forged})
    assert_problem(reply, 400, "invalid_cursor")
