"""409: the state of stock, key or customer does not allow it now."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from core.store import table
from tests.support.problems import assert_problem, nothing_written
from tests.support.shop import order
from tests.support.tables import CORE

if TYPE_CHECKING:
    from tests.support.shop import Shop


def test_out_of_stock_names_every_short_line(shop: Shop) -> None:
    """Guarantee: each line whose SKU is short is named, no other, and nothing is written."""
    shop.stock("A", 5)
    shop.stock("B", 0)
    shop.stock("C", 5)
    lines = [("A", 3), ("B", 1), ("C", 5), ("A", 3)]
    with nothing_written(shop):
        reply = shop.door.place(order(*({"sku": s, "quantity": q} for s, q in lines)))
    assert_problem(reply, 409, "out_of_stock")
    assert reply.fields == dict.fromkeys(("lines.0", "lines.1", "lines.3"), "out_of_stock")
    assert [e["message"].split(":")[0] for e in reply.json["errors"]] == ["A", "B", "A"]


def test_the_last_unit_goes_once(shop: Shop) -> None:
    """Guarantee: the second order for the last unit is refused; stock is never negative."""
    shop.stock("A", 1)
    assert shop.door.place(order(), "k1").status == 201
    assert_problem(shop.door.place(order(), "k2"), 409, "out_of_stock")
    stock = shop.door.get_stock("A").json
    assert (stock["available"], stock["reserved"]) == (0, 1)


def test_a_refused_key_can_be_used_again(shop: Shop) -> None:
    """Guarantee: out of stock is no answer for ever; once there is stock the same call works."""
    shop.stock("A", 1)
    first = shop.door.place(order(), "k1")
    again = shop.door.place(order({"sku": "A", "quantity": 2}), "k2")
    assert (first.status, again.status) == (201, 409)
    shop.dynamodb.update_item(
        TableName=CORE,
        Key={"pk": {"S": "main#SKU#A"}, "sk": {"S": "LEVEL#main"}},
        UpdateExpression="SET available = :five",
        ExpressionAttributeValues={":five": {"N": "5"}},
    )
    assert shop.door.place(order({"sku": "A", "quantity": 2}), "k2").status == 201


def test_back_orders_are_taken_where_they_are_allowed(shop: Shop) -> None:
    """Guarantee: a SKU that allows back-orders goes below zero, and no other does."""
    shop.stock("A", 1, backorder=True)
    assert shop.door.place(order({"sku": "A", "quantity": 5})).status == 201
    stock = shop.door.get_stock("A").json
    assert (stock["available"], stock["reserved"], stock["on_hand"]) == (-4, 5, 1)


def _record(shop: Shop) -> dict[str, Any]:
    found = [i for i in shop.dynamodb.scan(TableName=CORE)["Items"] if i["sk"]["S"] == "RECORD"]
    return table.from_wire(found[0])


def _set_record(shop: Shop, lease_until: int) -> None:
    record = _record(shop)
    shop.dynamodb.put_item(
        TableName=CORE,
        Item=table.to_wire(record | {"status": "running", "lease_until": lease_until}),
    )


def test_a_call_in_flight_is_not_joined(shop: Shop) -> None:
    """Guarantee: inside another call's lease the answer is 409 with the time to wait."""
    shop.stock("A", 5)
    shop.door.place(order())
    _set_record(shop, int(time.time() * 1000) + 20_000)
    with nothing_written(shop):
        reply = shop.door.place(order())
    assert_problem(reply, 409, "idempotency_in_flight")
    assert 1 <= int(reply.headers["retry-after"]) <= 21


@pytest.mark.parametrize(
    "customer",
    [{"external_id": "1", "email": "ben@example.org"}],
)
def test_two_peoples_identities_are_refused(shop: Shop, customer: dict[str, str]) -> None:
    """Guarantee: an external id and an e-mail of two different customers make no third one."""
    shop.stock("A", 5)
    shop.door.place(order(customer={"external_id": "1", "email": "ann@example.org"}), "k1")
    shop.door.place(order(customer={"external_id": "2", "email": "ben@example.org"}), "k2")
    with nothing_written(shop):
        reply = shop.door.place(order(customer=customer), "k3")
    assert_problem(reply, 409, "customer_identities_differ")


def test_an_erased_person_is_not_kept_again(shop: Shop) -> None:
    """Guarantee: a tombstone in a guard's place refuses every order that would bring him back."""
    shop.stock("A", 5)
    shop.door.place(order(customer={"email": "ann@example.org"}), "k1")
    guard = next(i for i in shop.dynamodb.scan(TableName=CORE)["Items"] if i["sk"]["S"] == "GUARD")
    del guard["customer_id"]
    shop.dynamodb.put_item(TableName=CORE, Item=guard)
    with nothing_written(shop):
        reply = shop.door.place(order(customer={"email": "ANN@example.org"}), "k2")
    assert_problem(reply, 409, "customer_erased")
