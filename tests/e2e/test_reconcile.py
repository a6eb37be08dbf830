"""Reconcile on the deployed system: its role, its queue and its schedule do what they must."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from countersign import reconcile

if TYPE_CHECKING:
    from countersign import Client
    from local.system import System

SKU = "RECONCILE-1"
SECONDS = 150


def test_a_full_run_ends_and_says_what_it_looked_at(system: System, client: Client) -> None:
    """Guarantee: a run on demand goes through both sides under the function's own role."""
    session, function = system.target().session(), system.outputs.hubspot_reconcile_function
    client.put_product(SKU, {"name": "Mug", "price": 255, "currency": "GBP"})
    begun = reconcile.start(session, function, "main", full=True)["current"]
    run = ended(session, function, begun["id"])
    assert run["looked_at"]["products"] >= 1


def ended(session: Any, function: str, run: str) -> dict[str, Any]:
    """Wait for a run to end."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        last = reconcile.status(session, function, "main")
        if last.get("full", {}).get("id") == run:
            full: dict[str, Any] = last["full"]
            return full
        time.sleep(1)
    raise AssertionError(last)
