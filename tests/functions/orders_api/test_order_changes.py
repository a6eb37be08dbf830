"""What transitions, cancellations and returns answer, and what they do to the stock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from core.orders.states import NEXT
from tests.support.problems import assert_problem, nothing_written

if TYPE_CHECKING:
    from tests.functions.orders_api.orders import Orders

LINE = {"sku": "A", "quantity": 3}
WAYS = {
    "placed": [],
    "paid": ["paid"],
    "processed": ["paid", "processed"],
    "shipped": ["shipped"],
    "cancelled": ["cancelled"],
    "refunded": ["shipped", "refunded"],
}
ASKED = ("paid", "processed", "shipped", "cancelled", "refunded")
STOCK = {"shipped": (97, 0), "refunded": (97, 0), "cancelled": (100, 0)}


def _in(orders: Orders, state: str) -> str:
    order_id = orders.placed(LINE)
    for step in WAYS[state]:
        assert orders.to(order_id, step).status == 200
    return order_id


@pytest.mark.parametrize("before", WAYS)
@pytest.mark.parametrize("to", ASKED)
def test_every_state_and_every_state_asked_for(orders: Orders, before: str, to: str) -> None:
    """Guarantee: the table in docs/orders.md, as HTTP: 200 with the stock moved, or 409."""
    order_id = _in(orders, before)
    version = orders.ask("get_order", order_id).json["version"]
    reply = orders.to(order_id, to, key="now")
    if before == to:
        assert (reply.status, reply.json["version"]) == (200, version)
        return
    if to not in {str(s) for s in next(n for s, n in NEXT.items() if s == before)}:
        assert_problem(reply, 409, "illegal_transition")
        assert orders.ask("get_order", order_id).json["version"] == version
        return
    assert reply.status == 200
    assert reply.json["state"] == to
    assert to in reply.json["stages"]
    assert reply.json["version"] > version
    assert orders.ask("get_order", order_id).text == reply.text
    expected = STOCK["cancelled" if before == "cancelled" else to] if to in STOCK else (97, 3)
    assert orders.stock() == expected


def test_lines_are_cancelled_one_by_one_until_the_order_is(orders: Orders) -> None:
    """Guarantee: each gives back its own stock; with the last of it the order is cancelled."""
    order_id = orders.placed(LINE, {"sku": "A", "quantity": 2, "unit_price": 100})
    some = {"lines": [{"number": 1, "quantity": 2}], "reason": "fewer"}
    reply = orders.ask("cancel_lines", order_id, some, key="k1")
    assert reply.json | {"id": "", "at": ""} == {
        "id": "",
        "kind": "cancellation",
        "lines": [{"number": 1, "quantity": 2, "amount": 510}],
        "amount": 510,
        "restocked": True,
        "reason": "fewer",
        "at": "",
    }
    assert orders.stock() == (97, 3)
    rest = {"lines": [{"number": 2, "quantity": 2}, {"number": 1, "quantity": 1}]}
    assert orders.ask("cancel_lines", order_id, rest, key="k2").json["amount"] == 455
    after = orders.ask("get_order", order_id).json
    assert (after["state"], after["cancelled"]) == ("cancelled", 965)
    assert orders.stock() == (100, 0)


@pytest.mark.parametrize(("restock", "available"), [(True, 99), (False, 97)])
def test_lines_come_back_to_the_shelf_or_not(
    orders: Orders, *, restock: bool, available: int
) -> None:
    """Guarantee: a return says itself whether its goods are sold again."""
    order_id = _in(orders, "shipped")
    body = {"lines": [{"number": 1, "quantity": 2}], "restock": restock}
    reply = orders.ask("return_lines", order_id, body, key="k1")
    assert (reply.json["kind"], reply.json["restocked"]) == ("return", restock)
    assert orders.stock() == (available, 0)
    assert orders.ask("get_order", order_id).json["returned"] == 510


def test_all_returns_are_listed_oldest_first(orders: Orders) -> None:
    """Guarantee: the list is what the calls answered, in their order."""
    order_id = orders.placed(LINE)
    one: Any = {"lines": [{"number": 1, "quantity": 1}]}
    made = [orders.ask("cancel_lines", order_id, one, key="k1").json]
    orders.to(order_id, "shipped")
    made += [orders.ask("return_lines", order_id, one, key=f"k{n}").json for n in (2, 3)]
    assert orders.ask("list_returns", order_id).json == {"returns": made}
    assert [r["kind"] for r in made] == ["cancellation", "return", "return"]


@pytest.mark.parametrize("route", ["cancel_lines", "return_lines"])
def test_no_more_is_given_back_than_there_is(orders: Orders, route: str) -> None:
    """Guarantee: more than is left is 409, an unknown line 422; both name the line."""
    order_id = _in(orders, "placed" if route == "cancel_lines" else "shipped")
    orders.ask(route, order_id, {"lines": [{"number": 1, "quantity": 2}]}, key="k1")
    with nothing_written(orders.shop):
        reply = orders.ask(route, order_id, {"lines": [{"number": 1, "quantity": 2}]}, key="k2")
        assert_problem(reply, 409, "more_than_left")
        assert reply.fields == {"lines.1": "more_than_left"}
        reply = orders.ask(route, order_id, {"lines": [{"number": 2, "quantity": 1}]}, key="k3")
    assert_problem(reply, 422, "no_such_line")
    assert reply.fields == {"lines.2": "no_such_line"}


@pytest.mark.parametrize("route", ["cancel_lines", "return_lines"])
def test_more_than_forty_skus_at_once_are_413(orders: Orders, route: str) -> None:
    """Guarantee: what no single transaction can move is refused as too large."""
    for number in range(41):
        orders.shop.stock(f"S{number}", 1)
    order_id = orders.placed(*({"sku": f"S{n}", "quantity": 1} for n in range(41)))
    if route == "return_lines":
        orders.to(order_id, "shipped")
    body = {"lines": [{"number": n, "quantity": 1} for n in range(1, 42)]}
    with nothing_written(orders.shop):
        assert_problem(orders.ask(route, order_id, body), 413, "too_many_skus")
    assert orders.ask(route, order_id, {"lines": body["lines"][:40]}).status == 201


def test_a_key_is_good_for_one_order(orders: Orders) -> None:
    """Guarantee: the same key and body for two orders are two calls."""
    first, second = orders.placed(LINE, key="a"), orders.placed(LINE, key="b")
    for order_id in (first, second):
        assert orders.to(order_id, "paid", key="same").json["id"] == order_id
