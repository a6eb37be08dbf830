"""HubSpot stops a function after 15 s: whatever the doors do, it has answered before."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.clients_hubspot.answer import Answer
from tests.clients_hubspot.conftest import Functions
from tests.clients_hubspot.door import Door

HANGS = [Answer(hang=True)] * 20


def timed(functions: Functions) -> tuple[Any, float]:
    """Place an order; return the result and the seconds that it took, Node's start among them."""
    started = time.monotonic()
    return functions.place_order().result, time.monotonic() - started


def test_a_silent_token_door_is_given_up_early(functions: Functions, door: Door) -> None:
    """Without credentials after 8 s there is an answer: retryable, and no order was sent."""
    door.vending.planned.extend(HANGS)
    result, seconds = timed(functions)
    assert 7 < seconds < 11
    assert (result["problem"]["code"], result["retryable"]) == ("no_credentials", True)
    assert len(door.vending.received) == 2
    assert door.received == []


@pytest.mark.slow
def test_slow_doors_together_stay_inside(functions: Functions) -> None:
    """Each way of being slow costs at most 12 s in all, and leaves the call retryable by its key.

    They are: a signed door that never answers; the same behind a token door that is slow; a token
    door that is slow, fails and is slow again; a 403 whose new credentials do not come.
    """
    with Door() as silent, Door() as both, Door() as failing, Door() as expired:
        silent.planned.extend(HANGS)
        both.vending.after = 4
        both.planned.extend(HANGS)
        failing.vending.planned.extend([Answer(503, after=3), Answer(503, after=3)])
        failing.vending.after = 1
        failing.planned.extend(HANGS)
        expired.planned.extend([Answer(503, after=4), Answer(403, {"code": "expired_token"})])
        expired.vending.after = 3
        expired.planned.extend(HANGS)
        doors = [silent, both, failing, expired]
        with ThreadPoolExecutor(len(doors)) as pool:
            done = list(pool.map(timed, [Functions(functions.project, d) for d in doors]))
        for opened, (result, seconds) in zip(doors, done, strict=True):
            assert seconds < 14
            assert not result["ok"]
            assert result["idempotencyKey"] == "key-1"
            assert {r.headers["idempotency-key"] for r in opened.received} <= {"key-1"}
        assert all(result["retryable"] for result, _ in done[:3])
        assert [result["problem"]["code"] for result, _ in done[:2]] == ["timeout"] * 2
