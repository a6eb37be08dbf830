"""What is done in HubSpot comes back: from its webhooks to our API, on the deployed system."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests

from local.provision import hear_changes
from tests.e2e.portal import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

    from countersign import Client
    from local.system import System
    from tests.e2e.portal import HubspotPortal

SKU = "TOLD-1"
STAGE = "hs_pipeline_stage"


@pytest.fixture(scope="module", autouse=True)
def webhooks(system: System) -> Iterator[None]:
    """Let the portal's webhooks in while these tests run."""
    hear_changes(system.portal, system.outputs)
    yield
    requests.delete(f"{system.portal.url}/_twin/webhooks", timeout=10).raise_for_status()


def stages(portal: HubspotPortal) -> dict[str, str]:
    """Return the ids of the order stages by label."""
    answer = requests.get(
        f"{portal.url}/crm/v3/pipelines/order",
        headers={"Authorization": f"Bearer {portal.token}"},
        timeout=10,
    )
    return {s["label"]: s["id"] for s in answer.json()["results"][0]["stages"]}


def test_a_moved_stage_moves_the_order_and_an_impossible_one_is_undone(
    client: Client, hubspot: HubspotPortal
) -> None:
    """Shipped in HubSpot: shipped here, and its stock has left. Opened again there: put back."""
    stock = [{"location": "main", "quantity": 10}]
    client.put_product(SKU, {"name": "T", "price": 100, "currency": "GBP", "opening_stock": stock})
    placed = client.place_order({"currency": "GBP", "lines": [{"sku": SKU, "quantity": 3}]})
    own = ("orders", "countersign_order_id", placed["id"])
    there = eventually(lambda: hubspot.find(*own))["id"]
    stage = stages(hubspot)
    # The link is written a moment after HubSpot has the record; any later move finds it.
    hubspot.corrupt("orders", there, **{STAGE: stage["Shipped"]})

    def shipped() -> Any:
        order = client.order(placed["id"])
        return order if order["state"] == "shipped" else None

    eventually(shipped)
    assert client.stock(SKU)["on_hand"] == 7
    eventually(lambda: _note(hubspot, there, stage["Shipped"], want=False))
    hubspot.corrupt("orders", there, **{STAGE: stage["Open"]})
    shown = eventually(lambda: _note(hubspot, there, stage["Shipped"], want=True))
    assert "moved back to Shipped" in shown["countersign_note"]
    assert client.order(placed["id"])["state"] == "shipped"


def _note(portal: HubspotPortal, there: str, stage: str, *, want: bool) -> Any:
    shown = portal.read("orders", there, STAGE, "countersign_note")
    return shown if shown[STAGE] == stage and bool(shown["countersign_note"]) is want else None
