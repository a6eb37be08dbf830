"""Counting: what is on the shelf, set by whoever saw it last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from core.store import keys, table
from tests.faults.injector import Fault, injected_into_moto
from tests.support.doors import as_role
from tests.support.problems import assert_problem, nothing_written
from tests.support.shop import order
from tests.support.tables import CORE

if TYPE_CHECKING:
    from tests.support.shop import Shop
    from tests.support.stockroom import Counter


def count(counter: Counter, on_hand: int, seen: int, location: str = "main", **more: Any) -> Any:
    """Count A."""
    body = {"on_hand": on_hand, "count_version": seen} | more
    return counter.call("count_stock", body, sku="A", location=location)


def test_a_count_sets_on_hand_and_leaves_what_is_reserved(shop: Shop, counter: Counter) -> None:
    """Guarantee: on hand becomes what was counted; reserved stays; available is the rest."""
    shop.stock("A", 10)
    assert shop.door.place(order({"sku": "A", "quantity": 4})).status == 201
    reply = count(counter, 7, 1, reason="cycle_count")
    assert reply.status == 200
    assert reply.json == {
        "sku": "A",
        "location": "main",
        "available": 3,
        "reserved": 4,
        "on_hand": 7,
        "count_version": 2,
    }
    last = counter.ledger()[-1]
    assert (last["kind"], last["available"], last["reason"]) == ("count", -3, "cycle_count")
    assert counter.balanced()


def test_a_stale_count_is_refused_with_the_current_state(shop: Shop, counter: Counter) -> None:
    """Guarantee: a count by somebody who has not seen the last one changes nothing."""
    shop.stock("A", 10)
    assert count(counter, 8, 1).status == 200
    with nothing_written(shop):
        reply = count(counter, 12, 1)
    assert_problem(reply, 409, "count_version_stale")
    assert reply.json["current"] == {"on_hand": 8, "reserved": 0, "count_version": 2}
    assert count(counter, 12, reply.json["current"]["count_version"]).status == 200


def test_orders_do_not_make_a_count_stale(shop: Shop, counter: Counter) -> None:
    """Guarantee: reserving moves nothing on the shelf, so whoever counts meanwhile is right."""
    shop.stock("A", 10)
    assert shop.door.place(order()).status == 201
    assert count(counter, 10, 1).json["available"] == 9


def test_what_others_do_to_the_shelf_makes_a_count_stale(shop: Shop, counter: Counter) -> None:
    """Guarantee: an adjustment moves `count_version`."""
    shop.stock("A", 10)
    body = {"change": 1, "reason": "received"}
    assert counter.call("adjust_stock", body, sku="A", location="main").status == 201
    assert_problem(count(counter, 10, 1), 409, "count_version_stale")


def test_fewer_than_reserved_is_refused(shop: Shop, counter: Counter) -> None:
    """Guarantee: a count below what orders hold is refused, unless the SKU allows back-orders."""
    shop.stock("A", 5)
    assert shop.door.place(order({"sku": "A", "quantity": 3})).status == 201
    with nothing_written(shop):
        reply = count(counter, 2, 1)
    assert_problem(reply, 409, "below_reserved")
    assert counter.stock()["available"] == 2
    product = {"name": "A", "price": 255, "currency": "GBP", "backorder": True}
    assert shop.door.put_product("A", product).status == 200
    assert count(counter, 2, 1).json["available"] == -1
    assert counter.balanced()


def test_a_new_location_begins_with_version_0(shop: Shop, counter: Counter) -> None:
    """Guarantee: count_version 0 opens a location, once; any other number is stale there."""
    shop.stock("A", 5)
    assert_problem(count(counter, 3, 1, "north"), 409, "count_version_stale")
    assert count(counter, 3, 0, "north").json["count_version"] == 1
    assert_problem(count(counter, 3, 0, "north"), 409, "count_version_stale")
    assert shop.door.get_stock("A").json["on_hand"] == 8
    assert shop.door.get_product("A").json["version"] == 2
    assert counter.balanced("A", "north")


def test_a_new_location_follows_the_products_backorder(shop: Shop, counter: Counter) -> None:
    """Guarantee: a location opened by a count takes back-orders exactly if the product does."""
    shop.stock("A", 0, backorder=True)
    assert count(counter, 0, 0, "north").status == 200
    line = {"sku": "A", "quantity": 2, "location": "north"}
    assert shop.door.place(order(line)).status == 201
    assert counter.stock("A", "north")["available"] == -2


def test_locations_are_limited(shop: Shop, counter: Counter) -> None:
    """Guarantee: a SKU cannot have more locations than one transaction can turn over."""
    shop.stock("A", 1)
    first = table.get(shop.dynamodb, CORE, keys.level("main", "A", "main"))
    assert first is not None
    for number in range(48):  # one by one through the door, moto takes ten seconds
        more = {"sk": f"LEVEL#l{number}", "location": f"l{number}"}
        shop.dynamodb.put_item(TableName=CORE, Item=table.to_wire(first | more))
    assert count(counter, 1, 0, "l48").status == 200
    assert_problem(count(counter, 1, 0, "l49"), 409, "too_many_locations")
    product = {"name": "A", "price": 255, "currency": "GBP", "backorder": True}
    assert shop.door.put_product("A", product).status == 200
    assert shop.door.get_product("A").json["backorder"] is True


@pytest.mark.parametrize(
    ("location", "body", "status", "code", "fields"),
    [
        ("Main", {"on_hand": 1, "count_version": 0}, 400, "invalid_location", {"location"}),
        ("ledger", {"on_hand": 1, "count_version": 0}, 400, "invalid_location", {"location"}),
        ("main", {"on_hand": -1, "count_version": 1}, 400, "invalid_body", {"on_hand"}),
        ("main", {"on_hand": 1}, 400, "invalid_body", {"count_version"}),
        ("main", {"on_hand": 1, "count_version": 1, "x": 1}, 400, "invalid_body", {"x"}),
        (
            "main",
            {"on_hand": 1, "count_version": 1, "reason": "?"},
            400,
            "invalid_body",
            {"reason"},
        ),
    ],
)
def test_what_is_no_count_is_refused(
    shop: Shop,
    counter: Counter,
    location: str,
    body: object,
    status: int,
    code: str,
    fields: set[str],
) -> None:
    """Guarantee: a count that is not well formed is refused field by field, nothing is written."""
    shop.stock("A", 5)
    with nothing_written(shop):
        reply = counter.call("count_stock", body, sku="A", location=location)
    assert_problem(reply, status, code)
    assert set(reply.fields) == fields


def test_an_unknown_sku_is_404(shop: Shop, counter: Counter) -> None:
    """Guarantee: another tenant's SKU and one that does not exist look the same to a count."""
    shop.stock("A", 5)
    other = {"headers": {"Countersign-Tenant": "other"}, "identity": as_role("Both")}
    body = {"on_hand": 1, "count_version": 1}
    for sku, context in (("A", other), ("B", None)):
        reply = counter.call("count_stock", body, sku=sku, location="main", context=context)
        assert_problem(reply, 404, "product_not_found")


@pytest.mark.parametrize("location", ["main", "north"])
def test_a_lost_reply_is_one_count(shop: Shop, counter: Counter, location: str) -> None:
    """Guarantee: a count whose reply is lost is found again, not refused as stale."""
    shop.stock("A", 5)
    with injected_into_moto(shop.handlers[0].dynamodb) as faults:
        faults.script = [Fault.LOST, Fault.LOST, Fault.CONFLICT]
        reply = count(counter, 9, 1 if location == "main" else 0, location)
    assert reply.status == 200, reply.text
    assert reply.json["on_hand"] == 9
    assert len([m for m in counter.ledger() if m["kind"] == "count"]) == 1
    assert counter.balanced("A", location)
