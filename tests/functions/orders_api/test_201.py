"""POST /v1/orders → 201: what an order that stands looks like, to the caller and in the tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.support.problems import assert_safe, nothing_written
from tests.support.shop import order
from tests.support.tables import AUDIT, CORE

if TYPE_CHECKING:
    from tests.support.shop import Shop


def _items(shop: Shop, name: str = CORE) -> list[dict[str, Any]]:
    return shop.items(name)


def test_the_answer_has_every_part(shop: Shop) -> None:
    """Guarantee: id, lines with amounts, charges, subtotal and total, to the minor unit."""
    shop.stock("A", 10)
    shop.stock("B b", 10)
    reply = shop.door.place(
        order(
            {"sku": "A", "quantity": 3},
            {"sku": "B b", "quantity": 2, "unit_price": 199, "description": "two"},
            external_id="536365",
            placed_at="2010-12-01T08:26:00Z",
            charges=[
                {"kind": "postage", "amount": 1800, "label": "DHL"},
                {"kind": "discount", "amount": -100},
            ],
        )
    )
    assert reply.status == 201
    body = reply.json
    assert reply.headers["location"] == f"/v1/orders/{body['id']}"
    assert reply.headers["content-type"] == "application/json"
    assert_safe(reply)
    assert len(body.pop("id")) == 26
    assert (
        body.items()
        >= {
            "state": "placed",
            "external_id": "536365",
            "currency": "GBP",
            "placed_at": "2010-12-01T08:26:00.000Z",
            "subtotal": 3 * 255 + 2 * 199,
            "total": 3 * 255 + 2 * 199 + 1800 - 100,
            "version": 1,
        }.items()
    )
    first, second = body["lines"]
    assert first == {
        "number": 1,
        "sku": "A",
        "location": "main",
        "quantity": 3,
        "unit_price": 255,
        "amount": 765,
    }
    assert second["description"] == "two"
    assert (second["unit_price"], second["amount"]) == (199, 398)
    assert body["charges"] == [
        {"kind": "postage", "amount": 1800, "label": "DHL"},
        {"kind": "discount", "amount": -100},
    ]


def test_the_stock_is_reserved(shop: Shop) -> None:
    """Guarantee: what an order takes leaves `available`, stands in `reserved`, is on hand still."""
    shop.stock("A", 10)
    shop.door.place(order({"sku": "A", "quantity": 3}, {"sku": "A", "quantity": 1}))
    stock = shop.door.get_stock("A").json
    assert (stock["available"], stock["reserved"], stock["on_hand"]) == (6, 4, 10)


def test_the_same_call_again_gives_the_same_answer(shop: Shop) -> None:
    """Guarantee: same key, same body: same answer, and nothing is written a second time."""
    shop.stock("A", 10)
    body = order({"sku": "A", "quantity": 3})
    first = shop.door.place(body)
    with nothing_written(shop):
        again = shop.door.place(body)
    assert (again.status, again.text) == (first.status, first.text)


def test_the_same_body_spelled_otherwise_is_the_same_body(shop: Shop) -> None:
    """Guarantee: white space and the order of fields do not make another body."""
    shop.stock("A", 10)
    first = shop.door.place('{"currency":"GBP","lines":[{"sku":"A","quantity":3}]}')
    again = shop.door.place(' { "lines": [ {"quantity":3, "sku":"A"} ], "currency":"GBP" } ')
    assert again.text == first.text


def test_another_key_is_another_order(shop: Shop) -> None:
    """Guarantee: two keys with one body are two orders."""
    shop.stock("A", 10)
    ids = {shop.door.place(order(), key).json["id"] for key in ("k1", "k2")}
    assert len(ids) == 2


def test_a_key_belongs_to_the_tenant(shop: Shop) -> None:
    """Guarantee: the same key for another tenant is another order."""
    shop.stock("A", 10)
    both = {"userArn": "arn:aws:sts::123456789012:assumed-role/Both/s1"}
    other: dict[str, Any] = {"identity": both, "headers": {"Countersign-Tenant": "other"}}
    body = {"name": "A", "price": 1, "currency": "GBP", "opening_stock": [{"quantity": 9}]}
    assert shop.door.put_product("A", body, **other).status == 201
    first = shop.door.place(order())
    second = shop.door.place(order(), **other)
    assert second.status == 201
    assert second.json["id"] != first.json["id"]


def test_header_names_have_no_case(shop: Shop) -> None:
    """Guarantee: Idempotency-Key and Countersign-Tenant are found in any case."""
    shop.stock("A", 10)
    first = shop.door.place(order(), None, headers={"Idempotency-Key": "k"})
    for name in ("idempotency-key", "IDEMPOTENCY-KEY"):
        again = shop.door.place(order(), None, headers={name: "k", "countersign-TENANT": "main"})
        assert again.text == first.text


def test_everything_is_written_in_the_same_transaction(shop: Shop) -> None:
    """Guarantee: the first chunk is one transaction; header, audit and stock come together."""
    shop.stock("A", 10)
    sent = shop.transactions()
    before = {(i["pk"], i["sk"]) for i in _items(shop)}
    customer = {"external_id": "17850", "email": "Ann@Example.org", "first_name": "Ann"}
    reply = shop.door.place(order(customer=customer))
    assert [len(actions) for actions in sent] == [9]
    added = [i for i in _items(shop) if (i["pk"], i["sk"]) not in before]
    kinds = sorted(i["pk"].split("#")[1] for i in added)
    assert kinds == ["CUSTOMER", "GUARD", "GUARD", "IDEMPOTENCY", "LEDGER", "ORDER", "ORDER"]
    audit = next(i for i in _items(shop, AUDIT) if i["resource"].startswith("order/"))
    assert audit["resource"] == f"order/{reply.json['id']}"
    assert audit["action"] == "order.place"
    assert audit["principal"] == "role/123456789012/Caller"
    assert set(audit["fields"]) == {f"customer.{n}" for n in customer}


def test_personal_data_lives_in_the_customer_item_alone(shop: Shop) -> None:
    """Guarantee: no other item of any table, and no answer, holds a value of the customer."""
    shop.stock("A", 10)
    customer = {
        "external_id": "ext-778899",
        "email": "Ann@Example.org",
        "first_name": "Annabella",
        "last_name": "Ysolde",
        "phone": "+44 20 7946 0018",
    }
    reply = shop.door.place(order(customer=customer))
    values = {v.lower() for v in customer.values()}
    for item in (*_items(shop), *_items(shop, AUDIT)):
        if item["sk"] != "CUSTOMER":
            text = repr(item).lower()
            assert not [v for v in values if v in text], item
    assert not [v for v in values if v in reply.text.lower()]


def test_a_customer_is_found_again(shop: Shop) -> None:
    """Guarantee: the same external id or e-mail, in any case, is the same customer; a guest never.

    A guest is one who brings neither.
    """
    shop.stock("A", 10)
    people: list[dict[str, str]] = [
        {"external_id": "1", "email": "ann@example.org"},
        {"external_id": "1"},
        {"email": "ANN@example.org"},
        {"first_name": "Ann"},
        {"first_name": "Ann"},
    ]
    ids = [
        shop.door.place(order(customer=p), f"k{n}").json["customer_id"]
        for n, p in enumerate(people)
    ]
    assert ids[0] == ids[1] == ids[2]
    assert len(set(ids)) == 3


def test_the_header_is_under_a_kilobyte(shop: Shop) -> None:
    """Guarantee: the longest header that a call can make stays under 1 KB."""
    shop.stock("A", 10**9)
    reply = shop.door.place(
        order(
            {"sku": "A", "quantity": 10**9, "unit_price": 10**12},
            external_id="x" * 64,
            customer={"external_id": "y" * 64},
        )
    )
    assert reply.status == 201, reply.text
    header = next(i for i in shop.snapshot() if i["sk"]["S"] == "HEADER")
    assert sum(len(k) + len(str(v)) for k, v in header.items()) < 1024 + 8 * len(header)
