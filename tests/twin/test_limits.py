"""Rate limits: windows, headers, and the bodies of refusals. Time is the twin's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.running_twin import PORTAL

if TYPE_CHECKING:
    from tests.support.running_twin import Reply, RunningTwin

OTHER, OAUTH = "pat-other", "oauth-app"
READ = "/crm/objects/2026-09/products"
SEARCH: dict[str, Any] = {
    "filterGroups": [],
    "sorts": [],
    "properties": [],
    "limit": 10,
    "after": "0",
}


@pytest.fixture(autouse=True)
def still(twin: RunningTwin) -> None:
    """Stop the clock in the middle of a day, so that only tests move it."""
    twin.twin.clock.frozen_at = 20_000 * 86_400_000 + 43_200_000


def fill(twin: RunningTwin, calls: int, path: str = READ) -> Reply:
    """Call so often; all but the last must pass."""
    for _ in range(calls - 1):
        assert twin.call("GET", path).status == 200
    return twin.call("GET", path)


@pytest.mark.parametrize(
    ("tier", "burst"), [("free", 100), ("starter", 100), ("professional", 190), ("increased", 250)]
)
def test_the_call_after_a_full_window_is_refused(twin: RunningTwin, tier: str, burst: int) -> None:
    """Each tier's burst passes, one more does not; the body names the policy."""
    twin.twin.portals[PORTAL].tier = tier
    reply = fill(twin, burst + 1)
    assert reply.status == 429
    assert reply.body["policyName"] == "TEN_SECONDLY_ROLLING"
    assert reply.body["message"] == "You have reached your ten_secondly_rolling limit."
    assert reply.body["errorType"] == "RATE_LIMIT"
    assert "retry-after" not in reply.headers
    assert twin.call("GET", "/_twin/stats").body["limited"] == {"TEN_SECONDLY_ROLLING": 1}


def test_the_window_rolls(twin: RunningTwin) -> None:
    """A call leaves the window ten seconds after it was made, not at a fixed moment."""
    twin.twin.portals[PORTAL].tier = "free"
    fill(twin, 60)
    twin.twin.clock.advance(6_000)
    fill(twin, 40)
    assert twin.call("GET", READ).status == 429
    twin.twin.clock.advance(4_000)
    fill(twin, 60)
    assert twin.call("GET", READ).status == 429


def test_headers_tell_what_remains(twin: RunningTwin) -> None:
    """Limit, interval and remainders, daily ones too, on each answer."""
    headers = fill(twin, 3).headers
    shown = {
        k.removeprefix("x-hubspot-ratelimit-"): v
        for k, v in headers.items()
        if k.startswith("x-hubspot")
    }
    assert shown == {
        "interval-milliseconds": "10000",
        "max": "190",
        "remaining": "187",
        "secondly": "19",
        "secondly-remaining": "16",
        "daily": "625000",
        "daily-remaining": "624997",
    }


def test_each_token_has_its_own_window_and_all_share_the_day(twin: RunningTwin) -> None:
    """A second app of the account is not slowed by the first, but uses the same day."""
    twin.twin.portals[PORTAL].tier = "free"
    twin.twin.add_token(OTHER, PORTAL)
    assert fill(twin, 101).status == 429
    reply = twin.call("GET", READ, token=OTHER)
    assert reply.status == 200
    assert reply.headers["x-hubspot-ratelimit-daily-remaining"] == str(250_000 - 101)


def test_the_day_ends_at_midnight(twin: RunningTwin) -> None:
    """A spent day refuses with DAILY until midnight of the account's time zone."""
    assert fill(twin, 1).status == 200
    twin.twin.limiter.days[PORTAL].calls = 625_000
    reply = twin.call("GET", READ)
    assert (reply.status, reply.body["policyName"]) == (429, "DAILY")
    assert reply.body["message"] == "You have reached your daily limit."
    assert reply.headers["x-hubspot-ratelimit-daily-remaining"] == "0"
    twin.twin.clock.advance(43_200_000)
    assert twin.call("GET", READ).status == 200


def test_an_oauth_app_has_110_and_no_day(twin: RunningTwin) -> None:
    """Its answers carry no daily headers."""
    twin.twin.add_token(OAUTH, PORTAL, kind="oauth")
    replies = [twin.call("GET", READ, token=OAUTH) for _ in range(111)]
    assert [r.status for r in replies] == [200] * 110 + [429]
    assert "x-hubspot-ratelimit-daily" not in replies[0].headers


def test_search_has_five_a_second_and_no_headers(twin: RunningTwin) -> None:
    """Per account: a second app shares them."""
    twin.twin.add_token(OTHER, PORTAL)
    for _ in range(5):
        reply = twin.call("POST", f"{READ}/search", SEARCH)
        assert reply.status == 200
        assert not [h for h in reply.headers if h.startswith("x-hubspot-ratelimit")]
    refused = twin.call("POST", f"{READ}/search", SEARCH, token=OTHER)
    assert refused.status == 429
    assert refused.body["message"] == "You have reached your secondly limit."
    twin.twin.clock.advance(1_000)
    assert twin.call("POST", f"{READ}/search", SEARCH).status == 200


def test_associations_have_their_own_window(twin: RunningTwin) -> None:
    """150 in ten seconds on Professional, while other calls still pass."""
    path = "/crm/associations/2026-09/orders/contacts/batch/read"
    replies = [twin.call("POST", path, {"inputs": []}) for _ in range(151)]
    assert [r.status for r in replies] == [200] * 150 + [429]
    assert twin.call("GET", READ).status == 200


def test_a_refused_call_does_not_count(twin: RunningTwin) -> None:
    """Hammering does not lengthen the wait."""
    twin.twin.portals[PORTAL].tier = "free"
    fill(twin, 101)
    twin.twin.clock.advance(9_999)
    assert twin.call("GET", READ).status == 429
    twin.twin.clock.advance(1)
    assert fill(twin, 100).status == 200


def test_retry_after_is_sent_where_the_switch_says_so(twin: RunningTwin) -> None:
    """HubSpot does not document it for 429, but it is seen."""
    twin.twin.portals[PORTAL].settings.sends_retry_after = True
    twin.twin.portals[PORTAL].tier = "free"
    fill(twin, 100)
    twin.twin.clock.advance(2_500)
    assert twin.call("GET", READ).headers["retry-after"] == "8"


def test_daily_usage_can_be_read(twin: RunningTwin) -> None:
    """Used, allowed, and when it starts again."""
    fill(twin, 4)
    usage = twin.call("GET", "/account-info/2026-09/api-usage/daily/private-apps").body
    (today,) = usage["results"]
    assert (today["currentUsage"], today["usageLimit"]) == (5, 625_000)
    assert today["resetsAt"].endswith("T00:00:00.000Z")
