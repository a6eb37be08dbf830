"""Credentials for the signed door: vended when needed, in time, and once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from core.access import apikey
from tests.clients_hubspot.answer import Answer
from tests.clients_hubspot.conftest import send
from tests.clients_hubspot.vending import KEY

if TYPE_CHECKING:
    from tests.clients_hubspot.door import Door

GET: dict[str, object] = {"method": "GET", "path": ["v1", "stock", "TEE-M"]}
POST: dict[str, object] = {
    "method": "POST",
    "path": ["v1", "orders"],
    "body": {"n": 1},
    "idempotencyKey": "k",
}
UNKEYED = {name: value for name, value in POST.items() if name != "idempotencyKey"}
UNAVAILABLE = Answer(503, {"code": "internal_error", "title": "no"}, {"retry-after": "60"})


def vended(door: Door) -> int:
    """Return how often credentials were asked for."""
    return len(door.vending.received)


def ok(results: list[dict[str, Any]]) -> list[bool]:
    """Return which calls succeeded."""
    return [result["ok"] for result in results]


def test_the_token_door_gets_what_it_asks_for(door: Door) -> None:
    """One POST with the key and an empty JSON object; no signature and no other secret."""
    assert ok(send(door, GET).result) == [True]
    (request,) = door.vending.received
    assert request.headers["x-api-key"] == KEY
    assert request.body == b"{}"
    assert "idempotency-key" not in request.headers


def test_credentials_are_kept(door: Door) -> None:
    """Calls one after the other share one vending, and the signed door never sees the key."""
    assert ok(send(door, GET, POST, GET).result) == [True] * 3
    assert vended(door) == 1
    assert len({r.headers["x-amz-security-token"] for r in door.received}) == 1
    assert not [r for r in door.received if KEY in str(r)]


def test_fifty_waiters_share_one_vending(door: Door) -> None:
    """Fifty calls at once, before there are credentials, ask for them once."""
    door.vending.after = 0.5
    assert ok(send(door, [[GET]] * 50).result) == [True] * 50
    assert vended(door) == 1


def test_they_are_replaced_a_minute_before_they_end(door: Door) -> None:
    """With more than 60 s left they are used, with less they are replaced; both work."""
    door.vending.lifetime = timedelta(seconds=100)
    steps = (GET, {"clock": 20_000}, GET, {"clock": 55_000}, [[GET]] * 5)
    assert ok(send(door, *steps).result) == [True] * 7
    assert vended(door) == 2
    tokens = [r.headers["x-amz-security-token"] for r in door.received]
    assert len({*tokens[:2]}) == len({*tokens[2:]}) == 1


@pytest.mark.parametrize(
    "failure",
    [UNAVAILABLE, Answer(401), Answer(201, {"region": "x"}), Answer(hang=True)],
    ids=["away", "refused", "malformed", "silent"],
)
def test_valid_ones_outlive_a_failing_refresh(door: Door, failure: Answer) -> None:
    """In their last minute they serve on when no others come, soon and without asking each time."""
    door.vending.lifetime = timedelta(seconds=40)
    door.vending.planned.extend([None, failure])
    results = send(door, GET, GET, GET).result
    assert ok(results) == [True] * 3
    assert vended(door) == 2
    assert results[1]["ms"] < 3_000
    assert results[2]["ms"] < 1_000
    assert len({r.headers["x-amz-security-token"] for r in door.received}) == 1


def test_a_failure_does_not_stay(door: Door) -> None:
    """When none could be had, all that waited fail, and the next call asks again and succeeds."""
    door.vending.planned.append(Answer(401, {"code": "unauthenticated", "title": "no"}, after=0.3))
    results = send(door, [[GET]] * 5, GET).result
    assert ok(results) == [False] * 5 + [True]
    assert vended(door) == 2


def test_a_vending_that_was_frozen_is_given_up(door: Door) -> None:
    """What a function waited for before it was frozen holds up no later call."""
    door.vending.planned.append(Answer(401, after=2.5))
    frozen, thawed = [GET], [{"sleep": 300}, {"clock": 20_000}, GET]
    first, second = send(door, [frozen, thawed], GET).result[:2]
    assert first["ok"]
    assert first["ms"] < 2_000
    assert not second["ok"]


def test_a_new_key_is_used_at_once(door: Door) -> None:
    """A secret that changes under a running function ends what the old one had vended."""
    new = apikey.make("main", "01jd8m5vq0000000000000000m", bytes(32))
    door.vending.keys.add(new)
    assert ok(send(door, GET, {"env": {"COUNTERSIGN_API_KEY": new}}, GET).result) == [True] * 2
    assert [r.headers["x-api-key"] for r in door.vending.received] == [KEY, new]


@pytest.mark.parametrize("request_", [GET, POST, UNKEYED], ids=["GET", "POST", "without a key"])
def test_an_expired_session_is_replaced_once(door: Door, request_: dict[str, object]) -> None:
    """A 403 says that nothing was done, so even a POST without a key is signed anew and sent."""
    door.planned.extend([None, Answer(403, {"code": "expired_token", "title": "no"})])
    results = send(door, GET, request_).result
    assert ok(results) == [True, True]
    assert vended(door) == 2
    refused, repeated = door.received[1:]
    assert refused.body == repeated.body
    assert refused.headers.get("idempotency-key") == repeated.headers.get("idempotency-key")
    assert len(door.orders) == (request_ is not GET)


def test_a_revoked_session_is_replaced_once_for_all(door: Door) -> None:
    """Fifty calls whose session was revoked meanwhile succeed with one new one."""
    door.planned.extend(
        [None, *[Answer(403, {"code": "forbidden", "title": "no"}, after=0.2)] * 50]
    )
    results = send(door, GET, [[GET]] * 50).result
    assert ok(results) == [True] * 51
    assert vended(door) == 2


def test_a_forbidden_call_costs_no_vending_each_time(door: Door) -> None:
    """A 403 for want of a scope is final at once with new credentials, and suspected only once."""
    door.planned.extend([Answer(403, {"code": "forbidden", "title": "no"})] * 20)
    results = send(door, GET, GET, GET, GET).result
    assert [r["problem"]["code"] for r in results] == ["forbidden"] * 4
    assert vended(door) == 2
    tokens = [r.headers["x-amz-security-token"] for r in door.received]
    assert [tokens.count(token) for token in dict.fromkeys(tokens)] == [2, 3]


def test_a_refused_key_explains_the_403(door: Door) -> None:
    """When session and key were revoked, the answer tells of the key, and says that it is final."""
    door.planned.extend([None, Answer(403, {"code": "forbidden", "title": "no"})])
    door.vending.planned.extend([None, Answer(401, {"code": "unauthenticated", "title": "no"})])
    failed = send(door, GET, GET).result[1]
    assert failed["problem"]["code"] == "no_credentials"
    assert "401 unauthenticated" in failed["problem"]["detail"]
    assert not failed["retryable"]
    assert len(door.received) == 2


def test_a_token_door_that_is_away_does_not_hide_a_403(door: Door) -> None:
    """A forbidden call stays forbidden when its suspicion could not be followed up."""
    door.planned.extend([None, Answer(403, {"code": "forbidden", "title": "no"})])
    door.vending.planned.extend([None, UNAVAILABLE])
    assert send(door, GET, GET).result[1]["problem"]["code"] == "forbidden"
