"""`hubspot.fetch` on the deployed system: the twin signs and calls as HubSpot does for a card."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
import requests

if TYPE_CHECKING:
    from local.system import System
    from tests.e2e.door import SignedDoor

SKU = "CARD 1+x@y:z"


def fetch(system: System, path: str, **more: Any) -> tuple[int, dict[str, Any]]:
    """Have the twin call the hubspot door; return status and body of the answer."""
    asked = {
        "url": system.outputs.hubspot_url + path,
        "authority": str(system.endpoint.authority),
        "user_email": "ada+card@example.com",
        **more,
    }
    answer = requests.post(f"{system.portal.url}/_twin/fetch", json=asked, timeout=30)
    assert answer.ok, answer.text
    told = answer.json()
    return told["status"], json.loads(told["body"])


@pytest.fixture(scope="module")
def order(door: SignedDoor) -> dict[str, Any]:
    """Put a product whose SKU has every character that URLs escape, and order one."""
    product = {"name": "Card", "price": 100, "currency": "GBP", "opening_stock": [{"quantity": 5}]}
    made = door.call("PUT", f"/v1/products/{quote(SKU, safe='')}", product)
    assert made.ok, made.text
    body = {"currency": "GBP", "lines": [{"sku": SKU, "quantity": 1}]}
    placed = door.call("POST", "/v1/orders", body, headers={"Idempotency-Key": "card"})
    assert placed.ok, placed.text
    found: dict[str, Any] = placed.json()
    return found


@pytest.mark.parametrize("written", ["CARD%201%2Bx%40y%3Az", "CARD%201+x@y:z"])
def test_a_card_reads_stock(system: System, order: dict[str, Any], written: str) -> None:
    """Guarantee: HubSpot's signature holds behind the gateway, however the SKU is escaped."""
    assert order["lines"][0]["sku"] == SKU
    status, found = fetch(system, f"/v1/stock/{written}")
    assert (status, found.get("sku"), found.get("available")) == (200, SKU, 4), found


@pytest.mark.parametrize(
    "appended",
    [
        ["portalId", "userId", "userEmail", "appId"],
        ["userId", "portalId", "userEmail", "appId"],
        ["appId", "portalId", "userId"],
    ],
)
def test_a_card_reads_orders(system: System, order: dict[str, Any], appended: list[str]) -> None:
    """Guarantee: in whatever order HubSpot appends who asks, beside parameters of the call."""
    status, found = fetch(system, f"/v1/orders/{order['id']}", order=appended)
    assert (status, found.get("id")) == (200, order["id"]), found
    status, found = fetch(system, "/v1/orders?state=placed&limit=100", order=appended)
    assert status == 200, found
    assert order["id"] in [one["id"] for one in found["orders"]]
    status, found = fetch(system, f"/v1/orders/{order['id']}/returns", order=appended)
    assert (status, found) == (200, {"returns": []})


def test_an_unknown_portal_is_refused(system: System) -> None:
    """Guarantee: the app may be installed elsewhere; that portal's users see nothing of a shop."""
    status, found = fetch(system, "/v1/orders", portal=77)
    assert (status, found["code"]) == (403, "forbidden")


def test_another_apps_signature_is_refused(system: System) -> None:
    """Guarantee: only the app whose client secret we hold is HubSpot to us."""
    status, found = fetch(system, "/v1/orders", client_secret="another")  # noqa: S106 - a wrong one
    assert (status, found["code"]) == (401, "signature")


def test_nothing_is_changed_through_the_door(system: System, order: dict[str, Any]) -> None:
    """Guarantee: the door has no method that changes anything."""
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        status, _ = fetch(system, f"/v1/orders/{order['id']}", method=method)
        assert status == 403
