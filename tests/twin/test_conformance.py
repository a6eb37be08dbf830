"""The check against HubSpot's documents: it is there, it sees, and it sees everything.

Every other test here has its traffic checked too, by the `twin` fixture.
"""

from __future__ import annotations

import json
import re
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest

from local.twin.limits import Limiter
from local.twin.oauth import tokens
from local.twin.operations import all_operations
from tests.support import hubspot_documents, hubspot_specs
from tests.support.hubspot_documents import find
from tests.support.hubspot_specs import SpecChecker, require_specs
from tests.twin.test_objects import VERSIONS, create

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support.running_twin import RunningTwin


@pytest.fixture
def checker() -> SpecChecker:
    """Return a checker, or skip (with CI=true: fail)."""
    return SpecChecker(require_specs())


@pytest.fixture
def exchange(twin: RunningTwin) -> dict[str, Any]:
    """Return a partly failed batch read that conforms."""
    made = create(twin, VERSIONS["2026-09"], "orders", hs_order_name="1")["id"]
    body = {
        "inputs": [{"id": made}, {"id": "404"}],
        "properties": ["hs_order_name"],
        "propertiesWithHistory": [],
    }
    twin.call("POST", f"{VERSIONS['2026-09']}/orders/batch/read", body)
    return deepcopy(twin.twin.recorder.kept[-1])


def test_every_endpoint_of_the_twin_is_documented() -> None:
    """The twin offers nothing that HubSpot does not have."""
    specs = require_specs()
    oauth = [operation for operation, _ in tokens.operations()]
    for operation in (*all_operations(Limiter), *oauth):
        path = operation.template.replace("{objectType}", "contacts")
        path = path.replace("{fromObjectType}", "orders").replace("{toObjectType}", "contacts")
        assert find(specs, operation.method, re.sub(r"\{\w+\}", "1", path))


def _misname(e: dict[str, Any]) -> None:
    e["response"]["numErorrs"] = e["response"].pop("numErrors")


def _number(e: dict[str, Any]) -> None:
    e["response"]["results"][0]["properties"]["hs_order_name"] = 1


def _no_date(e: dict[str, Any]) -> None:
    e["response"]["results"][0]["createdAt"] = "yesterday"


def _no_id(e: dict[str, Any]) -> None:
    del e["response"]["results"][0]["id"]


def _wrong_status(e: dict[str, Any]) -> None:
    e["status"] = 207


def _no_error_body(e: dict[str, Any]) -> None:
    e.update(status=400, response={"detail": "no"})


def _wrong_request(e: dict[str, Any]) -> None:
    e["request"] = json.dumps({"inputs": [{"identity": "1"}]})


def _numeric_request(e: dict[str, Any]) -> None:
    e["request"] = json.dumps({**json.loads(e["request"]), "properties": [1]})


def _unknown_query(e: dict[str, Any]) -> None:
    e["query"] = {"archvied": ["true"]}


def _unknown_path(e: dict[str, Any]) -> None:
    e["path"] = "/crm/objects/2026-09/orders/batch/replace/all"


@pytest.mark.parametrize(
    "damage",
    [
        _misname,
        _number,
        _no_date,
        _no_id,
        _wrong_status,
        _no_error_body,
        _wrong_request,
        _numeric_request,
        _unknown_query,
        _unknown_path,
    ],
)
def test_a_disagreement_is_seen(
    checker: SpecChecker,
    exchange: dict[str, Any],
    damage: Callable[[dict[str, Any]], None],
) -> None:
    """What conforms passes; any one thing changed in it is named."""
    assert checker.check(exchange) == []
    damage(exchange)
    assert checker.check(exchange) != []


DEVIATIONS = hubspot_documents.deviations()


@pytest.mark.parametrize("entry", DEVIATIONS, ids=lambda e: f"{e['document']}:{e['schema']}")
def test_each_deviation_has_a_source_and_is_needed(
    twin: RunningTwin, monkeypatch: pytest.MonkeyPatch, entry: dict[str, Any]
) -> None:
    """Without any one entry, ordinary traffic no longer conforms."""
    specs = require_specs()
    assert entry["source"]
    assert entry["why"]
    for base in VERSIONS.values():
        made = create(twin, base, "products", name="A")["id"]
        twin.call("GET", f"{base}/products/{made}?properties=description")
        body = {"inputs": [{"id": "404"}], "properties": [], "propertiesWithHistory": []}
        twin.call("POST", f"{base}/products/batch/read", body)
        twin.call("GET", f"{base}/products/404")
    twin.twin.limiter.days[1].calls = 625_000
    twin.call("GET", f"{base}/products")
    rest = [e for e in DEVIATIONS if e != entry]
    monkeypatch.setattr(hubspot_documents, "deviations", lambda: rest)
    _forget_documents()
    try:
        assert SpecChecker(specs).check_all(twin.twin.recorder.kept) != []
    finally:
        monkeypatch.undo()
        _forget_documents()
    assert SpecChecker(specs).check_all(twin.twin.recorder.kept) == []


def _forget_documents() -> None:
    hubspot_documents.load.cache_clear()
    hubspot_documents.templates.cache_clear()


def test_without_the_documents_the_check_skips_but_fails_in_ci(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Nobody can forget them where it counts."""
    monkeypatch.setenv("HUBSPOT_SPECS", str(tmp_path))
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="HUBSPOT_SPECS"):
        hubspot_specs.require_specs()
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="HUBSPOT_SPECS"):
        hubspot_specs.require_specs()
