"""POST /v1/order-batches: each order stands or falls by itself, and says with which status."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest

from core.web.body import MAX_BODY
from tests.faults.injector import Fault, injected_into_moto
from tests.support.doors import as_role
from tests.support.problems import assert_problem, nothing_written
from tests.support.shop import order

if TYPE_CHECKING:
    from tests.functions.orders_api.orders import Orders
    from tests.support.doors import Reply

FINE = order()


def _batch(orders: Orders, *bodies: Any, **more: Any) -> Reply:
    return orders.ask("place_orders", body={"orders": list(bodies)}, **more)


def _statuses(reply: Reply) -> list[int]:
    assert reply.status == 200, reply.text
    assert [r["index"] for r in reply.json["results"]] == list(range(len(reply.json["results"])))
    return [r["status"] for r in reply.json["results"]]


def test_each_order_has_the_status_that_it_would_have_alone(orders: Orders) -> None:
    """Guarantee: 201 with an id, or 409, 413, 422 with the problem and its fields."""
    short = order({"sku": "A", "quantity": 1_000})
    unknown = order({"sku": "Z", "quantity": 1})
    long = order(*[{"sku": "A", "quantity": 1}] * 1_401)
    reply = _batch(orders, FINE, short, unknown, long, FINE)
    assert _statuses(reply) == [201, 409, 422, 413, 201]
    results = reply.json["results"]
    codes = [r["problem"]["code"] for r in results if "problem" in r]
    assert codes == ["out_of_stock", "no_price", "too_many_lines"]
    assert results[1]["problem"]["errors"][0]["field"] == "lines.0"
    for index in (0, 4):
        assert orders.ask("get_order", results[index]["id"]).json["state"] == "placed"
    assert orders.stock() == (98, 2)


def test_a_repeat_places_only_what_was_not(orders: Orders) -> None:
    """Guarantee: the same key and body places nothing twice, and what can stand now."""
    short = order({"sku": "A", "quantity": 100})
    first = _batch(orders, FINE, short)
    assert _statuses(first) == [201, 409]
    orders.to(first.json["results"][0]["id"], "cancelled")
    again = _batch(orders, FINE, short)
    assert _statuses(again) == [201, 201]
    assert again.json["results"][0] == first.json["results"][0]
    assert orders.stock() == (0, 100)


def test_another_order_under_the_same_key_and_place_is_422(orders: Orders) -> None:
    """Guarantee: a key belongs to each order at its place; the others are answered as before."""
    first = _batch(orders, FINE, FINE)
    reply = _batch(orders, FINE, order({"sku": "A", "quantity": 2}))
    assert _statuses(reply) == [201, 422]
    assert reply.json["results"][0] == first.json["results"][0]
    assert reply.json["results"][1]["problem"]["code"] == "idempotency_key_reused"
    assert orders.stock() == (98, 2)


def test_contention_is_503_for_the_order_that_meets_it(orders: Orders) -> None:
    """Guarantee: who is busy says so; the same key places it later."""
    with (
        patch("core.contention.PATIENCE_MS", 100),
        injected_into_moto(orders.shop.handlers[1].dynamodb) as faults,
        nothing_written(orders.shop),
    ):
        faults.decide = lambda _: Fault.CONFLICT
        assert _statuses(_batch(orders, FINE)) == [503]
    assert _statuses(_batch(orders, FINE)) == [201]


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "",
        [],
        {},
        {"orders": []},
        {"orders": [FINE] * 101},
        {"orders": [FINE, {"currency": "GBP", "lines": []}]},
        {"orders": [FINE | {"colour": "red"}]},
        {"orders": [FINE], "all": True},
    ],
)
def test_a_batch_that_is_wrong_is_400_and_places_nothing(orders: Orders, body: object) -> None:
    """Guarantee: the form of all is checked before the first is placed."""
    with nothing_written(orders.shop):
        reply = orders.ask("place_orders", body=body)
    assert_problem(reply, 400, reply.code)


@pytest.mark.parametrize("key", [None, "", "a b", "k" * 256])
def test_a_batch_without_a_key_is_400(orders: Orders, key: str | None) -> None:
    """Guarantee: no order of it is placed."""
    with nothing_written(orders.shop):
        assert _batch(orders, FINE, key=key).status == 400


@pytest.mark.parametrize("who", ["Stranger", "Reader", "Both"])
def test_a_stranger_is_403(orders: Orders, who: str) -> None:
    """Guarantee: a batch needs what one order needs."""
    with nothing_written(orders.shop):
        reply = _batch(orders, FINE, identity=as_role(who))
    assert_problem(reply, 403, "forbidden")


def test_another_door_has_no_batches(orders: Orders) -> None:
    """Guarantee: 404 where the route does not stand."""
    with nothing_written(orders.shop):
        assert_problem(_batch(orders, FINE, stage="hubspot"), 404, "not_found")


def test_a_batch_of_more_than_2000_lines_is_413(orders: Orders) -> None:
    """Guarantee: one line over is refused as a whole; so is a body over the limit."""
    many = [order(*[{"sku": "A", "quantity": 1}] * 667)] * 3
    with nothing_written(orders.shop):
        assert_problem(_batch(orders, *many), 413, "too_many_lines")
        reply = orders.ask("place_orders", body=" " * (MAX_BODY + 1))
    assert_problem(reply, 413, "body_too_large")
