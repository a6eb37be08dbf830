"""What goes wrong by chance: the same for the same seed, and always in HubSpot's shape."""

from __future__ import annotations

import contextlib
import http.client
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from local.twin.faults.kinds import KNOWN
from tests.twin.test_faults import BASE, CLOSED, upsert
from tests.twin.test_objects import VERSIONS

if TYPE_CHECKING:
    from tests.support.running_twin import RunningTwin

SEARCH = {
    "filterGroups": [],
    "sorts": [],
    "query": "",
    "properties": [],
    "limit": 10,
    "after": "0",
}
RATES = dict.fromkeys(KNOWN, 0.9 / len(KNOWN))


def heard(twin: RunningTwin, kind: str, number: int) -> str:
    """Make one call and say what was heard of it."""
    try:
        if kind == "search":
            reply = twin.call("POST", f"{BASE}/contacts/search", SEARCH)
        else:
            reply = upsert(twin, f"{number}@example.com", f"{number}b@example.com")
    except CLOSED:
        return "closed"
    except http.client.IncompleteRead:
        return "cut"
    errors = isinstance(reply.body, dict) and reply.body.get("numErrors", 0)
    return f"{reply.status} {reply.headers.get('retry-after')} {errors}"


def begin(twin: RunningTwin, seed: int) -> None:
    """Start anew with a seed."""
    twin.call("POST", "/_twin/reset")
    twin.call("POST", "/_twin/clock", {"frozen": True})
    told = {"seed": seed, "rates": RATES}
    assert twin.call("PUT", "/_twin/faults/random", told).status == 200


def test_a_seed_says_what_goes_wrong(twin: RunningTwin) -> None:
    """The same calls meet the same faults, another seed's differ, and most kinds are met."""
    runs = []
    for seed in (7, 7, 8):
        begin(twin, seed)
        runs.append([heard(twin, "upsert", n) for n in range(60)])
    assert runs[0] == runs[1] != runs[2]
    assert len(Counter(runs[0])) > 8


def test_calls_to_another_endpoint_do_not_move_the_faults(twin: RunningTwin) -> None:
    """Threads may interleave: what an endpoint's n-th call meets stays the same."""
    begin(twin, 7)
    alone = [heard(twin, "upsert", n) for n in range(30)]
    begin(twin, 7)
    among = []
    for number in range(30):
        heard(twin, "search", number)
        among.append(heard(twin, "upsert", number))
    assert among == alone


def test_chance_has_its_window_and_can_be_ended(twin: RunningTwin) -> None:
    """Outside the window, and after it was cleared, nothing goes wrong."""
    twin.call("POST", "/_twin/clock", {"frozen": True})
    told = {"seed": 1, "rates": {"503": 1.0}, "for_ms": 1_000}
    twin.call("PUT", "/_twin/faults/random", told)
    assert heard(twin, "upsert", 1).startswith("503")
    twin.call("POST", "/_twin/clock", {"advance_ms": 1_000})
    assert heard(twin, "upsert", 1).startswith("200")
    twin.call("PUT", "/_twin/faults/random", {"seed": 1, "rates": {"503": 1.0}})
    twin.call("DELETE", "/_twin/faults")
    assert heard(twin, "upsert", 1).startswith("200")


@pytest.mark.parametrize("version", ["v3", "2026-03", "2026-09"])
def test_every_version_conforms_while_all_goes_wrong(twin: RunningTwin, version: str) -> None:
    """Whatever is met on the way, what HubSpot answers is as its documents say."""
    base = VERSIONS[version]
    group = ("{0}/" + version if version != "v3" else version + "/{0}").format
    links = "v4/associations" if version == "v3" else group("associations")
    single = {"properties": {"name": "A"}, "associations": []}
    reading = {"inputs": [{"id": "1"}], "properties": [], "propertiesWithHistory": []}
    pair = {"inputs": [{"from": {"id": "1"}, "to": {"id": "2"}}]}
    calls: list[tuple[str, str, Any]] = [
        ("POST", f"{base}/products", single),
        ("POST", f"{base}/products/batch/create", {"inputs": [single]}),
        ("POST", f"{base}/products/batch/read", reading),
        ("POST", f"{base}/products/batch/archive", {"inputs": [{"id": "1"}]}),
        ("GET", f"{base}/products/1", None),
        ("DELETE", f"{base}/products/1", None),
        ("POST", f"/crm/{links}/orders/contacts/batch/associate/default", pair),
        ("GET", f"/crm/{group('properties')}/products", None),
        ("GET", f"/crm/{group('pipelines')}/orders", None),
        ("GET", f"/account-info/{version}/details", None),
    ]
    begin(twin, 11)
    closed = (*CLOSED, http.client.IncompleteRead)
    for number in range(12):
        for method, path, body in calls:
            with contextlib.suppress(*closed):
                twin.call(method, path, body)
        with contextlib.suppress(*closed):
            upsert(twin, *(f"{number}-{n}@example.com" for n in range(5)), base=base)
    assert len(twin.call("GET", "/_twin/stats").body["faults"]) >= 12
