"""When the token door gives no credentials: what the caller is told, and what is tried again."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.clients_hubspot.answer import Answer
from tests.clients_hubspot.conftest import send
from tests.clients_hubspot.door import Door

if TYPE_CHECKING:
    from tests.clients_hubspot.conftest import Functions

GET: dict[str, object] = {"method": "GET", "path": ["v1", "stock", "TEE-M"]}


@pytest.mark.parametrize(
    ("status", "code"), [(401, "unauthenticated"), (403, "forbidden"), (422, "too_many_scopes")]
)
def test_a_refusal_is_final_and_named(
    functions: Functions, door: Door, status: int, code: str
) -> None:
    """The result names the token door's status and code and its request; nothing else is sent."""
    body = {"title": "t", "code": code, "detail": "d", "instance": "urn:request:7"}
    door.vending.planned.append(Answer(status, body))
    assert functions.run("stock", {"sku": "TEE-M"}).result == {
        "ok": False,
        "retryable": False,
        "problem": {
            "type": "about:blank",
            "title": "No credentials to sign with",
            "status": 502,
            "code": "no_credentials",
            "detail": f"The token door: {status} {code}",
            "instance": "urn:request:7",
        },
    }
    assert (len(door.vending.received), door.received) == (1, [])


def test_a_limit_is_waited_out(door: Door) -> None:
    """Told to come back in a second, it does so after a second, within the same call."""
    door.vending.planned.append(Answer(429, {"code": "too_many"}, {"retry-after": "1"}))
    started = time.monotonic()
    assert send(door, GET).result[0]["ok"]
    assert time.monotonic() - started >= 1
    assert len(door.vending.received) == 2


@pytest.mark.parametrize("status", [429, 503])
def test_a_wait_that_cannot_fit_is_not_begun(door: Door, status: int) -> None:
    """Told to come back after the function's time, the call fails at once and may be repeated."""
    door.vending.planned.append(Answer(status, {"code": "later"}, {"retry-after": "60"}))
    failed = send(door, GET).result[0]
    assert failed["ms"] < 2_000
    assert (failed["problem"]["status"], failed["retryable"]) == (503, True)
    assert len(door.vending.received) == 1


@pytest.mark.parametrize(
    "fault",
    [Answer(500), Answer(502), Answer(503), Answer(504), Answer(drop=True), Answer(200, raw="<")],
    ids=["500", "502", "503", "504", "hung up", "no JSON"],
)
def test_a_passing_fault_is_outlived(door: Door, fault: Answer) -> None:
    """Asking twice is safe, since each asking has credentials of its own."""
    door.vending.planned.append(fault)
    assert send(door, GET).result[0]["ok"]
    assert len(door.vending.received) == 2


GOOD = {
    "access_key_id": "ASIAMARKED",
    "secret_access_key": "marked/secret",
    "session_token": "marked//token",
    "expires_at": "2999-01-01T00:00:00Z",
    "region": "eu-west-1",
    "url": "https://door.example.com/signed",
    "scopes": [],
}


MALFORMED: list[dict[str, object]] = [
    {"access_key_id": None},
    {"secret_access_key": ""},
    {"session_token": None},
    {"expires_at": None},
    {"region": None},
    {"url": None},
    {"session_token": "marked\r\nx-other: 1"},
    {"secret_access_key": 7},
    {"access_key_id": "märked"},
    {"expires_at": "soon"},
    {"expires_at": "2001-01-01T00:00:00Z"},
    {"url": "http://door.example.com/signed"},
    {"url": "file:///etc/marked"},
    {"url": "marked"},
]


def test_malformed_answers_are_refused(door: Door) -> None:
    """Credentials that cannot be used are said to be so, once each, and none of them is shown."""
    door.vending.planned.extend([Answer(201, GOOD | wrong) for wrong in MALFORMED])
    ran = send(door, *[GET] * len(MALFORMED))
    for wrong, result in zip(MALFORMED, ran.result, strict=True):
        assert result["problem"]["code"] == "no_credentials", wrong
        assert not result["retryable"]
    assert (len(door.vending.received), door.received) == (len(MALFORMED), [])
    assert "marked" not in (ran.stdout + ran.stderr).lower()


def test_credentials_that_have_ended_are_judged_by_the_doors_clock(door: Door) -> None:
    """Fifteen minutes are fifteen minutes also when our clock is twenty ahead."""
    door.ahead = timedelta(minutes=-20)
    assert [r["ok"] for r in send(door, GET, GET).result] == [True, True]
    assert len(door.vending.received) == 1


def test_no_redirect_is_followed(functions: Functions, door: Door) -> None:
    """The key goes to the token door and nowhere else."""
    with Door() as elsewhere:
        door.vending.planned.append(Answer(307, headers={"location": elsewhere.token_url}))
        result = functions.run("stock", {"sku": "TEE-M"}).result
        assert result["problem"]["code"] == "no_credentials"
        assert elsewhere.vending.received == []
