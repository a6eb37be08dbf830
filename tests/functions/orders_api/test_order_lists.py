"""GET /v1/orders: pages by time, customer and state, with cursors that belong to their list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.faults.injector import Fault, injected_into_moto
from tests.support.doors import as_role
from tests.support.problems import assert_problem

if TYPE_CHECKING:
    from tests.functions.orders_api.orders import Orders

OTHER: dict[str, Any] = {"identity": as_role("Both"), "headers": {"Countersign-Tenant": "other"}}


def _placed(orders: Orders, count: int, **more: Any) -> list[str]:
    """Place orders, a day apart; return their ids, newest first."""
    days = (f"2010-12-{day:02}T08:00:00Z" for day in range(1, count + 1))
    who = more.get("customer", {}).get("external_id", "nobody")
    ids = [orders.placed(key=f"{who}-{day}", placed_at=day, **more) for day in days]
    return ids[::-1]


def _pages(orders: Orders, **query: str) -> list[str]:
    """Follow the cursor to the end."""
    ids: list[str] = []
    while True:
        reply = orders.ask("list_orders", query=query)
        assert reply.status == 200, reply.text
        assert len(reply.json["orders"]) <= int(query.get("limit", 50))
        ids += [o["id"] for o in reply.json["orders"]]
        if "cursor" not in reply.json:
            return ids
        query = {**query, "cursor": reply.json["cursor"]}


def test_an_empty_list_is_200(orders: Orders) -> None:
    """Guarantee: no orders are an empty list, and another tenant's are none."""
    assert orders.ask("list_orders").json == {"orders": []}
    _placed(orders, 1)
    assert orders.ask("list_orders", **OTHER).json == {"orders": []}


@pytest.mark.parametrize("limit", ["1", "2", "5", "6"])
def test_every_order_once_newest_first(orders: Orders, limit: str) -> None:
    """Guarantee: pages of any size show each order once; no cursor where nothing follows."""
    assert _pages(orders, limit=limit) == _placed(orders, 0)
    ids = _placed(orders, 5)
    assert _pages(orders, limit=limit) == ids


def test_a_customers_orders_and_a_states(orders: Orders) -> None:
    """Guarantee: each filter shows what it says and nothing else; both together too."""
    ann = _placed(orders, 3, customer={"external_id": "ann"})
    bob = _placed(orders, 2, customer={"external_id": "bob"})
    customer = orders.ask("get_order", ann[0]).json["customer_id"]
    orders.to(ann[1], "paid", key="p1")
    orders.to(bob[0], "paid", key="p2")
    assert _pages(orders, customer_id=customer, limit="2") == ann
    assert sorted(_pages(orders, state="paid")) == sorted([ann[1], bob[0]])
    assert _pages(orders, customer_id=customer, state="paid", limit="1") == [ann[1]]
    assert _pages(orders, state="refunded") == []
    assert _pages(orders, customer_id="nobody") == []
    assert orders.ask("list_orders", query={"customer_id": customer}, **OTHER).json["orders"] == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit", "0"),
        ("limit", "101"),
        ("limit", "-1"),
        ("limit", "1.5"),
        ("limit", ""),
        ("limit", "٣"),
        ("state", "lost"),
        ("state", "reserving"),
        ("state", "Paid"),
        ("customer_id", ""),
        ("customer_id", "a\nb"),
        ("customer_id", "x" * 1_025),
        ("cursor", ""),
        ("cursor", "AAAA"),
        ("cursor", "é"),
    ],
)
def test_a_parameter_that_is_wrong_is_400(orders: Orders, name: str, value: str) -> None:
    """Guarantee: nothing is guessed; the parameter is named."""
    reply = orders.ask("list_orders", query={name: value})
    assert_problem(reply, 400, "invalid_cursor" if value in {"AAAA", "é"} else "invalid_parameter")
    assert list(reply.fields) == [name]


def test_a_cursor_is_good_for_its_tenant_and_its_list_alone(orders: Orders) -> None:
    """Guarantee: carried to another filter, tenant or route, or changed, it is no cursor."""
    order_id = _placed(orders, 3, customer={"external_id": "ann"})[0]
    customer = orders.ask("get_order", order_id).json["customer_id"]
    cursor = orders.ask("list_orders", query={"limit": "1"}).json["cursor"]
    assert orders.ask("list_orders", query={"cursor": cursor}).status == 200
    changed = ("B" if cursor[0] == "A" else "A") + cursor[1:]
    for query, how in (
        ({"cursor": cursor, "state": "placed"}, {}),
        ({"cursor": cursor, "customer_id": customer}, {}),
        ({"cursor": changed}, {}),
        ({"cursor": cursor}, OTHER),
    ):
        reply = orders.ask("list_orders", query=query, **how)
        assert_problem(reply, 400, "invalid_cursor")


def test_a_stranger_is_403(orders: Orders) -> None:
    """Guarantee: a list needs the scope to read."""
    reply = orders.ask("list_orders", identity=as_role("Stranger"))
    assert_problem(reply, 403, "forbidden")
    assert orders.ask("list_orders", identity=as_role("Reader")).status == 200


def test_the_hubspot_door_believes_no_role(orders: Orders) -> None:
    """Guarantee: there the list is for whom HubSpot has signed, whatever IAM says of the caller."""
    assert_problem(orders.ask("list_orders", stage="hubspot"), 401, "signature")


def test_a_busy_table_is_503(orders: Orders) -> None:
    """Guarantee: a throttled index is no empty list."""
    with injected_into_moto(orders.shop.handlers[1].dynamodb) as faults:
        faults.operations = frozenset({"Query"})
        faults.decide = lambda _: Fault.THROTTLE
        assert_problem(orders.ask("list_orders"), 503, "stock_busy")
