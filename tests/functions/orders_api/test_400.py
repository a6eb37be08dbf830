"""POST /v1/orders → 400: every body that is no order, each refused without a write."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.doors import event
from tests.support.problems import assert_problem, nothing_written
from tests.support.shop import open_shop, order

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.shop import Shop


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    """Return one shop for the whole file, since what is refused leaves no trace."""
    with open_shop() as opened:
        opened.stock("A", 100)
        yield opened


MALFORMED = {
    "none": None,
    "empty": "",
    "white space": "  ",
    "not json": "currency=GBP",
    "cut off": '{"currency":"GBP",',
    "lone surrogate in the text": '{"currency":"\ud800"}',
    "lone surrogate escaped": '{"currency":"\\ud800","lines":[]}',
    "two documents": "{}{}",
    "trailing comma": '{"currency":"GBP",}',
    "NaN alone": "nan",
    "control character": '{"currency":"G\x01P"}',
}


@pytest.mark.parametrize("text", MALFORMED.values(), ids=MALFORMED)
def test_what_is_not_json_is_refused(shop: Shop, text: str | None) -> None:
    """Guarantee: whatever the bytes are, the answer is a 400 problem and nothing is written."""
    with nothing_written(shop):
        assert_problem(shop.door.place(text), 400, "malformed_body")


OUT_OF_BOUNDS = {
    "[" * 100_000: "body_too_deep",
    '{"lines":' + "[" * 5_000 + "]" * 5_000 + "}": "body_too_deep",
    '{"currency":"GBP","currency":"EUR","lines":[]}': "repeated_member",
    '{"currency":"GBP","lines":[{"sku":"A","quantity":' + "9" * 5_000 + "}]}": "number_too_long",
}


@pytest.mark.parametrize("text", OUT_OF_BOUNDS, ids=lambda text: text[:20])
def test_a_body_out_of_bounds_is_refused(shop: Shop, text: str) -> None:
    """Guarantee: bombs and bodies of two meanings are refused before anyone reads them."""
    with nothing_written(shop):
        assert_problem(shop.door.place(text), 400, OUT_OF_BOUNDS[text])


@pytest.mark.parametrize("text", ["[]", '"x"', "1", "null", "true"])
def test_json_that_is_no_object_is_refused(shop: Shop, text: str) -> None:
    """Guarantee: a body is an object."""
    with nothing_written(shop):
        assert_problem(shop.door.place(text), 400, "invalid_body")


@pytest.mark.parametrize(
    "body",
    [b"\xff\xfe{}", b'{"currency":"\xc3\x28"}', b"\x80", b'{"currency":"\xed\xa0\x80"}'],
    ids=["bom", "broken sequence", "bare continuation", "surrogate in utf-8"],
)
def test_bytes_that_are_no_utf8_are_refused(shop: Shop, body: bytes) -> None:
    """Guarantee: bad UTF-8, as API Gateway hands over binary bodies, is 400."""
    made = event("POST", "/v1/orders", "/v1/orders", headers={"Idempotency-Key": "k"})
    made |= {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}
    with nothing_written(shop):
        assert_problem(shop.door.call(made), 400, "malformed_body")


@pytest.mark.parametrize("text", ["%%%", "ab\u20accd", "abc"])
def test_what_is_not_base64_is_refused(shop: Shop, text: str) -> None:
    """Guarantee: a body that claims to be base64 and is not is 400, whatever stands in it."""
    made = event("POST", "/v1/orders", "/v1/orders", text, {"Idempotency-Key": "k"})
    made["isBase64Encoded"] = True
    with nothing_written(shop):
        assert_problem(shop.door.call(made), 400, "malformed_body")


def _with(**more: Any) -> dict[str, Any]:
    return order(**more)


def _line(**more: Any) -> dict[str, Any]:
    return order({"sku": "A", "quantity": 1} | more)


def _customer(**more: Any) -> dict[str, Any]:
    return order(customer=more)


def _charge(**more: Any) -> dict[str, Any]:
    return order(charges=[{"kind": "fee", "amount": 1} | more])


INVALID: dict[str, tuple[dict[str, Any], str]] = {
    "no lines": ({"currency": "GBP", "lines": []}, "lines"),
    "lines missing": ({"currency": "GBP"}, "lines"),
    "currency missing": ({"lines": [{"sku": "A", "quantity": 1}]}, "currency"),
    "unknown field": (_with(zz=1), "zz"),
    "unknown field in a line": (_line(zz=1), "lines.0.zz"),
    "unknown field in the customer": (_customer(zz="1"), "customer.zz"),
    "state given": (_with(state="placed"), "state"),
    "lines no list": ({"currency": "GBP", "lines": "A"}, "lines"),
    "line no object": ({"currency": "GBP", "lines": ["A"]}, "lines.0"),
    "currency unknown": (_with(currency="XTS"), "currency"),
    "currency lower": (_with(currency="gbp"), "currency"),
    "currency number": (_with(currency=826), "currency"),
    "quantity text": (_line(quantity="1"), "lines.0.quantity"),
    "quantity float": (_line(quantity=1.5), "lines.0.quantity"),
    "quantity whole float": (_line(quantity=1.0), "lines.0.quantity"),
    "quantity bool": (_line(quantity=True), "lines.0.quantity"),
    "quantity zero": (_line(quantity=0), "lines.0.quantity"),
    "quantity negative": (_line(quantity=-1), "lines.0.quantity"),
    "quantity over": (_line(quantity=10**9 + 1), "lines.0.quantity"),
    "quantity absurd": (_line(quantity=10**60), "lines.0.quantity"),
    "quantity null": (_line(quantity=None), "lines.0.quantity"),
    "price negative": (_line(unit_price=-1), "lines.0.unit_price"),
    "price over": (_line(unit_price=10**12 + 1), "lines.0.unit_price"),
    "price float": (_line(unit_price=2.55), "lines.0.unit_price"),
    "sku empty": (_line(sku=""), "lines.0.sku"),
    "sku with hash": (_line(sku="A#B"), "lines.0.sku"),
    "sku with slash": (_line(sku="A/B"), "lines.0.sku"),
    "sku too long": (_line(sku="A" * 65), "lines.0.sku"),
    "sku ends in space": (_line(sku="A "), "lines.0.sku"),
    "sku with line end": (_line(sku="A\n"), "lines.0.sku"),
    "location upper": (_line(location="Main"), "lines.0.location"),
    "location with hash": (_line(location="a#b"), "lines.0.location"),
    "description nul": (_line(description="a\x00b"), "lines.0.description"),
    "description replacement": (_line(description="caf\ufffd"), "lines.0.description"),
    "description long": (_line(description="x" * 256), "lines.0.description"),
    "email no at": (_customer(email="ann"), "customer.email"),
    "email spaces": (_customer(email="a b@c.org"), "customer.email"),
    "email nul": (_customer(email="a\x00@b.org"), "customer.email"),
    "email replacement": (_customer(email="a\ufffd@b.org"), "customer.email"),
    "email long": (_customer(email="a" * 60 + "@" + "b" * 200), "customer.email"),
    "external id space": (_with(external_id="a b"), "external_id"),
    "external id long": (_with(external_id="a" * 65), "external_id"),
    "customer list": (_with(customer=[]), "customer"),
    "charge kind": (_charge(kind="gift"), "charges.0.kind"),
    "charge over": (_charge(amount=10**12 + 1), "charges.0.amount"),
    "charge text": (_charge(amount="1"), "charges.0.amount"),
    "discount positive": (_charge(kind="discount", amount=1), "charges.0"),
    "postage negative": (_charge(kind="postage", amount=-1), "charges.0"),
    "too many charges": (_with(charges=[{"kind": "fee", "amount": 1}] * 51), "charges"),
    "time without zone": (_with(placed_at="2010-12-01T08:26:00"), "placed_at"),
    "time a number": (_with(placed_at=1_290_000_000), "placed_at"),
    "time a number in text": (_with(placed_at="1290000000"), "placed_at"),
    "time no time": (_with(placed_at="yesterday"), "placed_at"),
    "time before all": (_with(placed_at="0001-01-01T00:00:00+14:00"), "placed_at"),
    "time after all": (_with(placed_at="9999-12-31T23:59:59-14:00"), "placed_at"),
}


@pytest.mark.parametrize(("body", "field"), INVALID.values(), ids=INVALID)
def test_a_wrong_field_is_named(shop: Shop, body: dict[str, Any], field: str) -> None:
    """Guarantee: exactly the wrong field is named, and nothing is written."""
    with nothing_written(shop):
        reply = shop.door.place(body)
    assert_problem(reply, 400, "invalid_body")
    assert list(reply.fields) == [field]


def test_infinities_are_refused(shop: Shop) -> None:
    """Guarantee: numbers that JSON's grammar allows and no integer holds are 400."""
    for number in ("1e400", "-1e400", "1E+2", "9" * 5_000):
        text = '{"currency":"GBP","lines":[{"sku":"A","quantity":' + number + "}]}"
        with nothing_written(shop):
            assert shop.door.place(text).status == 400, number


def test_every_wrong_field_is_named_at_once(shop: Shop) -> None:
    """Guarantee: a caller mends all in one go; the list ends at 50."""
    reply = shop.door.place({"currency": "XTS", "zz": 1, "lines": [{"quantity": 0}]})
    assert set(reply.fields) == {"currency", "zz", "lines.0.sku", "lines.0.quantity"}
    many = shop.door.place({"currency": "GBP", "lines": [{"quantity": 0}] * 100})
    assert len(many.json["errors"]) == 50


def test_a_long_field_name_is_not_thrown_back(shop: Shop) -> None:
    """Guarantee: the answer to a small call stays small, whatever the names of its fields."""
    reply = shop.door.place({"currency": "GBP", "lines": [], "z" * 100_000: 1})
    assert reply.status == 400
    assert len(reply.text) < 2_000


@pytest.mark.parametrize(
    "key", [None, "", " ", "a b", "x" * 256, "sn\u00f6w", "a\x00b", "a\tb"], ids=repr
)
def test_the_idempotency_key_is_required(shop: Shop, key: str | None) -> None:
    """Guarantee: without 1 to 255 visible ASCII characters as a key nothing is placed."""
    with nothing_written(shop):
        reply = shop.door.place(order(), key)
    assert_problem(reply, 400, "idempotency_key_required")


@pytest.mark.parametrize("key", ["x", "x" * 255, '"quoted"', "~!@#$%^&*()"])
def test_every_visible_key_is_taken(shop: Shop, key: str) -> None:
    """Guarantee: each key of 1 to 255 visible ASCII characters works."""
    assert shop.door.place(order(), key).status == 201


def test_a_body_is_never_told_back(shop: Shop) -> None:
    """Guarantee: a refusal names fields and never repeats their values."""
    card = "4111 1111 1111 1111"
    body = order(customer={"email": card, "first_name": f"\x00{card}"})
    assert card not in shop.door.place(body).text
