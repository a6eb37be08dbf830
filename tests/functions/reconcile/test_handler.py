"""The reconcile function: its schedule, its queue, and what an operator asks of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.direct_twin import direct_twin
from tests.support.quick_moto import quick_moto
from tests.support.reconcile_function import Function

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def function() -> Iterator[Function]:
    """Return the function, deployed."""
    with quick_moto(), direct_twin() as twin:
        yield Function(twin)


def figures(capsys: pytest.CaptureFixture[str]) -> dict[tuple[str, str], float]:
    """Return the metrics that were written, by name and tenant."""
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    found = {}
    for line in (one for one in lines if "_aws" in one):
        ((metric,),) = (d["Metrics"] for d in line["_aws"]["CloudWatchMetrics"])
        (found[metric["Name"], line["tenant"]],) = line[metric["Name"]]
    return found


def test_each_tenant_has_its_first_run_and_then_rests(
    function: Function, capsys: pytest.CaptureFixture[str]
) -> None:
    """Guarantee: every active tenant gets a full run; `Drift` is written also when it is zero."""
    function.invoke()
    assert function.take() == ["main", "outlet"]
    written = figures(capsys)
    for tenant in ("main", "outlet"):
        assert written["Drift", tenant] == 0
        assert written["DriftLeft", tenant] == 0
        assert ("HubspotRateLimited", tenant) not in written
    function.invoke()
    assert function.take() == []
    status = function.invoke(tenant="main", action="status")
    assert status["ok"]
    assert status["runs"]["full"]["finished_at"]


def test_an_operator_begins_a_run_and_sees_what_it_found(function: Function) -> None:
    """Guarantee: a run on demand begins at once; its findings have names and ids, no values."""
    function.invoke()
    function.take()
    stranger = {"countersign_product_id": "01jd0000000000000000000000", "name": "secret name"}
    body = {"properties": stranger, "associations": []}
    made = function.twin.call("POST", "/crm/objects/2026-09/products", body).body["id"]
    function.twin.twin.clock.advance(60_000)
    begun = function.invoke(tenant="main", action="start", full=True)
    assert begun["ok"], begun
    assert function.take() == ["main"]
    runs = function.invoke(tenant="main", action="status")["runs"]
    assert runs["full"]["left_to_a_person"] == 1
    assert runs["full"]["drift"] == {"products.stranger": 1}
    assert runs["full"]["examples"] == [f"products.stranger {made}"]
    assert "secret" not in json.dumps(runs)


def test_a_run_in_hand_is_not_begun_twice(function: Function) -> None:
    """Guarantee: one run at a time; a full one is not cut short by another word."""
    assert function.invoke(tenant="main", action="start", full=True)["ok"]
    again = function.invoke(tenant="main", action="start")
    assert again["problems"] == ["A run is in hand already."]


@pytest.mark.parametrize(
    ("event", "why"),
    [
        ({"action": "stop"}, "action is none of start, status"),
        ({"action": "start", "full": "yes"}, "full is true or false"),
        ({"action": "start", "fully": True}, "it knows no fully"),
    ],
)
def test_a_wrong_word_is_told_so(function: Function, event: dict[str, Any], why: str) -> None:
    """Guarantee: an event that is not understood does nothing, and says why."""
    told = function.invoke(tenant="main", **event)
    assert told["problems"] == [f"The event is not valid: {why}."]


@pytest.mark.parametrize("tenant", ["closed", "nobody"])
def test_who_is_not_active_is_not_reconciled(function: Function, tenant: str) -> None:
    """Guarantee: a tenant that is switched off and one that never was look the same."""
    told = function.invoke(tenant=tenant, action="start")
    assert told["problems"] == [f"There is no active tenant named {tenant!r}."]
    function.invoke(Records=[{"body": json.dumps({"tenant": tenant})}])
    assert function.twin.twin.stats.body()["calls"].get("search", 0) == 0


def test_a_portal_that_refuses_keeps_the_run_for_later(function: Function) -> None:
    """Guarantee: without a token nothing is lost: the run says why it waits, and goes on."""
    token = function.twin.token[:-1] + "1"
    kept = function.twin.twin.tokens.pop(token)
    function.invoke()
    function.take()
    waiting = function.invoke(tenant="main", action="status")["runs"]["current"]
    assert "401" in waiting["problem"]
    function.twin.twin.tokens[token] = kept
    function.invoke(Records=[{"body": '{"tenant": "main"}'}])
    assert "full" in function.invoke(tenant="main", action="status")["runs"]
