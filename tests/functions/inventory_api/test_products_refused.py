"""PUT and GET /v1/products/{sku}, GET /v1/stock/{sku}: what is refused, without a write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from core.web.body import MAX_BODY
from tests.support.doors import as_role, event
from tests.support.problems import assert_problem, nothing_written
from tests.support.shop import open_shop

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.shop import Shop


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    """Return one shop for the whole file, since what is refused leaves no trace."""
    with open_shop() as opened:
        opened.stock("A", 100)
        yield opened


def product(**more: Any) -> dict[str, Any]:
    """Return a product's body."""
    return {"name": "Lamp", "price": 255, "currency": "GBP"} | more


def opening(**more: Any) -> dict[str, Any]:
    """Return a product's body with one opening stock."""
    return product(opening_stock=[{"quantity": 1} | more])


TWICE = [{"location": "main", "quantity": 1}, {"quantity": 2}]
INVALID: dict[str, tuple[Any, str]] = {
    "name missing": ({"price": 1, "currency": "GBP"}, "name"),
    "name empty": (product(name=""), "name"),
    "name blank": (product(name="  "), "name"),
    "name long": (product(name="x" * 256), "name"),
    "name number": (product(name=1), "name"),
    "name nul": (product(name="a\x00"), "name"),
    "name replacement": (product(name="caf\ufffd"), "name"),
    "name bidi override": (product(name="a\u202eb"), "name"),
    "price missing": ({"name": "x", "currency": "GBP"}, "price"),
    "price text": (product(price="255"), "price"),
    "price float": (product(price=2.55), "price"),
    "price bool": (product(price=True), "price"),
    "price negative": (product(price=-1), "price"),
    "price over": (product(price=10**12 + 1), "price"),
    "currency unknown": (product(currency="ABC"), "currency"),
    "currency lower": (product(currency="gbp"), "currency"),
    "backorder text": (product(backorder="yes"), "backorder"),
    "backorder number": (product(backorder=1), "backorder"),
    "sku in the body": (product(sku="B"), "sku"),
    "unknown field": (product(zz=1), "zz"),
    "unknown in stock": (opening(zz=1), "opening_stock.0.zz"),
    "quantity negative": (opening(quantity=-1), "opening_stock.0.quantity"),
    "quantity over": (opening(quantity=10**9 + 1), "opening_stock.0.quantity"),
    "quantity missing": (product(opening_stock=[{}]), "opening_stock.0.quantity"),
    "location odd": (opening(location="a b"), "opening_stock.0.location"),
    "location long": (opening(location="a" * 33), "opening_stock.0.location"),
    "location twice": (product(opening_stock=TWICE), "opening_stock.1.location"),
    "stock no list": (product(opening_stock={"main": 1}), "opening_stock"),
    "too many locations": (
        product(opening_stock=[{"location": f"l{n}", "quantity": 1} for n in range(21)]),
        "opening_stock",
    ),
}


@pytest.mark.parametrize(("body", "field"), INVALID.values(), ids=INVALID)
def test_a_wrong_field_is_named(shop: Shop, body: Any, field: str) -> None:
    """Guarantee: exactly the wrong field is named in a 400."""
    with nothing_written(shop):
        reply = shop.door.put_product("A", body)
    assert_problem(reply, 400, "invalid_body")
    assert list(reply.fields) == [field]


@pytest.mark.parametrize("text", [None, "", "{", "\ud800", '{"name":"\\udfff"}'])
def test_what_is_not_json_is_refused(shop: Shop, text: str | None) -> None:
    """Guarantee: whatever the body is, it is 400 and never an error of ours."""
    with nothing_written(shop):
        assert_problem(shop.door.put_product("A", text), 400, "malformed_body")


def test_a_body_over_the_limit_is_refused(shop: Shop) -> None:
    """Guarantee: one byte over is 413."""
    with nothing_written(shop):
        assert_problem(shop.door.put_product("A", " " * (MAX_BODY + 1)), 413, "body_too_large")


NO_SKUS = ["A/B", "A#B", " A", "A ", "é", "A\x00", "A" * 65, "%", "A\n", "\ufffd", "A\u200b", ".A"]


@pytest.mark.parametrize("sku", NO_SKUS, ids=ascii)
def test_what_is_no_sku(shop: Shop, sku: str) -> None:
    """Guarantee: to write under it is 400 (or no route at all), to read it 404, never 5xx."""
    with nothing_written(shop):
        put = shop.door.put_product(sku, product())
        assert put.status in {400, 404}, put.text
        for reply in (shop.door.get_product(sku), shop.door.get_stock(sku)):
            assert reply.status == 404, reply.text


@pytest.mark.parametrize("path", ["%FF", "%C3%28", "%ED%A0%80", "%00", "%2e%2e", "%2F"])
def test_a_badly_encoded_path_is_no_error_of_ours(shop: Shop, path: str) -> None:
    """Guarantee: escapes that decode to no text are 400 or 404."""
    for method, body in (("GET", None), ("PUT", product())):
        made = event(method, "/v1/products/{sku}", f"/v1/products/{path}", body)
        assert shop.door.call(made).status in {400, 404}


def test_anothers_product_does_not_exist(shop: Shop) -> None:
    """Guarantee: another tenant's SKU answers to the byte as one that never was."""
    other: dict[str, Any] = {"identity": as_role("Both")}
    for path in ("products", "stock"):
        replies = [
            shop.door.call(
                event(
                    "GET",
                    f"/v1/{path}/{{sku}}",
                    f"/v1/{path}/{sku}",
                    None,
                    {"Countersign-Tenant": "other"},
                    identity=dict(other["identity"]),
                )
            )
            for sku in ("A", "B")
        ]
        assert_problem(replies[0], 404, "product_not_found")
        assert replies[0].text == replies[1].text


def test_reading_is_not_writing(shop: Shop) -> None:
    """Guarantee: a caller with `stock:read` alone cannot put a product."""
    with nothing_written(shop):
        reply = shop.door.put_product("A", product(), identity=as_role("Reader"))
    assert_problem(reply, 403, "forbidden")


def test_strangers_learn_nothing_of_products(shop: Shop) -> None:
    """Guarantee: a stranger is told the same of a product that is there and one that is not."""
    stranger = as_role("Stranger")
    replies = [shop.door.get_product(sku, identity=dict(stranger)) for sku in ("A", "B", "%")]
    assert {(r.status, r.text) for r in replies} == {(403, replies[0].text)}


def test_locations_have_an_end(shop: Shop) -> None:
    """Guarantee: a SKU with more locations than a transaction can hold is refused, never 5xx."""
    replies = []
    for start in range(0, 120, 20):
        locations = [{"location": f"l{n}", "quantity": 1} for n in range(start, start + 20)]
        replies.append(shop.door.put_product("L", product(opening_stock=locations)))
    replies.append(shop.door.put_product("L", product(backorder=True)))
    assert {r.status // 100 for r in replies} == {2, 4}
    assert replies[-1].status == 200
