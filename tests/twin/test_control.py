"""/_twin: health, reset, counts, dumps, edits behind the API's back, switches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.running_twin import PORTAL
from tests.twin.test_objects import VERSIONS, create

if TYPE_CHECKING:
    from tests.support.running_twin import RunningTwin

BASE = VERSIONS["2026-09"]
FEW = "few-scopes"


def test_counts_are_by_endpoint_with_setup_apart(twin: RunningTwin) -> None:
    """Definitions, pipelines and account are setup; records are what a sync costs."""
    create(twin, BASE, "products", name="A")
    twin.call("GET", "/crm/properties/2026-09/products")
    twin.call("GET", "/crm/pipelines/2026-09/orders")
    twin.call("GET", "/account-info/2026-09/details")
    counts = twin.call("GET", "/_twin/stats").body
    assert counts["calls"] == {"POST /crm/objects/2026-09/{objectType}": 1}
    assert counts["total_setup_calls"] == 3
    assert counts["total_429"] == 0
    twin.call("POST", "/_twin/stats/reset")
    assert twin.call("GET", "/_twin/stats").body["total_calls"] == 0


def test_reset_empties_records_and_definitions(twin: RunningTwin) -> None:
    """The token still opens the portal, and ids of before are gone."""
    made = create(twin, BASE, "products", name="A")["id"]
    assert twin.call("POST", "/_twin/reset").status == 200
    assert twin.call("GET", f"{BASE}/products/{made}").status == 404
    assert twin.call("GET", "/_twin/records").body["products"] == []


def test_a_dump_shows_records_with_their_links(twin: RunningTwin) -> None:
    """By type, with the association type ids."""
    order = create(twin, BASE, "orders", hs_order_name="1")["id"]
    line = create(twin, BASE, "line_items", name="L")["id"]
    twin.call("PUT", f"{BASE}/orders/{order}/associations/default/line_items/{line}")
    (dumped,) = twin.call("GET", "/_twin/records?type=orders").body["orders"]
    assert dumped["associations"] == {"line_items": {line: [513]}}
    assert dumped["properties"]["hs_order_name"] == "1"


def test_an_edit_behind_the_apis_back_is_seen_by_the_api(twin: RunningTwin) -> None:
    """Unchecked, dated, and marked as someone else's."""
    made = create(twin, BASE, "products", name="A", price="1")["id"]
    path = f"/_twin/records/products/{made}"
    assert twin.call("PATCH", path, {"properties": {"price": "999"}}).status == 200
    read = twin.call("GET", f"{BASE}/products/{made}?propertiesWithHistory=price").body
    assert read["properties"]["price"] == "999"
    assert read["propertiesWithHistory"]["price"][0]["sourceType"] == "CRM_UI"
    assert twin.call("DELETE", path).status == 200
    assert twin.call("GET", f"{BASE}/products/{made}").status == 404


def test_switches_can_be_read_and_set(twin: RunningTwin) -> None:
    """An unknown switch, or a value of another type, is refused."""
    reply = twin.call("POST", "/_twin/settings", {"search_lag_ms": 500, "tier": "free"})
    assert (reply.body["search_lag_ms"], reply.body["tier"]) == (500, "free")
    for wrong in ({"ghost": 1}, {"search_lag_ms": "soon"}, {"tier": "platinum"}):
        assert twin.call("POST", "/_twin/settings", wrong).status == 400


def test_the_clock_moves_forward_only(twin: RunningTwin) -> None:
    """By so many milliseconds."""
    before = twin.call("GET", "/_twin/health").body["now"]
    after = twin.call("POST", "/_twin/clock", {"advance_ms": 86_400_000}).body["now"]
    assert after > before
    assert twin.call("POST", "/_twin/clock", {"advance_ms": -1}).status == 400


def test_a_token_can_be_added_with_fewer_scopes(twin: RunningTwin) -> None:
    """A test of scopes needs no restart."""
    body = {"token": FEW, "portal": PORTAL, "scopes": ["crm.objects.orders.read"]}
    assert twin.call("POST", "/_twin/tokens", body).status == 200
    assert twin.call("GET", f"{BASE}/orders", token=FEW).status == 200
    assert twin.call("GET", f"{BASE}/contacts", token=FEW).status == 403


def test_traffic_is_kept_without_credentials(twin: RunningTwin) -> None:
    """What is recorded can be shown around."""
    twin.call("POST", "/_twin/traffic", {"keep": True})
    create(twin, BASE, "products", name="A")
    kept = twin.call("GET", "/_twin/traffic").body["exchanges"]
    assert [(e["method"], e["status"]) for e in kept] == [("POST", 201)]
    assert twin.token not in str(kept)


def test_a_control_call_that_makes_no_sense_is_refused(twin: RunningTwin) -> None:
    """400 with the reason, never 5xx."""
    for method, path, body in (
        ("GET", "/_twin/records?type=teapots", None),
        ("GET", "/_twin/records?portal=9", None),
        ("PATCH", "/_twin/records/products/404", {"properties": {}}),
        ("POST", "/_twin/clock", b"{"),
    ):
        reply = twin.call(method, path, body)
        assert reply.status == 400
        assert reply.body["error"]
