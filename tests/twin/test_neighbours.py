"""Another program that uses up a share of the same quota."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.running_twin import TOKEN
from tests.twin.test_objects import VERSIONS

if TYPE_CHECKING:
    from tests.support.running_twin import RunningTwin

PATH = f"{VERSIONS['2026-09']}/orders"


def pace(twin: RunningTwin, per_second: float) -> None:
    """Let a program with the same token call from now on."""
    told = {"neighbours": [{"token": TOKEN, "per_second": per_second}]}
    assert twin.call("PUT", "/_twin/neighbours", told).status == 200


def test_a_neighbour_takes_its_share_by_the_twins_clock(twin: RunningTwin) -> None:
    """A fifth of 190 calls in ten seconds is gone before we begin, and the headers say so."""
    twin.call("POST", "/_twin/clock", {"frozen": True})
    pace(twin, 3.8)
    twin.call("POST", "/_twin/clock", {"advance_ms": 10_000})
    headers = twin.call("GET", PATH).headers
    assert int(headers["x-hubspot-ratelimit-remaining"]) == 190 - 38 - 1
    seen = [twin.call("GET", PATH).status for _ in range(152)]
    assert seen == [200] * 151 + [429]
    twin.call("POST", "/_twin/clock", {"advance_ms": 10_000})
    usage = twin.call("GET", "/account-info/2026-09/api-usage/daily/private-apps").body
    assert usage["results"][0]["currentUsage"] == 76 + 152 + 1


def test_a_neighbour_meets_the_limit_too_and_can_change_its_pace(twin: RunningTwin) -> None:
    """What it was refused is counted, and a new pace begins when it is set."""
    twin.call("POST", "/_twin/clock", {"frozen": True})
    pace(twin, 38)
    twin.call("POST", "/_twin/clock", {"advance_ms": 10_000})
    (seen,) = twin.call("GET", "/_twin/neighbours").body["neighbours"]
    assert (seen["landed"], seen["limited"]) == (190, 190)
    pace(twin, 1)
    twin.call("POST", "/_twin/clock", {"advance_ms": 10_000})
    (seen,) = twin.call("GET", "/_twin/neighbours").body["neighbours"]
    assert (seen["landed"], seen["limited"]) == (10, 0)
