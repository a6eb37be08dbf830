"""Adjusting: so many came or went, for a reason, exactly once per Idempotency-Key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.faults.injector import Fault, injected_into_moto
from tests.support.problems import assert_problem, nothing_written
from tests.support.shop import order
from tests.support.tables import AUDIT

if TYPE_CHECKING:
    from tests.support.shop import Shop
    from tests.support.stockroom import Counter


def adjust(counter: Counter, change: int, key: str | None = None, **more: Any) -> Any:
    """Adjust A at main."""
    body = {"change": change, "reason": "received"} | more
    return counter.call("adjust_stock", body, key=key, sku="A", location="main")


def test_an_adjustment_changes_what_is_available_and_says_why(shop: Shop, counter: Counter) -> None:
    """Guarantee: the level moves by `change`, and the ledger says when, why and by which cause."""
    shop.stock("A", 10)
    reply = adjust(counter, -3, reason="damaged", note="fell off the rack")
    assert reply.status == 201
    shown = reply.json
    assert {n: shown[n] for n in ("kind", "available", "reserved", "reason", "note")} == {
        "kind": "adjust",
        "available": -3,
        "reserved": 0,
        "reason": "damaged",
        "note": "fell off the rack",
    }
    level = counter.stock()
    assert (level["on_hand"], level["count_version"]) == (7, 2)
    assert counter.ledger()[-1] == shown
    assert counter.balanced()


def test_the_same_key_moves_stock_once(shop: Shop, counter: Counter) -> None:
    """Guarantee: a repeat answers the same line, whatever happened since."""
    shop.stock("A", 10)
    first = adjust(counter, -10, "k")
    with nothing_written(shop):
        again = adjust(counter, -10, "k")
    assert (again.status, again.text) == (first.status, first.text)
    assert counter.stock()["on_hand"] == 0


def test_the_same_key_with_another_body_is_422(shop: Shop, counter: Counter) -> None:
    """Guarantee: a key that was used cannot mean something else."""
    shop.stock("A", 10)
    assert adjust(counter, 1, "k").status == 201
    with nothing_written(shop):
        reply = adjust(counter, 2, "k")
    assert_problem(reply, 422, "idempotency_key_reused")


def test_a_key_is_of_one_level(shop: Shop, counter: Counter) -> None:
    """Guarantee: the same key at another SKU is another call, not an answer about the first."""
    shop.stock("A", 1)
    shop.stock("B", 1)
    body = {"change": 1, "reason": "received"}
    for sku in ("A", "B"):
        reply = counter.call("adjust_stock", body, key="k", sku=sku, location="main")
        assert (reply.status, reply.json["sku"]) == (201, sku)


def test_more_than_is_available_is_refused(shop: Shop, counter: Counter) -> None:
    """Guarantee: an adjustment never takes what orders hold, nor below zero; nothing is written."""
    shop.stock("A", 5)
    assert shop.door.place(order({"sku": "A", "quantity": 3})).status == 201
    with nothing_written(shop):
        reply = adjust(counter, -3)
    assert_problem(reply, 409, "out_of_stock")
    assert adjust(counter, -2).status == 201
    assert counter.stock()["available"] == 0


def test_a_refusal_uses_no_key_up(shop: Shop, counter: Counter) -> None:
    """Guarantee: what was refused may be tried again with the same key."""
    shop.stock("A", 0)
    assert_problem(adjust(counter, -1, "k"), 409, "out_of_stock")
    assert adjust(counter, 1).status == 201
    assert adjust(counter, -1, "k").status == 201


def test_back_orders_go_below_zero(shop: Shop, counter: Counter) -> None:
    """Guarantee: only a SKU that allows back-orders can become negative."""
    shop.stock("A", 1, backorder=True)
    assert adjust(counter, -3).status == 201
    assert counter.stock()["available"] == -2


@pytest.mark.parametrize(
    ("sku", "location", "code"),
    [
        ("A", "north", "stock_not_found"),
        ("A", "No", "stock_not_found"),
        ("B", "main", "stock_not_found"),
        ("#", "main", "product_not_found"),
    ],
)
def test_what_has_no_level_is_404(
    shop: Shop, counter: Counter, sku: str, location: str, code: str
) -> None:
    """Guarantee: there is no adjusting what nobody has counted."""
    shop.stock("A", 1)
    body = {"change": 1, "reason": "other"}
    with nothing_written(shop):
        reply = counter.call("adjust_stock", body, sku=sku, location=location)
    assert_problem(reply, 404, code)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"change": 0, "reason": "other"}, "change"),
        ({"change": 1}, "reason"),
        ({"change": 1, "reason": "because"}, "reason"),
        ({"change": 1.5, "reason": "other"}, "change"),
        ({"change": 10**10, "reason": "other"}, "change"),
        ({"change": 1, "reason": "other", "note": "a\u0000b"}, "note"),
    ],
)
def test_what_is_no_adjustment_is_refused(
    shop: Shop, counter: Counter, body: object, field: str
) -> None:
    """Guarantee: an adjustment that is not well formed is refused field by field."""
    shop.stock("A", 1)
    with nothing_written(shop):
        reply = counter.call("adjust_stock", body, sku="A", location="main")
    assert_problem(reply, 400, "invalid_body")
    assert set(reply.fields) == {field}


def test_a_key_is_required(shop: Shop, counter: Counter) -> None:
    """Guarantee: no adjustment without an Idempotency-Key."""
    shop.stock("A", 1)
    with nothing_written(shop):
        reply = adjust(counter, 1, "")
    assert_problem(reply, 400, "idempotency_key_required")


def test_a_lost_reply_moves_stock_once(shop: Shop, counter: Counter) -> None:
    """Guarantee: what was done but not heard of is answered as done, and done once."""
    shop.stock("A", 5)
    with injected_into_moto(shop.handlers[0].dynamodb) as faults:
        faults.script = [Fault.LOST, Fault.LOST, Fault.CONFLICT]
        reply = adjust(counter, -5)
    assert reply.status == 201, reply.text
    assert counter.stock()["available"] == 0
    assert counter.balanced()


def test_an_endless_conflict_is_503_and_the_key_stays_good(shop: Shop, counter: Counter) -> None:
    """Guarantee: contention is not refusal: 503 with Retry-After, and nobody hears `sold out`."""
    shop.stock("A", 1)
    with injected_into_moto(shop.handlers[0].dynamodb) as faults, nothing_written(shop):
        faults.decide = lambda _: Fault.CONFLICT
        reply = adjust(counter, -1, "k")
    assert_problem(reply, 503, "stock_busy")
    assert adjust(counter, -1, "k").status == 201


def test_each_movement_is_audited_with_it(shop: Shop, counter: Counter) -> None:
    """Guarantee: who adjusted or counted what stands in the audit table, and no value does."""
    shop.stock("A", 5)
    assert adjust(counter, 2, note="secret").status == 201
    body = {"on_hand": 9, "count_version": 2}
    assert counter.call("count_stock", body, sku="A", location="main").status == 200
    entries = shop.dynamodb.scan(TableName=AUDIT)["Items"]
    actions = sorted(e["action"]["S"] for e in entries)
    assert actions == ["product.put", "stock.adjust", "stock.count"]
    assert all(e["resource"]["S"] == "stock/A/main" for e in entries if "stock" in e["action"]["S"])
    assert "secret" not in str(entries)
