"""What the API and HubSpot do show, read over HTTP and put into the comparer's words."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import requests

from countersign import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from countersign import Client
    from local.demo.compare import Records
    from local.hubspot import Portal

Json = dict[str, Any]

OWN_ID = {
    "products": "countersign_sku",
    "contacts": "countersign_customer_id",
    "orders": "countersign_order_id",
    "line_items": "countersign_line_id",
}
"""The property by which each type's record is known to both sides."""

_PROPERTIES = {
    "products": "name,price,hs_sku,countersign_available,countersign_reserved,countersign_on_hand",
    "contacts": "email,firstname,lastname,countersign_external_id",
    "orders": "hs_currency_code,hs_subtotal_price,hs_total_price,hs_shipping_cost,countersign_tax,"
    "countersign_discount,countersign_fees,countersign_external_id,hs_external_created_date,"
    "hs_source_store,hs_pipeline_stage",
    "line_items": "quantity,price,hs_sku,hs_product_id,hs_line_item_currency_code",
}

_NUMBERS = ("price", "cost", "quantity", "available", "reserved", "hand", "tax", "discount", "fees")
"""How the names of numeric properties end."""

LISTING = "GET /crm/v3/objects/{objectType}"
"""The endpoint that this module reads by, as the twin counts it; the sync never uses it."""

PAGE = 100
TIMEOUT = 10


def seen_in_api(client: Client, skus: Iterable[str], order_ids: Iterable[str]) -> Records:
    """Read every SKU's stock and every order through the signed door."""
    records: Records = {}
    for sku in skus:
        try:
            records["stock", sku] = client.stock(sku)
        except NotFoundError:
            continue
    for order_id in order_ids:
        try:
            order = client.order(order_id)
        except NotFoundError:
            continue
        shown = ("number", "sku", "quantity", "unit_price")
        order["lines"] = [{name: line[name] for name in shown} for line in order["lines"]]
        records["order", order_id] = order
    return records


def seen_in_hubspot(portal: Portal) -> Records:
    """Read every record of the four types through HubSpot's own list API."""
    with requests.Session() as http:
        http.trust_env = False
        http.headers["Authorization"] = f"Bearer {portal.token}"
        listed = {kind: _list(http, portal.url, kind) for kind in OWN_ID}
        stages = _stages(http, portal.url)
    own = {
        (kind, row["id"]): str(row["properties"].get(name) or f"HubSpot's {row['id']}")
        for kind, name in OWN_ID.items()
        for row in listed[kind]
    }
    records: Records = {}
    for kind, rows in listed.items():
        for row in rows:
            records[kind, own[kind, row["id"]]] = _fields(kind, row, own, stages)
    return records


def _list(http: requests.Session, url: str, kind: str) -> list[Json]:
    query = {"limit": str(PAGE), "properties": f"{OWN_ID[kind]},{_PROPERTIES[kind]}"}
    if kind == "orders":
        query["associations"] = "contacts,line_items"
    rows: list[Json] = []
    while True:
        answer = http.get(f"{url}/crm/v3/objects/{kind}", params=query, timeout=TIMEOUT)
        answer.raise_for_status()
        page = answer.json()
        rows += page["results"]
        if "paging" not in page:
            return rows
        query["after"] = page["paging"]["next"]["after"]


def _stages(http: requests.Session, url: str) -> dict[str, str]:
    answer = http.get(f"{url}/crm/v3/pipelines/orders", timeout=TIMEOUT)
    answer.raise_for_status()
    return {s["id"]: s["label"] for p in answer.json()["results"] for s in p["stages"]}


def _fields(kind: str, row: Json, own: dict[tuple[str, str], str], stages: dict[str, str]) -> Json:
    fields = {name: _value(name, value) for name, value in row["properties"].items()}
    if kind == "line_items":
        fields["product"] = own.get(("products", str(row["properties"]["hs_product_id"])))
    if kind == "orders":
        fields["stage"] = stages.get(str(fields["hs_pipeline_stage"]))
        for other in ("contacts", "line_items"):
            fields[other] = _associated(row, other, own)
    return fields


def _associated(row: Json, kind: str, own: dict[tuple[str, str], str]) -> list[str]:
    """HubSpot names the type with a space here: `line items`."""
    found = row.get("associations", {}).get(kind.replace("_", " "), {}).get("results", [])
    return sorted({own.get((kind, one["id"]), one["id"]) for one in found})


def _value(name: str, value: str | None) -> object:
    """HubSpot's values are strings; numbers and times are compared as what they are."""
    if value in (None, ""):
        return None
    if name.endswith(_NUMBERS):
        return Decimal(str(value))
    if name == "hs_external_created_date":
        at = datetime.fromisoformat(str(value)).astimezone(UTC)
        return at.isoformat().replace("+00:00", "Z")
    return value
