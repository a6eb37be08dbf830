"""Tokens and scopes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from local.twin.auth import ALL_SCOPES
from tests.support.running_twin import PORTAL

if TYPE_CHECKING:
    from tests.support.running_twin import RunningTwin

BASE = "/crm/objects/2026-09"
NARROW, SECOND = "narrow", "second"


@pytest.mark.parametrize("token", [None, "pat-unknown", ""])
def test_without_a_known_token_nothing_is_answered(twin: RunningTwin, token: str | None) -> None:
    """401 in HubSpot's shape, on reads and writes alike."""
    for method, path in (("GET", f"{BASE}/contacts"), ("POST", f"{BASE}/contacts/batch/upsert")):
        reply = twin.call(method, path, None if method == "GET" else {}, token=token)
        assert (reply.status, reply.body["category"]) == (401, "INVALID_AUTHENTICATION")


@pytest.mark.parametrize(
    ("method", "path", "lacking"),
    [
        ("GET", f"{BASE}/contacts", "crm.objects.contacts.read"),
        ("POST", f"{BASE}/contacts/batch/read", "crm.objects.contacts.read"),
        ("POST", f"{BASE}/orders/batch/upsert", "crm.objects.orders.write"),
        ("POST", f"{BASE}/products/batch/upsert", "crm.objects.products.write"),
        ("POST", f"{BASE}/products/batch/upsert", "e-commerce"),
        ("POST", f"{BASE}/line_items/batch/upsert", "e-commerce"),
        ("POST", "/crm/properties/2026-09/orders", "crm.schemas.orders.write"),
        ("POST", "/crm/properties/2026-09/line_items", "e-commerce"),
        (
            "POST",
            "/crm/associations/2026-09/orders/contacts/batch/create",
            "crm.objects.contacts.write",
        ),
    ],
)
def test_a_lacking_scope_is_named(twin: RunningTwin, method: str, path: str, lacking: str) -> None:
    """403 MISSING_SCOPES says which scopes the call wants."""
    twin.twin.add_token(NARROW, PORTAL, scopes=ALL_SCOPES - {lacking})
    reply = twin.call(method, path, None if method == "GET" else {}, token=NARROW)
    assert (reply.status, reply.body["category"]) == (403, "MISSING_SCOPES")
    assert lacking in reply.body["errors"][0]["context"]["requiredGranularScopes"]


@pytest.mark.parametrize("base", ["/crm/v3/objects", "/crm/objects/2026-03"])
def test_before_2026_09_either_scope_opens_products(twin: RunningTwin, base: str) -> None:
    """The older documents list them as alternatives."""
    for scope in ("crm.objects.products.read", "e-commerce"):
        twin.twin.add_token(scope, PORTAL, scopes=frozenset({scope}))
        assert twin.call("GET", f"{base}/products", token=scope).status == 200


def test_each_token_opens_its_own_portal(twin: RunningTwin) -> None:
    """Two accounts share nothing."""
    twin.twin.add_token(SECOND, 2)
    body = {"properties": {"email": "ann@example.com"}, "associations": []}
    assert twin.call("POST", f"{BASE}/contacts", body).status == 201
    other = twin.call("GET", f"{BASE}/contacts", token=SECOND)
    assert other.body["results"] == []
    details = "/account-info/2026-09/details"
    assert twin.call("GET", details).body["portalId"] == PORTAL
    assert twin.call("GET", details, token=SECOND).body["portalId"] == 2
