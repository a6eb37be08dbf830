"""What the shared module sends is what a signature independent of it says it is."""

from __future__ import annotations

import dataclasses
import json
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest

from tests.clients_hubspot.conftest import HERE, Ran, node, secrets
from tests.clients_hubspot.door import CREDENTIALS, REGION, Answer
from tests.clients_hubspot.signature import is_authentic, signed_headers

if TYPE_CHECKING:
    from tests.clients_hubspot.conftest import PlaceOrder
    from tests.clients_hubspot.door import Door

GET: dict[str, object] = {"method": "GET", "path": ["v1", "orders", "1"]}
AWKWARD = (
    *("a b", "Ünïcode-ß", "日本 €", "a/b", "%2F", "50%", "a+b"),
    *("it's(a)*!", "~x_y.z-", "a;b=c&d", "?#[]@:$,"),
)


def send(door: Door, *calls: dict[str, object]) -> Ran:
    """Send calls through the shared module, all from one process."""
    return node(HERE / "send.mjs", json.dumps(calls), **secrets(door.url))


def test_awkward_paths_and_queries(door: Door) -> None:
    """Any text arrives as the one path segment or query value that it was, rightly signed."""
    queries = [{"z": text, text: "é", "a-b": "1"} for text in AWKWARD]
    paths = [["v1", "stock", text] for text in AWKWARD]
    calls = [GET | {"path": p, "query": q} for p, q in zip(paths, queries, strict=True)]
    assert [r["ok"] for r in send(door, *calls).result] == [True] * len(calls)
    for text, query, request in zip(AWKWARD, queries, door.received, strict=True):
        assert is_authentic(request, CREDENTIALS, REGION)
        target = urlsplit(request.target)
        assert unquote(target.path.rsplit("/", 1)[-1]) == text
        assert dict(parse_qsl(target.query)) == query


@pytest.mark.parametrize("text", ["", ".", ".."])
def test_a_segment_cannot_lead_elsewhere(door: Door, text: str) -> None:
    """A segment that a URL would resolve away is refused before anything is sent."""
    result = send(door, {"method": "GET", "path": ["v1", "stock", text]}).result[0]
    assert result["problem"]["code"] == "invalid_request"
    assert door.received == []


def test_all_that_matters_is_signed(place_order: PlaceOrder, door: Door) -> None:
    """Host with port, session token, key, type and body are covered; a changed one is found out."""
    lines = [{"sku": "Ünï 日本", "quantity": 1}]
    assert place_order({"currency": "GBP", "lines": lines}).result["ok"]
    (request,) = door.received
    assert is_authentic(request, CREDENTIALS, REGION)
    covered = {"host", "x-amz-date", "x-amz-security-token", "idempotency-key", "content-type"}
    assert covered <= signed_headers(request)
    for name in covered - {"x-amz-security-token"}:
        forged = dataclasses.replace(
            request, headers=request.headers | {name: request.headers[name] + "0"}
        )
        assert not is_authentic(forged, CREDENTIALS, REGION), name
    body = request.body.replace(b'"quantity":1', b'"quantity":9')
    assert body != request.body
    assert not is_authentic(dataclasses.replace(request, body=body), CREDENTIALS, REGION)


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_wrong_clock_is_put_right(door: Door, hours: int) -> None:
    """A refused first call is signed anew with the door's time; the next is right at once."""
    door.ahead = timedelta(hours=hours)
    post: dict[str, object] = {
        "method": "POST",
        "path": ["v1", "orders"],
        "body": {"n": 1},
        "idempotencyKey": "k",
    }
    results = send(door, post, GET).result
    assert [r["ok"] for r in results] == [True, True]
    assert [r.method for r in door.received] == ["POST", "POST", "GET"]
    first, second, _ = door.received
    assert (first.body, first.headers["idempotency-key"]) == (
        second.body,
        second.headers["idempotency-key"],
    )


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
