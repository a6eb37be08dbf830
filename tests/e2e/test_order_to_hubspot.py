"""An order from the door to HubSpot, signed by whoever may sign it."""

from __future__ import annotations

import json
import time
import uuid
from typing import TYPE_CHECKING, Any

import pytest
import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

from tests.e2e.door import REGION
from tests.e2e.portal import eventually
from tests.support.hubspot_specs import SpecChecker, require_specs

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.credentials import Credentials

    from countersign import Client
    from tests.e2e.door import SignedDoor
    from tests.e2e.portal import HubspotPortal

SKU = "Tee +1@x:y"
"""All that a SKU may hold besides letters and digits, and that signers escape differently."""

Order = dict[str, Any]


@pytest.fixture(scope="module", autouse=True)
def product(client: Client) -> None:
    """Have a product with stock."""
    stock = [{"location": "main", "quantity": 100}]
    body = {"name": "T-shirt", "price": 1999, "currency": "GBP", "opening_stock": stock}
    client.put_product(SKU, body)


def order_of(email: str) -> Order:
    """Return an order of two lines of the same SKU, and shipping."""
    return {
        "currency": "GBP",
        "external_id": f"WEB-{email}",
        "customer": {"email": email, "first_name": "Ada", "last_name": "Lovelace"},
        "lines": [{"sku": SKU, "quantity": 2}, {"sku": SKU, "quantity": 1, "unit_price": 1500}],
        "charges": [{"kind": "shipping", "amount": 395}],
    }


def place_with_requests(door: SignedDoor, _caller: Credentials, order: Order) -> Order:
    """Sign with requests-aws4auth."""
    key = {"Idempotency-Key": str(uuid.uuid4())}
    answer = door.call("POST", "/v1/orders", order, headers=key)
    assert answer.status_code == 201, answer.text
    placed: Order = answer.json()
    assert answer.headers["Location"].endswith(f"/v1/orders/{placed['id']}")
    return placed


def place_with_botocore(door: SignedDoor, caller: Credentials, order: Order) -> Order:
    """Sign with botocore, AWS's own."""
    headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())}
    data = json.dumps(order).encode()
    request = AWSRequest("POST", f"{door.url}/v1/orders", headers, data)
    SigV4Auth(caller, "execute-api", REGION).add_auth(request)
    answer = requests.post(
        f"{door.url}/v1/orders",
        data=data,
        headers=dict(request.headers),
        verify=door.authority,
        timeout=30,
    )
    assert answer.status_code == 201, answer.text
    placed: Order = answer.json()
    return placed


@pytest.mark.parametrize(
    ("place", "email"),
    [
        (place_with_requests, "requests@example.com"),
        (place_with_botocore, "botocore@example.com"),
    ],
    ids=["requests-aws4auth", "botocore"],
)
def test_an_order_stands_in_hubspot_within_seconds(
    place: Callable[[SignedDoor, Credentials, Order], Order],
    email: str,
    door: SignedDoor,
    caller: Credentials,
    client: Client,
    hubspot: HubspotPortal,
) -> None:
    """Customer, order, lines, associations and the changed stock are all there, and right."""
    placed, started = place(door, caller, order_of(email)), time.monotonic()
    order_id, stock = placed["id"], client.stock(SKU)

    def whole() -> Order | None:
        found = hubspot.find(
            "orders", "countersign_order_id", order_id, "hs_total_price", "countersign_external_id"
        )
        return found if found is not None and len(found.get("associations", {})) == 2 else None

    order = eventually(whole)
    assert time.monotonic() - started < 30
    assert order["properties"]["hs_total_price"] == "58.93"
    assert order["properties"]["countersign_external_id"] == f"WEB-{email}"

    (contact,) = order["associations"]["contacts"]["results"]
    shown = hubspot.read("contacts", contact["id"], "email", "firstname", "countersign_customer_id")
    assert (shown["email"], shown["firstname"]) == (email, "Ada")
    assert shown["countersign_customer_id"] == placed["customer_id"]

    lines = order["associations"]["line items"]["results"]
    names = ("countersign_line_id", "quantity", "price", "hs_product_id")
    rows = sorted((hubspot.read("line_items", one["id"], *names) for one in lines), key=_line_id)
    assert [(r["countersign_line_id"], r["quantity"], r["price"]) for r in rows] == [
        (f"{order_id}-0001", "2", "19.99"),
        (f"{order_id}-0002", "1", "15.00"),
    ]

    def changed() -> Order | None:
        names = ("countersign_sku", "countersign_available", "countersign_reserved")
        product = hubspot.read("products", rows[0]["hs_product_id"], *names)
        return product if product["countersign_available"] == str(stock["available"]) else None

    product = eventually(changed)
    assert product["countersign_sku"] == SKU
    assert product["countersign_reserved"] == str(stock["reserved"])


def _line_id(row: Order) -> str:
    return str(row["countersign_line_id"])


def test_the_same_key_is_the_same_order(client: Client, hubspot: HubspotPortal) -> None:
    """A retry changes nothing: one order, stock taken once, one record in HubSpot."""
    key, before = str(uuid.uuid4()), client.stock(SKU)["available"]
    first = client.place_order(order_of("again@example.com"), key)
    again = client.place_order(order_of("again@example.com"), key)
    assert again == first
    assert client.stock(SKU)["available"] == before - 3
    eventually(lambda: hubspot.find("orders", "countersign_order_id", first["id"]))


def test_what_passed_between_us_and_hubspot_obeys_its_documents(
    hubspot: HubspotPortal, client: Client
) -> None:
    """Every request and response of a whole order's way is as HubSpot's OpenAPI says."""
    placed = client.place_order(order_of("documents@example.com"))
    eventually(lambda: hubspot.find("orders", "countersign_order_id", placed["id"]))
    checker = SpecChecker(require_specs())
    assert checker.check_all(hubspot.traffic()) == []
    assert checker.seen
