"""What the shared module sends is what a signature independent of it says it is."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest

from tests.clients_hubspot.answer import Answer
from tests.clients_hubspot.conftest import send
from tests.clients_hubspot.signature import signed_headers

if TYPE_CHECKING:
    from tests.clients_hubspot.conftest import Functions
    from tests.clients_hubspot.door import Door

GET: dict[str, object] = {"method": "GET", "path": ["v1", "orders", "1"]}
POST: dict[str, object] = {
    "method": "POST",
    "path": ["v1", "orders"],
    "body": {"n": 1},
    "idempotencyKey": "k",
}
AWKWARD = (
    *("a b", "Ünïcode-ß", "日本 €", "a/b", "%2F", "50%", "a+b"),
    *("it's(a)*!", "~x_y.z-", "a;b=c&d", "?#[]@:$,"),
)


def test_awkward_paths_and_queries(door: Door) -> None:
    """Any text arrives as the one path segment or query value that it was, rightly signed."""
    queries = [{"z": text, text: "é", "a-b": "1"} for text in AWKWARD]
    paths = [["v1", "stock", text] for text in AWKWARD]
    calls = [GET | {"path": p, "query": q} for p, q in zip(paths, queries, strict=True)]
    assert [r["ok"] for r in send(door, *calls).result] == [True] * len(calls)
    for text, query, request in zip(AWKWARD, queries, door.received, strict=True):
        assert door.authentic(request)
        target = urlsplit(request.target)
        assert unquote(target.path.rsplit("/", 1)[-1]) == text
        assert dict(parse_qsl(target.query)) == query


@pytest.mark.parametrize("text", ["", ".", "..", "\ud800"])
def test_a_segment_cannot_lead_elsewhere(door: Door, text: str) -> None:
    """A segment that a URL would resolve away, or cannot hold, is refused before it is sent."""
    result = send(door, {"method": "GET", "path": ["v1", "stock", text]}).result[0]
    assert result["problem"]["code"] == "invalid_request"
    assert door.received == []


def test_all_that_matters_is_signed(functions: Functions, door: Door) -> None:
    """Host with port, session token, key, type and body are covered; a changed one is found out."""
    lines = [{"sku": "Ünï 日本", "quantity": 1}]
    assert functions.place_order({"currency": "GBP", "lines": lines}).result["ok"]
    (request,) = door.received
    assert door.authentic(request)
    covered = {"host", "x-amz-date", "x-amz-security-token", "idempotency-key", "content-type"}
    assert covered <= signed_headers(request)
    for name in covered - {"x-amz-security-token"}:
        forged = dataclasses.replace(
            request, headers=request.headers | {name: request.headers[name] + "0"}
        )
        assert not door.authentic(forged), name
    body = request.body.replace(b'"quantity":1', b'"quantity":9')
    assert body != request.body
    assert not door.authentic(dataclasses.replace(request, body=body))


@pytest.mark.parametrize("minutes", [-20, 20, -60 * 24])
def test_a_wrong_clock_is_put_right(door: Door, minutes: int) -> None:
    """The token door's clock counts from the first signature on; no call is refused for ours."""
    door.ahead = timedelta(minutes=minutes)
    results = send(door, POST, GET).result
    assert [r["ok"] for r in results] == [True, True]
    assert [r.method for r in door.received] == ["POST", "GET"]
    assert len(door.vending.received) == 1


@pytest.mark.parametrize("minutes", [-20, 20])
def test_a_clock_that_goes_wrong_later_is_put_right(door: Door, minutes: int) -> None:
    """A refused call is signed anew with the door's time, once, with its key; the next is right."""
    door.vending.lifetime = timedelta(hours=1)
    results = send(door, GET, {"clock": minutes * 60_000}, POST, GET).result
    assert [r["ok"] for r in results] == [True, True, True]
    assert [r.method for r in door.received] == ["GET", "POST", "POST", "GET"]
    _, first, second, _ = door.received
    assert first.body == second.body
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"]
    assert len(door.vending.received) == 1


def test_a_refusal_is_not_blamed_on_the_clock(door: Door) -> None:
    """A 403 from a door whose clock agrees with ours is final: nothing is sent again."""
    door.planned.append(Answer(403, {"code": "forbidden"}))
    assert send(door, GET).result[0]["problem"]["code"] == "forbidden"
    assert len(door.received) == 1


def test_a_correction_that_did_not_help_is_forgotten(door: Door) -> None:
    """A refusal with a false Date costs one more attempt, not the calls that follow."""
    date = {"date": "Sat, 01 Jan 2000 00:00:00 GMT"}
    door.planned.extend([Answer(403, headers=date), Answer(403, headers=date)])
    results = send(door, GET, GET).result
    assert [r["ok"] for r in results] == [False, True]
    assert len(door.received) == 3
