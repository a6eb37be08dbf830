"""Search: filters, lag, cap, paging."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.running_twin import PORTAL
from tests.twin.test_objects import VERSIONS, create

if TYPE_CHECKING:
    from tests.support.running_twin import Reply, RunningTwin

BASE = VERSIONS["2026-09"]


def search(twin: RunningTwin, *filters: dict[str, Any], **body: Any) -> Reply:
    """Search products; the twin's clock passes the search limit by."""
    twin.twin.clock.advance(1_000)
    asked = {
        "filterGroups": [{"filters": list(filters)}] if filters else [],
        "sorts": [],
        "properties": ["name"],
        "limit": 10,
        "after": "0",
        **body,
    }
    return twin.call("POST", f"{BASE}/products/search", asked)


def where(operator: str, value: str | None = None, **more: Any) -> dict[str, Any]:
    """Return one filter on price."""
    given = {} if value is None else {"value": value}
    return {"propertyName": "price", "operator": operator, **given, **more}


@pytest.mark.parametrize(
    ("given", "names"),
    [
        (where("EQ", "9.0"), ["B"]),
        (where("NEQ", "9"), ["A", "C", "D"]),
        (where("GT", "9"), ["C"]),
        (where("GTE", "9"), ["B", "C"]),
        (where("LT", "9"), ["A"]),
        (where("LTE", "9"), ["A", "B"]),
        (where("BETWEEN", "2", highValue="10"), ["A", "B", "C"]),
        (where("IN", values=["2", "10"]), ["A", "C"]),
        (where("NOT_IN", values=["2", "10"]), ["B"]),
        (where("HAS_PROPERTY"), ["A", "B", "C"]),
        (where("NOT_HAS_PROPERTY"), ["D"]),
        ({"propertyName": "name", "operator": "CONTAINS_TOKEN", "value": "a*"}, ["A"]),
        ({"propertyName": "name", "operator": "NOT_CONTAINS_TOKEN", "value": "a"}, ["B", "C", "D"]),
    ],
)
def test_each_operator_finds_what_it_says(
    twin: RunningTwin, given: dict[str, Any], names: list[str]
) -> None:
    """Numbers compare as numbers: 10 is more than 9."""
    for name, price in (("A", "2"), ("B", "9"), ("C", "10"), ("D", "")):
        create(twin, BASE, "products", name=name, price=price)
    found = search(twin, given).body
    assert [r["properties"]["name"] for r in found["results"]] == names
    assert found["total"] == len(names)


def test_search_is_behind_by_its_lag(twin: RunningTwin) -> None:
    """A new record, a change and an archive are found late; a read sees them at once."""
    twin.twin.clock.frozen_at = 1_800_000_000_000
    twin.twin.portals[PORTAL].settings.search_lag_ms = 30_000
    made = create(twin, BASE, "products", name="A")["id"]
    assert twin.call("GET", f"{BASE}/products/{made}").status == 200
    assert search(twin).body["total"] == 0
    twin.twin.clock.advance(30_000)
    assert search(twin).body["total"] == 1
    twin.call("PATCH", f"{BASE}/products/{made}", {"properties": {"name": "B"}})
    assert search(twin).body["results"][0]["properties"]["name"] == "A"
    twin.call("DELETE", f"{BASE}/products/{made}")
    assert search(twin).body["total"] == 1
    twin.twin.clock.advance(30_000)
    assert search(twin).body["total"] == 0


def test_paging_ends_at_ten_thousand(twin: RunningTwin) -> None:
    """A page that would reach past the cap is 400, though there is more to find."""
    assert search(twin, limit=200, after="9800").status == 200
    assert search(twin, limit=200, after="9801").status == 400


def test_a_page_holds_at_most_200(twin: RunningTwin) -> None:
    """And `after` leads on."""
    for i in range(3):
        create(twin, BASE, "products", name=str(i))
    first = search(twin, limit=2).body
    rest = search(twin, limit=2, after=first["paging"]["next"]["after"]).body
    assert [len(first["results"]), len(rest["results"])] == [2, 1]
    assert "paging" not in rest
    assert search(twin, limit=201).status == 400


def test_keyset_reading_by_id(twin: RunningTwin) -> None:
    """hs_object_id GT last, sorted by it, is the way past the cap."""
    ids = [create(twin, BASE, "products", name=str(i))["id"] for i in range(3)]
    after = {"propertyName": "hs_object_id", "operator": "GT", "value": ids[0]}
    found = search(twin, after, sorts=["hs_object_id"]).body["results"]
    assert [r["id"] for r in found] == ids[1:]
    down = search(twin, after, sorts=["-hs_object_id"]).body["results"]
    assert [r["id"] for r in down] == ids[:0:-1]


@pytest.mark.parametrize(
    "body",
    [
        {"filterGroups": [{"filters": [where("HAS_PROPERTY")]}] * 6},
        {"filterGroups": [{"filters": [where("HAS_PROPERTY")] * 7}]},
        {"filterGroups": [{"filters": [where("HAS_PROPERTY")] * 5}] * 4},
        {"query": "x" * 3_000},
        {"filterGroups": [{"filters": [where("LIKE", "x")]}]},
        {"filterGroups": [{"filters": [where("EQ", "x") | {"propertyName": "ghost"}]}]},
    ],
)
def test_an_oversized_or_wrong_question_is_refused(twin: RunningTwin, body: dict[str, Any]) -> None:
    """At most 5 groups of 6, 18 filters, 3,000 characters; known operators and properties."""
    assert search(twin, **body).status == 400
