"""What goes wrong when a script says so."""

from __future__ import annotations

import http.client
from typing import TYPE_CHECKING, Any

import pytest

from local.twin.faults.kinds import KNOWN, named
from local.twin.faults.plan import Script
from tests.twin.test_objects import VERSIONS, create

if TYPE_CHECKING:
    from tests.support.running_twin import Reply, RunningTwin

BASE = VERSIONS["2026-09"]
UPSERT = f"{BASE}/contacts/batch/upsert"
PERSON = "someone-in-hubspot"
CLOSED = (http.client.RemoteDisconnected, ConnectionResetError)


def upsert(twin: RunningTwin, *emails: str, base: str = BASE) -> Reply:
    """Upsert contacts by e-mail, each with a trace of its own."""
    inputs = [
        {"id": e, "idProperty": "email", "properties": {"email": e}, "objectWriteTraceId": e}
        for e in emails
    ]
    return twin.call("POST", f"{base}/contacts/batch/upsert", {"inputs": inputs})


def emails(twin: RunningTwin) -> list[str]:
    """Return whom the account knows."""
    found = twin.call("GET", "/_twin/records?type=contacts").body["contacts"]
    return sorted(r["properties"]["email"] for r in found)


def plan(twin: RunningTwin, fault: str, **told: Any) -> None:
    """Plan a fault over HTTP."""
    assert twin.call("POST", "/_twin/faults", {"fault": fault, **told}).status == 200


@pytest.mark.parametrize("name", [n for n, f in KNOWN.items() if f.status and not f.applied])
def test_an_error_is_what_hubspot_would_say_and_nothing_was_written(
    twin: RunningTwin, name: str
) -> None:
    """Each status comes in HubSpot's shape, once, and the same call then succeeds."""
    endpoint = "/search" if name == "secondly" else "/batch/upsert"
    plan(twin, name, endpoint=endpoint)
    if name == "secondly":
        reply = twin.call("POST", f"{BASE}/contacts/search", {"filterGroups": []})
    else:
        reply = upsert(twin, "ann@example.com")
    assert reply.status == KNOWN[name].status
    assert reply.body["correlationId"]
    assert emails(twin) == []
    assert upsert(twin, "ann@example.com").status == 200


def test_a_limit_names_its_policy_and_retry_after_may_be_missing(twin: RunningTwin) -> None:
    """Both 429 policies, with and without Retry-After; none counts as earned."""
    plan(twin, "ten_secondly")
    plan(twin, "daily", options={"retry_after": 7})
    first, second = upsert(twin, "a@example.com"), upsert(twin, "a@example.com")
    assert (first.body["policyName"], first.headers.get("retry-after")) == (
        "TEN_SECONDLY_ROLLING",
        None,
    )
    assert (second.body["policyName"], second.headers["retry-after"]) == ("DAILY", "7")
    stats = twin.call("GET", "/_twin/stats").body
    assert (stats["total_429"], stats["earned_429"]) == (2, {})
    assert stats["faults"] == {"daily": 1, "ten_secondly": 1}


@pytest.mark.parametrize(
    ("name", "written"), [("refused", False), ("lost_reply", True), ("timeout_applied", True)]
)
def test_a_lost_answer_tells_nothing_of_whether_the_write_was_applied(
    twin: RunningTwin, name: str, *, written: bool
) -> None:
    """The connection closes without a byte; only the account shows what became of the call."""
    twin.call("POST", "/_twin/clock", {"frozen": True})
    plan(twin, name)
    with pytest.raises(CLOSED):
        upsert(twin, "ann@example.com")
    assert emails(twin) == (["ann@example.com"] if written else [])


def test_an_answer_can_be_cut_inside_its_body(twin: RunningTwin) -> None:
    """Status and headers arrive, then half a body, then nothing; the write stands."""
    plan(twin, "cut")
    with pytest.raises(http.client.IncompleteRead) as seen:
        upsert(twin, "ann@example.com")
    assert seen.value.partial.startswith(b'{"status": "COMPLETE"')
    assert emails(twin) == ["ann@example.com"]


def test_a_gateways_error_may_come_after_the_write(twin: RunningTwin) -> None:
    """504 does not mean that nothing happened."""
    plan(twin, "504_applied")
    assert upsert(twin, "ann@example.com").status == 504
    assert emails(twin) == ["ann@example.com"]


def test_a_gateway_may_answer_with_a_page(twin: RunningTwin) -> None:
    """Who parses every error body as JSON fails on it."""
    plan(twin, "521", options={"page": True})
    reply = upsert(twin, "ann@example.com")
    assert (reply.status, reply.headers["content-type"].split(";")[0]) == (521, "text/html")


def test_a_slow_answer_takes_the_twins_time(twin: RunningTwin) -> None:
    """On a stopped clock nobody waits, but the time has passed."""
    before = twin.call("POST", "/_twin/clock", {"frozen": True}).body["now_ms"]
    plan(twin, "slow", options={"delay_ms": 4_000})
    assert upsert(twin, "ann@example.com").status == 200
    assert twin.call("GET", "/_twin/clock").body["now_ms"] == before + 4_000


@pytest.mark.parametrize(("version", "status"), [("2026-09", 200), ("2026-03", 207), ("v3", 207)])
def test_a_partial_failure_names_each_refused_record_by_its_trace(
    twin: RunningTwin, version: str, status: int
) -> None:
    """The others are written; 2026-09 has no 207 and says it in the body only."""
    plan(twin, "partial", options={"share": 0.5})
    reply = upsert(twin, *(f"{n}@example.com" for n in range(4)), base=VERSIONS[version])
    assert reply.status == status
    assert reply.body["numErrors"] == 2
    refused = [e["context"]["objectWriteTraceId"] for e in reply.body["errors"]]
    assert refused == [["2@example.com"], ["3@example.com"]]
    assert emails(twin) == ["0@example.com", "1@example.com"]


def test_a_script_can_wait_aim_and_last(twin: RunningTwin) -> None:
    """The second and third call about Ben fail, all others succeed."""
    plan(twin, "503", endpoint="POST /crm/objects/2026-09/contacts", body="ben@", times=2, skip=1)
    seen = [upsert(twin, who).status for who in ("ben@example.com", "ann@example.com") * 4]
    assert seen == [200, 200, 503, 200, 503, 200, 200, 200]


def test_a_fault_between_two_moments_is_over_when_the_clock_says_so(twin: RunningTwin) -> None:
    """The twin's clock counts, not the wall's."""
    now = twin.call("POST", "/_twin/clock", {"frozen": True}).body["now_ms"]
    plan(twin, "locked", start=now + 1_000, end=now + 2_000)
    seen = []
    for _ in range(3):
        seen += [upsert(twin, "ann@example.com").status for _ in range(2)]
        twin.call("POST", "/_twin/clock", {"advance_ms": 1_000})
    assert seen == [200, 200, 423, 423, 200, 200]


def test_a_days_outage_spares_nothing_and_ends(twin: RunningTwin) -> None:
    """Every kind of call fails for a day of the twin's clock, then all is as before."""
    twin.call("POST", "/_twin/clock", {"frozen": True})
    twin.call("POST", "/_twin/faults/outage", {"for_ms": 86_400_000})
    for _ in range(6):
        for method, path in (("GET", f"{BASE}/orders"), ("GET", "/account-info/2026-09/details")):
            try:
                status = twin.call(method, path).status
            except CLOSED:
                status = 0
            assert status == 0 or status >= 502
        twin.call("POST", "/_twin/clock", {"advance_ms": 14_399_999})
    twin.call("POST", "/_twin/clock", {"advance_ms": 6})
    assert twin.call("GET", f"{BASE}/orders").status == 200


def test_a_persons_calls_meet_neither_faults_nor_limits(twin: RunningTwin) -> None:
    """So a test can change records behind our back while everything else fails."""
    twin.twin.add_token(PERSON, 1, kind="person")
    twin.twin.faults.scripts.append(Script(named("503"), times=None))
    assert twin.call("GET", f"{BASE}/orders").status == 503
    assert twin.call("GET", f"{BASE}/orders", token=PERSON).status == 200
    assert twin.call("GET", "/_twin/stats").body["total_calls"] == 1


def test_a_plan_that_makes_no_sense_is_refused(twin: RunningTwin) -> None:
    """Unknown faults, options, fields and chances above 1 are named."""
    for method, path, body in (
        ("POST", "/_twin/faults", {"fault": "meteor"}),
        ("POST", "/_twin/faults", {"fault": "503", "options": {"name": "x"}}),
        ("POST", "/_twin/faults", {"fault": "503", "time": 3}),
        ("POST", "/_twin/faults", {}),
        ("POST", "/_twin/faults/outage", {}),
        ("PUT", "/_twin/faults/random", {"seed": 1, "rates": {"503": 0.7, "502": 0.7}}),
        ("PUT", "/_twin/faults/random", {"seed": 1, "rates": {"meteor": 0.1}}),
    ):
        assert twin.call(method, path, body).status == 400, body


def test_a_poisoned_record_is_refused_whatever_is_sent(twin: RunningTwin) -> None:
    """It refuses its whole batch, and names itself; without it the batch goes through."""
    upsert(twin, "ann@example.com")
    ben = upsert(twin, "ben@example.com").body["results"][0]["id"]
    rule = {"type": "contacts", "property": "email", "pattern": "ben@.*"}
    told = {**rule, "refuses": True, "whole": True, "versions": []}
    assert twin.call("POST", "/_twin/rules", told).status == 200
    for base in VERSIONS.values():
        reply = upsert(twin, "ann@example.com", "ben@example.com", base=base)
        assert reply.status == 400
        assert reply.body["errors"][0]["context"] == {"propertyName": ["email"]}
        assert upsert(twin, "ann@example.com", base=base).status == 200
        path, change = f"{base}/contacts/{ben}", {"properties": {"firstname": "Ben"}}
        assert twin.call("PATCH", path, change).status == 400
    twin.call("DELETE", "/_twin/rules")
    assert upsert(twin, "ben@example.com").status == 200


def test_an_admins_rule_binds_writes_from_2026_09_on(twin: RunningTwin) -> None:
    """Older versions of the API do not know it, and only what is written is looked at."""
    rule = {"type": "products", "property": "name", "pattern": "[A-Z].*"}
    twin.call("POST", "/_twin/rules", rule)
    body = {"properties": {"name": "a", "hs_sku": "1"}, "associations": []}
    assert twin.call("POST", f"{BASE}/products", body).status == 400
    made = create(twin, VERSIONS["2026-03"], "products", name="b", hs_sku="2")["id"]
    path = f"{BASE}/products/{made}"
    assert twin.call("PATCH", path, {"properties": {"price": "1"}}).status == 200
    assert twin.call("PATCH", path, {"properties": {"name": "c"}}).status == 400
