"""The one clock by which everything in the twin goes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from local.twin.clock import Clock
from tests.twin.test_objects import VERSIONS, create

if TYPE_CHECKING:
    from tests.support.running_twin import RunningTwin

BASE = VERSIONS["2026-09"]


def found(twin: RunningTwin) -> int:
    """Return how many contacts search knows of."""
    body = {
        "filterGroups": [],
        "sorts": [],
        "query": "",
        "properties": [],
        "limit": 10,
        "after": "0",
    }
    return int(twin.call("POST", f"{BASE}/contacts/search", body).body["total"])


def test_search_is_behind_by_its_lag(twin: RunningTwin) -> None:
    """Thirty seconds of the twin's clock, for new, changed and archived records."""
    twin.call("POST", "/_twin/settings", {"search_lag_ms": 30_000})
    twin.call("POST", "/_twin/clock", {"frozen": True})
    made = create(twin, BASE, "contacts", email="ann@example.com")["id"]
    twin.call("POST", "/_twin/clock", {"advance_ms": 29_999})
    assert found(twin) == 0
    twin.call("POST", "/_twin/clock", {"advance_ms": 1})
    assert found(twin) == 1
    twin.call("DELETE", f"{BASE}/contacts/{made}")
    assert found(twin) == 1
    twin.call("POST", "/_twin/clock", {"advance_ms": 30_000})
    assert found(twin) == 0


def test_a_stopped_clock_moves_only_when_told(twin: RunningTwin) -> None:
    """By so much, or to a moment; never back."""
    stopped = twin.call("POST", "/_twin/clock", {"frozen": True}).body["now_ms"]
    time.sleep(0.01)
    assert twin.call("GET", "/_twin/clock").body["now_ms"] == stopped
    moved = twin.call("POST", "/_twin/clock", {"set_ms": stopped + 86_400_000}).body
    assert (moved["now_ms"], moved["frozen"]) == (stopped + 86_400_000, True)
    for back in ({"set_ms": stopped}, {"advance_ms": -1}):
        assert twin.call("POST", "/_twin/clock", back).status == 400


def test_a_clock_goes_on_from_where_it_stood() -> None:
    """Stopping and starting loses no moved time."""
    clock = Clock()
    clock.advance(1_000_000)
    clock.freeze()
    stood = clock.now()
    clock.advance(500)
    assert clock.now() == stood + 500
    clock.run()
    assert stood + 500 <= clock.now() < stood + 60_000
    with pytest.raises(ValueError, match="forward"):
        clock.advance(-1)
