"""Batches: up to a hundred counts and adjustments, each with a result of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.faults.injector import Fault, injected_into_moto
from tests.support.problems import assert_problem, nothing_written

if TYPE_CHECKING:
    from tests.support.shop import Shop
    from tests.support.stockroom import Counter


def count(sku: str, on_hand: int, seen: int, **more: Any) -> dict[str, Any]:
    """Return a count."""
    return {"count": {"sku": sku, "on_hand": on_hand, "count_version": seen} | more}


def adjustment(sku: str, change: int, **more: Any) -> dict[str, Any]:
    """Return an adjustment."""
    return {"adjustment": {"sku": sku, "change": change, "reason": "received"} | more}


def test_each_item_stands_or_falls_by_itself(shop: Shop, counter: Counter) -> None:
    """Guarantee: status 200 with a result per item in its order; a refused one spoils no other."""
    shop.stock("A", 5)
    shop.stock("B", 5)
    items = [
        count("A", 9, 1),
        adjustment("B", -6),
        adjustment("B", -5),
        adjustment("C", 1),
        count("A", 3, 1),
        adjustment("A", 1),
        count("B", 4, 0, location="north"),
    ]
    reply = counter.call("batch_stock", {"items": items})
    assert reply.status == 200
    results = reply.json["results"]
    assert [r["index"] for r in results] == list(range(7))
    assert [r["status"] for r in results] == [200, 409, 200, 404, 409, 200, 200]
    codes = [r["problem"]["code"] for r in results if "problem" in r]
    assert codes == ["out_of_stock", "stock_not_found", "count_version_stale"]
    assert results[4]["problem"]["current"]["count_version"] == 2
    assert results[0]["movement"]["available"] == 4
    assert counter.stock("A")["on_hand"] == 10
    assert counter.stock("B")["on_hand"] == 0
    assert counter.stock("B", "north")["on_hand"] == 4
    assert counter.balanced("A")
    assert counter.balanced("B")


def test_a_repeat_writes_only_what_was_not_written(shop: Shop, counter: Counter) -> None:
    """Guarantee: the same key and body answers each written item again and moves nothing."""
    shop.stock("A", 5)
    shop.stock("B", 0)
    items = [count("A", 9, 1), adjustment("B", -1), adjustment("A", -2)]
    first = counter.call("batch_stock", {"items": items}, key="k").json["results"]
    with nothing_written(shop):
        again = counter.call("batch_stock", {"items": items}, key="k").json["results"]
    assert again == first
    assert counter.call("batch_stock", {"items": [adjustment("B", 1)]}).status == 200
    last = counter.call("batch_stock", {"items": items}, key="k").json["results"]
    assert [r["status"] for r in last] == [200, 200, 200]
    assert (last[0], last[2]) == (first[0], first[2])
    assert counter.stock("A")["on_hand"] == 7


def test_another_item_under_the_same_key_is_422(shop: Shop, counter: Counter) -> None:
    """Guarantee: an item that was written cannot be swapped for another one under its key."""
    shop.stock("A", 5)
    assert counter.call("batch_stock", {"items": [adjustment("A", 1)]}, key="k").status == 200
    with nothing_written(shop):
        reply = counter.call("batch_stock", {"items": [adjustment("A", 2)]}, key="k")
    assert reply.json["results"][0]["problem"]["code"] == "idempotency_key_reused"


def test_a_hundred_items(shop: Shop, counter: Counter) -> None:
    """Guarantee: a hundred items are taken, one more is refused before anything is written."""
    shop.stock("A", 0)
    reply = counter.call("batch_stock", {"items": [adjustment("A", 1)] * 100})
    assert [r["status"] for r in reply.json["results"]] == [200] * 100
    assert counter.stock()["on_hand"] == 100
    with nothing_written(shop):
        reply = counter.call("batch_stock", {"items": [adjustment("A", 1)] * 101})
    assert_problem(reply, 400, "invalid_body")


def test_contention_of_one_item_is_its_own(shop: Shop, counter: Counter) -> None:
    """Guarantee: what stays contended says 503, the others are written, a repeat ends it."""
    shop.stock("A", 0)
    items = [adjustment("A", 1), adjustment("A", 1)]
    with injected_into_moto(shop.handlers[0].dynamodb) as faults:
        faults.decide = lambda _: None if len(faults.writes) == 1 else Fault.CONFLICT
        first = counter.call("batch_stock", {"items": items}, key="k").json["results"]
    assert [r["status"] for r in first] == [200, 503]
    assert first[1]["problem"]["code"] == "stock_busy"
    again = counter.call("batch_stock", {"items": items}, key="k").json["results"]
    assert [r["status"] for r in again] == [200, 200]
    assert counter.stock()["on_hand"] == 2


@pytest.mark.parametrize(
    ("item", "field"),
    [
        ({}, "items.0"),
        (count("A", 1, 1) | adjustment("A", 1), "items.0"),
        (count("#", 1, 1), "items.0.count.sku"),
        (adjustment("A", 0), "items.0.adjustment.change"),
        (adjustment("A", 1, location="ledger"), "items.0.adjustment.location"),
    ],
)
def test_an_item_that_is_not_well_formed_refuses_the_batch(
    shop: Shop, counter: Counter, item: object, field: str
) -> None:
    """Guarantee: a body that is wrong anywhere is refused as a whole, with the path to it."""
    shop.stock("A", 1)
    with nothing_written(shop):
        reply = counter.call("batch_stock", {"items": [item, adjustment("A", 1)]})
    assert_problem(reply, 400, "invalid_body")
    assert set(reply.fields) == {field}


def test_a_key_is_required(shop: Shop, counter: Counter) -> None:
    """Guarantee: no batch without an Idempotency-Key."""
    shop.stock("A", 1)
    with nothing_written(shop):
        reply = counter.call("batch_stock", {"items": [adjustment("A", 1)]}, key="")
    assert_problem(reply, 400, "idempotency_key_required")
