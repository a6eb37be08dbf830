"""What the HubSpot twin shows, read from its control API, which its own counts leave out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import requests

from local.demo.month.expected import line_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from local.demo.compare import Records
    from local.demo.month.api_seen import Seen
    from local.hubspot import Portal

Json = dict[str, Any]

TYPES = ("products", "contacts", "orders", "line_items")
TIMEOUT = 120

_NUMBERS = ("price", "cost", "quantity", "available", "reserved", "hand", "tax", "discount", "fees")
"""How the names of numeric properties end."""


@dataclass(frozen=True, slots=True)
class Calls:
    """What the twin counted so far."""

    by_endpoint: Mapping[str, int]
    setup: int
    refused: int

    @property
    def total(self) -> int:
        """All calls but those of set-up."""
        return sum(self.by_endpoint.values())


def calls(url: str) -> Calls:
    """Ask the twin for its counts."""
    body = _get(f"{url}/_twin/stats")
    return Calls(body["calls"], body["total_setup_calls"], body["total_429"])


@dataclass(frozen=True, slots=True)
class Shown:
    """The portal's records to compare, how many of each type, and when each order stood."""

    records: Records
    objects: Mapping[str, int]
    visible_at: Mapping[str, float]


def see_portal(portal: Portal, seen: Seen) -> Shown:
    """Read every record; what is known by our ids gets the files' names by what the API showed."""
    rows = {kind: _get(f"{portal.url}/_twin/records?type={kind}")[kind] for kind in TYPES}
    token = {"Authorization": f"Bearer {portal.token}"}
    return shown_of(rows, _get(f"{portal.url}/crm/v3/pipelines/orders", token), seen)


def shown_of(rows: Mapping[str, list[Json]], pipelines: Json, seen: Seen) -> Shown:
    """Bring records and order pipelines, as the twin answers them, into the form to compare."""
    own = {kind: {row["id"]: _name(kind, row, seen) for row in rows[kind]} for kind in TYPES}
    stages = {s["id"]: s["label"] for one in pipelines["results"] for s in one["stages"]}
    records: Records = {}
    for kind in TYPES:
        for row in rows[kind]:
            name = own[kind][row["id"]]
            while (kind, name) in records:
                name += " again"
            records[kind, name] = _fields(kind, row, own, stages)
    objects = {kind: len(rows[kind]) for kind in TYPES}
    return Shown(records, objects, _visible(rows, own))


def _name(kind: str, row: Json, seen: Seen) -> str:
    """Return what a record is known by in the comparison."""
    shown = row["properties"]
    match kind:
        case "products":
            name = shown.get("countersign_sku")
        case "contacts":
            name = seen.customers.get(str(shown.get("countersign_customer_id")))
        case "orders":
            name = seen.invoices.get(str(shown.get("countersign_order_id")))
        case _:
            order_id, _, number = str(shown.get("countersign_line_id")).rpartition("-")
            invoice = seen.invoices.get(order_id)
            name = line_name(invoice, int(number)) if invoice else None
    archived = " (archived)" if row["archived"] else ""
    return f"{name or 'HubSpot id ' + row['id']}{archived}"


def _fields(kind: str, row: Json, own: Mapping[str, Mapping[str, str]], stages: Json) -> Json:
    fields = {name: _value(name, value) for name, value in row["properties"].items()}
    if kind == "products":
        fields.setdefault("hs_sku", None)
    elif kind == "contacts":
        fields.setdefault("email", None)
    elif kind == "line_items":
        fields["product"] = own["products"].get(str(fields.get("hs_product_id")))
    elif kind == "orders":
        fields["stage"] = stages.get(str(fields.get("hs_pipeline_stage")))
        for other in ("contacts", "line_items"):
            links = row["associations"].get(other, {})
            fields[other] = sorted(own[other].get(i, i) for i in links)
    return fields


def _value(name: str, value: str | None) -> object:
    """HubSpot's values are strings; numbers and times are compared as what they are."""
    if value in (None, ""):
        return None
    if name.endswith(_NUMBERS):
        return Decimal(str(value))
    if name == "hs_external_created_date":
        return _moment(str(value)).isoformat().replace("+00:00", "Z")
    return value


def _visible(
    rows: Mapping[str, list[Json]], own: Mapping[str, Mapping[str, str]]
) -> dict[str, float]:
    """Return when the last of each order's lines stood, in epoch seconds, by invoice."""
    at: dict[str, float] = {}
    for kind in ("orders", "line_items"):
        for row in rows[kind]:
            invoice = own[kind][row["id"]].partition(" line ")[0]
            shown = row["properties"]
            created = shown.get("hs_createdate") or shown["createdate"]
            at[invoice] = max(at.get(invoice, 0.0), _moment(created).timestamp())
    return at


def _moment(text: str) -> datetime:
    if text.isdigit():
        return datetime.fromtimestamp(int(text) / 1000, UTC)
    return datetime.fromisoformat(text).astimezone(UTC)


def _get(url: str, headers: Mapping[str, str] | None = None) -> Json:
    with requests.Session() as http:
        http.trust_env = False
        answer = http.get(url, headers=headers, timeout=TIMEOUT)
        answer.raise_for_status()
        body: Json = answer.json()
        return body
