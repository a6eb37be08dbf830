"""The HubSpot project's own function, as built for upload, against the deployed system."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING, Any

from local.paths import ROOT
from tests.e2e.portal import eventually

if TYPE_CHECKING:
    from pathlib import Path

    from botocore.credentials import Credentials

    from countersign import Client
    from local.system import System
    from tests.e2e.portal import HubspotPortal

CLIENT = ROOT / "clients" / "hubspot"


def run_function(folder: Path, secrets: dict[str, str], parameters: dict[str, Any]) -> Any:
    """Build the project and run place-order in HubSpot's own executor."""
    build = ["node", str(CLIENT / "build.mjs"), str(folder / "dist")]
    subprocess.run(build, check=True, capture_output=True, timeout=60)
    command = ["node", str(CLIENT / "run.mjs"), "--dist", str(folder / "dist")]
    done = subprocess.run(
        [*command, "place-order", json.dumps(parameters)],
        env={"PATH": os.environ["PATH"], **secrets},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_hubspot_function_places_an_order(
    system: System,
    caller: Credentials,
    client: Client,
    hubspot: HubspotPortal,
    tmp_path: Path,
) -> None:
    """What a merchant uploads signs with the role's temporary credentials, and the order stands."""
    stock = [{"location": "main", "quantity": 10}]
    product = {"name": "Kettle", "price": 2500, "currency": "GBP", "opening_stock": stock}
    client.put_product("KETTLE-1", product)
    secrets = {
        "COUNTERSIGN_URL": system.outputs.signed_url,
        "COUNTERSIGN_REGION": system.outputs.region,
        "COUNTERSIGN_ACCESS_KEY_ID": caller.access_key,
        "COUNTERSIGN_SECRET_ACCESS_KEY": caller.secret_key,
        "COUNTERSIGN_SESSION_TOKEN": str(caller.token),
        "NODE_EXTRA_CA_CERTS": str(system.endpoint.authority),
    }
    order = {
        "currency": "GBP",
        "customer": {"email": "function@example.com"},
        "lines": [{"sku": "KETTLE-1", "quantity": 2}],
    }
    result = run_function(tmp_path, secrets, {"order": order, "idempotencyKey": "function-1"})
    body = result.get("body", result)
    placed = json.loads(body) if isinstance(body, str) else body
    assert "5000" in json.dumps(placed), result
    assert client.stock("KETTLE-1")["available"] == 8
    order_id = placed.get("order", placed)["id"]
    eventually(lambda: hubspot.find("orders", "countersign_order_id", order_id))
