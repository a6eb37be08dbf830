"""What is sent again, with what, and for how long."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from tests.clients_hubspot.answer import Answer
from tests.clients_hubspot.conftest import ORDER, send

if TYPE_CHECKING:
    from tests.clients_hubspot.conftest import Functions
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
def test_a_passing_fault_is_outlived(functions: Functions, door: Door, first: Answer) -> None:
    """The second attempt has key and body of the first, its own signature, and one order stands."""
    door.planned.append(first)
    started = time.monotonic()
    result = functions.place_order().result
    assert result["ok"], result
    assert result["order"]["lines"] == ORDER["lines"]
    one, two = door.received
    assert one.body == two.body
    assert one.headers["idempotency-key"] == two.headers["idempotency-key"] == "key-1"
    assert door.authentic(two)
    assert len(door.orders) == 1
    if "retry-after" in first.headers:
        assert time.monotonic() - started >= 1


@pytest.mark.parametrize(
    ("status", "code"),
    [(400, "invalid_request"), (403, "forbidden"), (404, "not_found"), (409, "out_of_stock")],
)
def test_a_refusal_is_final(functions: Functions, door: Door, status: int, code: str) -> None:
    """A refusal is handed back once, with its problem's fields, and never sent again."""
    errors = [{"field": "lines.0.sku", "code": "out_of_stock", "message": "None left"}]
    sent = {"type": "about:blank", "title": "No", "status": status, "code": code, "errors": errors}
    door.planned.append(Answer(status, sent | {"instance": "request-1", "secret": "no"}))
    result = functions.place_order().result
    assert result == {
        "ok": False,
        "problem": sent | {"instance": "request-1"},
        "retryable": False,
        "idempotencyKey": "key-1",
    }
    assert len(door.received) == 1


def test_a_wait_that_cannot_fit_is_not_begun(functions: Functions, door: Door) -> None:
    """Asked to come back after the function's time, it says so at once: retryable, same key."""
    door.planned.append(Answer(503, BUSY, {"retry-after": "60"}))
    started = time.monotonic()
    result = functions.place_order().result
    assert time.monotonic() - started < 5
    assert (result["ok"], result["retryable"]) == (False, True)
    assert result["problem"]["code"] == "stock_busy"


def passing(request: dict[str, object], outcome: Answer) -> bool:
    """Say whether sending it again is safe and may help, in other words than the code's."""
    safe = request["method"] in {"GET", "PUT"} or "idempotencyKey" in request
    unanswered = outcome.drop or outcome.raw is not None
    later = outcome.status in {429, 500, 502, 503, 504} or bool(outcome.headers)
    return safe and (unanswered or later)


OUTCOMES = {
    "hung up": Answer(drop=True),
    "no JSON": Answer(200, raw="<html>"),
    "no object": Answer(200, raw='["a"]'),
    "running": Answer(409, {"code": "in_flight", "title": "no"}, {"retry-after": "0"}),
    **{str(s): Answer(s, {"title": "no"}) for s in (429, 500, 502, 503, 504)},
    **{str(s): Answer(s, {"title": "no"}) for s in (400, 401, 404, 409, 413, 415, 422, 501)},
}


def test_only_what_is_safe_is_sent_again(door: Door) -> None:
    """Each method meets each outcome once: sent again if passing, and otherwise seen once."""
    get: dict[str, object] = {"method": "GET", "path": ["v1", "stock", "A"]}
    put: dict[str, object] = {"method": "PUT", "path": ["v1", "products", "A"], "body": {}}
    post: dict[str, object] = {"method": "POST", "path": ["v1", "orders"], "body": {}}
    calls, expected = [], []
    for name, outcome in OUTCOMES.items():
        for request in (get, put, post, post | {"idempotencyKey": name.replace(" ", "-")}):
            again = passing(request, outcome)
            door.planned.extend([outcome, None] if again else [outcome])
            calls.append(request)
            expected.append((name, request["method"], again, 2 if again else 1))
    results = send(door, *calls).result
    seen = iter(door.received)
    for (name, method, again, times), result in zip(expected, results, strict=True):
        assert result["ok"] == again, (name, method, result)
        attempts = [next(seen) for _ in range(times)]
        assert {r.method for r in attempts} == {method}, (name, method)
        assert len({r.headers.get("idempotency-key") for r in attempts}) == 1
    assert next(seen, None) is None


def test_a_key_is_made_and_given_back(functions: Functions, door: Door) -> None:
    """Without a key of the caller's, each call has one of its own, and says which."""
    keys = [functions.place_order(key=None).result["idempotencyKey"] for _ in range(2)]
    assert keys == [r.headers["idempotency-key"] for r in door.received]
    assert len({UUID(k) for k in keys}) == 2


def test_the_same_key_is_the_same_order(functions: Functions, door: Door) -> None:
    """A card that calls twice with one key has one order."""
    orders = [functions.place_order(key="deal-7").result["order"]["id"] for _ in range(2)]
    assert orders == ["order-1", "order-1"]
    assert len(door.orders) == 1
