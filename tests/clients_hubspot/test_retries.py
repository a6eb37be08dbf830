"""What is sent again, with what, and for how long."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from tests.clients_hubspot.conftest import ORDER
from tests.clients_hubspot.door import CREDENTIALS, REGION, Answer
from tests.clients_hubspot.signature import is_authentic

if TYPE_CHECKING:
    from tests.clients_hubspot.conftest import PlaceOrder
    from tests.clients_hubspot.door import Door

BUSY = {"type": "about:blank", "title": "Busy", "status": 503, "code": "stock_busy"}


@pytest.mark.parametrize(
    "first",
    [
        Answer(503, BUSY, {"retry-after": "1"}),
        Answer(429, {"message": "Too Many Requests"}),
        Answer(500),
        Answer(502),
        Answer(504),
        Answer(409, {"code": "in_flight"}, {"retry-after": "1"}),
        Answer(drop=True),
    ],
    ids=["busy", "throttled", "500", "502", "504", "in flight", "hung up"],
)
def test_a_passing_fault_is_outlived(place_order: PlaceOrder, door: Door, first: Answer) -> None:
    """The second attempt has key and body of the first, its own signature, and one order stands."""
    door.planned.append(first)
    started = time.monotonic()
    result = place_order().result
    assert result["ok"], result
    assert result["order"]["lines"] == ORDER["lines"]
    one, two = door.received
    assert one.body == two.body
    assert one.headers["idempotency-key"] == two.headers["idempotency-key"] == "key-1"
    assert is_authentic(one, CREDENTIALS, REGION)
    assert len(door.orders) == 1
    if "retry-after" in first.headers:
        assert time.monotonic() - started >= 1


@pytest.mark.parametrize(
    ("status", "code"),
    [(400, "invalid_request"), (403, "forbidden"), (404, "not_found"), (409, "out_of_stock")],
)
def test_a_refusal_is_final(place_order: PlaceOrder, door: Door, status: int, code: str) -> None:
    """A refusal is handed back once, with its problem's fields, and never sent again."""
    errors = [{"field": "lines.0.sku", "code": "out_of_stock", "message": "None left"}]
    sent = {"type": "about:blank", "title": "No", "status": status, "code": code, "errors": errors}
    door.planned.append(Answer(status, sent | {"instance": "request-1", "secret": "no"}))
    result = place_order().result
    assert result == {
        "ok": False,
        "problem": sent | {"instance": "request-1"},
        "retryable": False,
        "idempotencyKey": "key-1",
    }
    assert len(door.received) == 1


def test_a_wait_that_cannot_fit_is_not_begun(place_order: PlaceOrder, door: Door) -> None:
    """Asked to come back after the function's time, it says so at once: retryable, same key."""
    door.planned.append(Answer(503, BUSY, {"retry-after": "60"}))
    started = time.monotonic()
    result = place_order().result
    assert time.monotonic() - started < 5
    assert (result["ok"], result["retryable"]) == (False, True)
    assert result["problem"]["code"] == "stock_busy"


@pytest.mark.slow
def test_the_time_is_bounded(place_order: PlaceOrder, door: Door) -> None:
    """A door that never answers costs 12 s, well inside HubSpot's 15, and the call is retryable."""
    door.planned.extend([Answer(hang=True)] * 10)
    started = time.monotonic()
    result = place_order().result
    assert 11 < time.monotonic() - started < 14
    assert (result["problem"]["code"], result["retryable"]) == ("timeout", True)
    assert len({r.headers["idempotency-key"] for r in door.received}) == 1
    assert len(door.received) >= 2


def test_a_key_is_made_and_given_back(place_order: PlaceOrder, door: Door) -> None:
    """Without a key of the caller's, each call has one of its own, and says which."""
    keys = [place_order(key=None).result["idempotencyKey"] for _ in range(2)]
    assert keys == [r.headers["idempotency-key"] for r in door.received]
    assert len({UUID(k) for k in keys}) == 2


def test_the_same_key_is_the_same_order(place_order: PlaceOrder, door: Door) -> None:
    """A card that calls twice with one key has one order."""
    orders = [place_order(key="deal-7").result["order"]["id"] for _ in range(2)]
    assert orders == ["order-1", "order-1"]
    assert len(door.orders) == 1


@pytest.mark.parametrize(
    ("order", "key", "field"),
    [
        (None, "k", "order"),
        ({"lines": []}, "k", "order.lines"),
        ({"currency": "pounds", "lines": [{}]}, "k", "order.currency"),
        (ORDER, "", "idempotencyKey"),
        (ORDER, "k\nx", "idempotencyKey"),
        (ORDER, "é", "idempotencyKey"),
        (ORDER, 7, "idempotencyKey"),
        (ORDER, "k" * 256, "idempotencyKey"),
    ],
)
def test_what_makes_no_sense_is_not_sent(
    place_order: PlaceOrder, door: Door, order: object, key: object, field: str
) -> None:
    """A malformed order or key is refused with its field, before the network."""
    result = place_order(order, key).result
    assert result["problem"]["status"] == 400
    assert field in {e["field"] for e in result["problem"]["errors"]}
    assert door.received == []
