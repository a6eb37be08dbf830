"""Each order route that names an order, with each status that any caller can get from it.

Every answer is held against docs/openapi.json; what refuses changes nothing in any table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest

from core.routes import ROUTES, Context
from core.ulids import Ulids
from core.web.body import MAX_BODY
from tests.faults.injector import Fault, injected_into_moto
from tests.support.doors import as_role
from tests.support.problems import assert_problem, assert_safe, nothing_written
from tests.support.tables import CORE

if TYPE_CHECKING:
    from tests.functions.orders_api.orders import Orders
    from tests.support.doors import Reply

BODIES: dict[str, Any] = {
    "change_order": {"to": "paid"},
    "cancel_lines": {"lines": [{"number": 1, "quantity": 1}], "reason": "late"},
    "return_lines": {"lines": [{"number": 1, "quantity": 1}], "restock": False},
}
WRITES = pytest.mark.parametrize("route", BODIES)
NAMED = pytest.mark.parametrize("route", [*BODIES, "get_order", "list_returns"])
LINE = {"sku": "A", "quantity": 3}


def _ready(orders: Orders, route: str) -> str:
    """Place an order for which the route's body is right."""
    order_id = orders.placed(LINE)
    if route == "return_lines":
        assert orders.to(order_id, "shipped").status == 200
    return order_id


def _ask(orders: Orders, route: str, order_id: str, **more: Any) -> Reply:
    return orders.ask(route, order_id, more.pop("body", BODIES.get(route)), **more)


def test_no_route_is_forgotten() -> None:
    """Guarantee: what is tried here and in the files for placing, lists and batches is all."""
    here = {*BODIES, "get_order", "list_returns"}
    elsewhere = {"place_order", "place_orders", "list_orders"}
    assert {r.name for r in ROUTES if r.context is Context.ORDERS} == here | elsewhere


@NAMED
def test_what_is_right_is_answered(orders: Orders, route: str) -> None:
    """Guarantee: 200, or 201 for what was made, as documented."""
    reply = _ask(orders, route, _ready(orders, route))
    assert reply.status == (201 if route in {"cancel_lines", "return_lines"} else 200)
    assert_safe(reply)


@WRITES
def test_the_same_key_and_body_is_the_same_answer(orders: Orders, route: str) -> None:
    """Guarantee: a repeat changes nothing and answers to the byte as before."""
    order_id = _ready(orders, route)
    first = _ask(orders, route, order_id)
    with nothing_written(orders.shop):
        again = _ask(orders, route, order_id)
    assert (again.status, again.text) == (first.status, first.text)


WRONG: tuple[Any, ...] = (
    "{",
    "",
    "[]",
    {},
    {"to": "placed"},
    {"to": "reserving"},
    {"to": "paid", "by": "me"},
    {"lines": []},
    {"lines": [{"number": 0, "quantity": 1}]},
    {"lines": [{"number": 1, "quantity": 0}]},
    {"lines": [{"number": "1", "quantity": 1}]},
    {"lines": [{"number": 1, "quantity": 1}, {"number": 1, "quantity": 1}]},
    {"lines": [{"number": 1, "quantity": 1}], "restock": "yes"},
)


@WRITES
def test_a_body_that_is_wrong_is_400(orders: Orders, route: str) -> None:
    """Guarantee: nothing unknown, nothing coerced, no line twice."""
    order_id = _ready(orders, route)
    with nothing_written(orders.shop):
        for body in WRONG:
            reply = _ask(orders, route, order_id, body=body)
            assert_problem(reply, 400, reply.code)


@WRITES
def test_a_key_that_is_none_is_400(orders: Orders, route: str) -> None:
    """Guarantee: no unsafe call without an Idempotency-Key."""
    order_id = _ready(orders, route)
    with nothing_written(orders.shop):
        for key in (None, "", "a b", "k" * 256):
            reply = _ask(orders, route, order_id, key=key)
            assert_problem(reply, 400, "idempotency_key_required")


@NAMED
def test_a_stranger_is_403(orders: Orders, route: str) -> None:
    """Guarantee: who is not registered, or names no tenant of his, learns and changes nothing.

    Whoever may read orders may still not move them.
    """
    order_id = _ready(orders, route)
    with nothing_written(orders.shop):
        for who in ("Stranger", "Both", *(["Reader"] if route in BODIES else [])):
            reply = _ask(orders, route, order_id, identity=as_role(who))
            assert_problem(reply, 403, "forbidden")


@NAMED
def test_what_is_not_his_is_404(orders: Orders, route: str) -> None:
    """Guarantee: another tenant's order, an unknown id and no id at all look the same."""
    mine = _ready(orders, route)
    there = {"identity": as_role("Both"), "headers": {"Countersign-Tenant": "other"}}
    with nothing_written(orders.shop):
        replies = [
            _ask(orders, route, mine, **there),
            _ask(orders, route, Ulids().new()),
            _ask(orders, route, "HEADER"),
        ]
    for reply in replies:
        assert_problem(reply, 404, "order_not_found")
    assert len({reply.text for reply in replies}) == 1


@WRITES
def test_a_state_that_does_not_allow_it_is_409(orders: Orders, route: str) -> None:
    """Guarantee: an order that was given back in full goes nowhere."""
    order_id = orders.placed(LINE)
    orders.to(order_id, "cancelled")
    with nothing_written(orders.shop):
        reply = _ask(orders, route, order_id)
    code = "illegal_transition" if route == "change_order" else "illegal_reversal"
    assert_problem(reply, 409, code)


@WRITES
def test_a_body_that_is_too_large_is_413(orders: Orders, route: str) -> None:
    """Guarantee: the size is looked at before the body is."""
    order_id = _ready(orders, route)
    with nothing_written(orders.shop):
        assert_problem(
            _ask(orders, route, order_id, body=" " * (MAX_BODY + 1)), 413, "body_too_large"
        )


@WRITES
def test_another_body_under_the_same_key_is_422(orders: Orders, route: str) -> None:
    """Guarantee: a key belongs to the body that it came with first, and to its order."""
    order_id = _ready(orders, route)
    _ask(orders, route, order_id)
    other = {"to": "cancelled"} if route == "change_order" else BODIES[route] | {"reason": "other"}
    with nothing_written(orders.shop):
        assert_problem(_ask(orders, route, order_id, body=other), 422, "idempotency_key_reused")


@WRITES
def test_endless_conflict_is_503_and_the_key_stays_good(orders: Orders, route: str) -> None:
    """Guarantee: contention is not refusal; nothing is half done."""
    order_id = _ready(orders, route)
    with (
        patch("core.contention.PATIENCE_MS", 100),
        injected_into_moto(orders.shop.handlers[1].dynamodb) as faults,
        nothing_written(orders.shop),
    ):
        faults.decide = lambda _: Fault.CONFLICT
        reply = _ask(orders, route, order_id)
    assert_problem(reply, 503, "stock_busy")
    assert int(reply.headers["retry-after"]) >= 1
    assert _ask(orders, route, order_id).status in {200, 201}


@pytest.mark.parametrize("route", ["get_order", "list_returns"])
def test_a_throttled_read_is_503(orders: Orders, route: str) -> None:
    """Guarantee: a busy table is no error of ours."""
    order_id = _ready(orders, route)
    with injected_into_moto(orders.shop.handlers[1].dynamodb) as faults:
        faults.operations = frozenset({"Query", "GetItem", "BatchGetItem"})
        faults.decide = lambda _: Fault.THROTTLE
        assert_problem(_ask(orders, route, order_id), 503, "stock_busy")


@NAMED
def test_what_breaks_inside_is_500_and_tells_nothing(orders: Orders, route: str) -> None:
    """Guarantee: a header that no code of ours wrote is an error in the log, not in the answer."""
    order_id = _ready(orders, route)
    orders.shop.dynamodb.update_item(
        TableName=CORE,
        Key={"pk": {"S": f"main#ORDER#{order_id}"}, "sk": {"S": "HEADER"}},
        UpdateExpression="REMOVE currency, line_count, returned",
    )
    assert_problem(_ask(orders, route, order_id), 500, "internal_error")
