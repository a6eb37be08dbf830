"""The HubSpot project's own functions, as built for upload, against the deployed system."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from local.paths import ROOT
from tests.e2e.portal import eventually

if TYPE_CHECKING:
    from pathlib import Path

    from countersign import Client
    from local.system import System
    from tests.e2e.keys import Keys
    from tests.e2e.portal import HubspotPortal

CLIENT = ROOT / "clients" / "hubspot"
VENDS = ("stock:read", "orders:place", "orders:read", "orders:manage")


@dataclass(frozen=True, slots=True)
class Functions:
    """The built functions, run by HubSpot's own executor with a merchant's two secrets."""

    dist: Path
    secrets: dict[str, str]

    def with_key(self, key: str) -> Functions:
        """Return the same functions with another key."""
        return Functions(self.dist, self.secrets | {"COUNTERSIGN_API_KEY": key})

    def run(self, name: str, **parameters: Any) -> Any:
        """Run a function in a new process and return its result."""
        command = ["node", str(CLIENT / "run.mjs"), "--dist", str(self.dist)]
        done = subprocess.run(
            [*command, name, json.dumps(parameters)],
            env={"PATH": os.environ["PATH"], **self.secrets},
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture(scope="module")
def functions(system: System, keys: Keys, tmp_path_factory: pytest.TempPathFactory) -> Functions:
    """Build the project and make its key."""
    dist = tmp_path_factory.mktemp("hubspot") / "dist"
    build = ["node", str(CLIENT / "build.mjs"), str(dist)]
    subprocess.run(build, check=True, capture_output=True, timeout=60)
    secrets = {
        "COUNTERSIGN_TOKEN_URL": system.outputs.token_url,
        "COUNTERSIGN_API_KEY": vending_key(keys, *VENDS),
        "NODE_EXTRA_CA_CERTS": str(system.endpoint.authority),
    }
    return Functions(dist, secrets)


def vending_key(keys: Keys, *vends: str) -> str:
    """Make a key as a merchant does for HubSpot: it may vend and do nothing else."""
    return keys.make("HubSpot functions", "credentials:vend", vends=vends).text


@pytest.fixture(scope="module")
def kettle(client: Client) -> str:
    """Put ten kettles on the shelf and return their SKU."""
    stock = [{"location": "main", "quantity": 10}]
    product = {"name": "Kettle", "price": 2500, "currency": "GBP", "opening_stock": stock}
    client.put_product("KETTLE-1", product)
    return "KETTLE-1"


def test_the_functions_sign_with_vended_credentials(
    functions: Functions, kettle: str, client: Client, hubspot: HubspotPortal
) -> None:
    """With a vend-only key an order is placed once, its stock and state are read, and it syncs."""
    before = functions.run("stock", sku=kettle)["stock"]["available"]
    order = {
        "currency": "GBP",
        "customer": {"email": "function@example.com"},
        "lines": [{"sku": kettle, "quantity": 2}],
    }
    once, again = (
        functions.run("place-order", order=order, idempotencyKey="function-1") for _ in range(2)
    )
    assert once["ok"], once
    assert once["order"]["total"] == 5000
    assert again["order"]["id"] == once["order"]["id"]
    assert client.stock(kettle)["available"] == before - 2
    state = functions.run("order-state", orderId=once["order"]["id"])
    assert state["order"]["state"] == "placed"
    eventually(lambda: hubspot.find("orders", "countersign_order_id", once["order"]["id"]))


def test_the_functions_take_lines_back(functions: Functions, kettle: str, client: Client) -> None:
    """A line of a shipped order comes back to the shelf, once."""
    order = {"currency": "GBP", "fulfilment": "deduct", "lines": [{"sku": kettle, "quantity": 2}]}
    placed = functions.run("place-order", order=order)["order"]
    before = client.stock(kettle)["available"]
    back = {"orderId": placed["id"], "lines": [{"number": 1, "quantity": 1}]}
    for _ in range(2):
        result = functions.run("return-lines", **back, idempotencyKey="back-1")
        assert result["ok"], result
        assert result["returned"]["amount"] == 2500
    assert client.stock(kettle)["available"] == before + 1


def test_a_session_may_only_what_its_key_vends(
    functions: Functions, keys: Keys, kettle: str, client: Client
) -> None:
    """With a key that vends reading stock, stock is read, and an order is forbidden at the door."""
    reader = functions.with_key(vending_key(keys, "stock:read"))
    assert reader.run("stock", sku=kettle)["ok"]
    before = client.stock(kettle)
    order = {"currency": "GBP", "lines": [{"sku": kettle, "quantity": 1}]}
    result = reader.run("place-order", order=order)
    assert (result["ok"], result["problem"]["status"]) == (False, 403)
    assert client.stock(kettle) == before


def test_a_key_that_does_not_exist_vends_nothing(functions: Functions, kettle: str) -> None:
    """The result names the token door's refusal, and that repeating does not help."""
    result = functions.with_key("csk_main_unknown").run("stock", sku=kettle)
    assert result["problem"]["code"] == "no_credentials"
    assert not result["retryable"]
