"""HubSpot stops a function after 15 s: whatever the doors do, it has answered before."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from tests.clients_hubspot.answer import Answer
from tests.clients_hubspot.conftest import HERE, ORDER, node, secrets
from tests.clients_hubspot.door import Door

if TYPE_CHECKING:
    from pathlib import Path

HANGS = [Answer(hang=True)] * 20


def timed(project: Path, door: Door) -> tuple[Any, float]:
    """Place an order; return the result and the seconds that the function itself took."""
    built = project / "dist/app/functions/place-order.js"
    contexts = json.dumps([{"parameters": {"order": ORDER, "idempotencyKey": "key-1"}}])
    (done,) = node(HERE / "contexts.mjs", built, contexts, **secrets(door)).result
    return done["result"], done["ms"] / 1000


def test_a_silent_token_door_is_given_up_early(project: Path, door: Door) -> None:
    """Without credentials after 8 s there is an answer: retryable, and no order was sent."""
    door.vending.planned.extend(HANGS)
    result, seconds = timed(project, door)
    assert 7 < seconds < 9
    assert (result["problem"]["code"], result["retryable"]) == ("no_credentials", True)
    assert len(door.vending.received) == 2
    assert door.received == []


@pytest.mark.slow
def test_slow_doors_together_stay_inside(project: Path) -> None:
    """Each way of being slow costs at most 12 s in all, and leaves the call retryable by its key.

    They are: a signed door that never answers; the same behind a token door that is slow; a token
    door that is slow, fails and is slow again; a door that is slow to refuse an ended session.
    """
    with Door() as silent, Door() as both, Door() as failing, Door() as ended:
        silent.planned.extend(HANGS)
        both.vending.after = 4
        both.planned.extend(HANGS)
        failing.vending.planned.extend([Answer(503, after=2)] * 2)
        failing.vending.after = 1
        failing.planned.extend(HANGS)
        ended.vending.after = 4
        ended.planned.extend([Answer(503, after=5), Answer(403, {"code": "expired_token"})])
        doors = [silent, both, failing, ended]
        with ThreadPoolExecutor(len(doors)) as pool:
            done = list(pool.map(timed, [project] * len(doors), doors))
        for opened, (result, seconds) in zip(doors, done, strict=True):
            assert seconds < 13
            assert not result["ok"]
            assert result["idempotencyKey"] == "key-1"
            assert {r.headers["idempotency-key"] for r in opened.received} == {"key-1"}
        assert [result["problem"]["code"] for result, _ in done[:3]] == ["timeout"] * 3
        assert all(result["retryable"] for result, _ in done[:3])
