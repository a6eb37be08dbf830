"""Orders, their pages and idempotency records, read from and written as DynamoDB items."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.idempotency import Record
from core.orders.model import (
    Charge,
    ChargeKind,
    Fulfilment,
    Header,
    Line,
    Order,
    OrderState,
    Reversal,
    ReversalKind,
    ReversedLine,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.store.table import Item

_HEADER = (
    *("id", "attempt", "chunk", "chunks", "currency", "subtotal", "total", "line_count", "pages"),
    *("placed_at", "updated_at", "customer_id", "external_id", "version"),
    "note",
)
_MOVING = ("attempt", "chunk", "chunks", "updated_at", "returned", "cancelled", "version")


def header(item: Item) -> Header:
    """Read a header."""
    known: Item = {name: item.get(name) for name in _HEADER}
    return Header(
        state=OrderState(item["state"]),
        fulfilment=Fulfilment(item["fulfilment"]),
        returned=item["returned"],
        cancelled=item["cancelled"],
        stages=item["stages"],
        **known,
    )


def header_item(of: Header) -> Item:
    """Write a new header."""
    fields: Item = {name: getattr(of, name) for name in _HEADER}
    return fields | moved(of) | {"fulfilment": str(of.fulfilment), "synced_version": 0}


def moved(after: Header) -> Item:
    """Return the attributes of a header that a transition can change."""
    changed: Item = {name: getattr(after, name) for name in _MOVING}
    told = {"note": after.note} if after.note is not None else {}
    return changed | told | {"state": str(after.state), "stages": dict(after.stages)}


def reversal(item: Item) -> Reversal:
    """Read a return or a cancellation of lines."""
    lines = (ReversedLine(n["number"], n["quantity"], n["amount"]) for n in item["lines"])
    return Reversal(
        id=item["id"],
        kind=ReversalKind(item["kind"]),
        lines=tuple(lines),
        at=item["at"],
        restocked=item["restocked"],
        reason=item.get("reason"),
    )


def reversal_item(of: Reversal) -> Item:
    """Write a return or a cancellation of lines."""
    return {
        "id": of.id,
        "kind": str(of.kind),
        "lines": [
            {"number": n.number, "quantity": n.quantity, "amount": n.amount} for n in of.lines
        ],
        "at": of.at,
        "restocked": of.restocked,
        "reason": of.reason,
    }


def order(of: Header, page_items: Iterable[Item]) -> Order:
    """Put an order together from its header and its pages, in the pages' order."""
    lines: list[Line] = []
    charges: list[Charge] = []
    for item in page_items:
        lines += [_line(raw) for raw in item["lines"]]
        charges += [_charge(raw) for raw in item.get("charges", ())]
    return Order(of, tuple(lines), tuple(charges))


def page_item(lines: Iterable[Line], charges: Iterable[Charge] = ()) -> Item:
    """Write a page; the first one carries the charges too."""
    item: Item = {"lines": [_present(_line_item(line)) for line in lines]}
    listed = [
        _present({"kind": str(c.kind), "amount": c.amount, "label": c.label}) for c in charges
    ]
    return item | ({"charges": listed} if listed else {})


def record(item: Item) -> Record:
    """Read an idempotency record."""
    return Record(
        body_hash=item["body_hash"],
        resource_id=item["resource_id"],
        done=item["status"] == "done",
        lease_until=item.get("lease_until", 0),
    )


def _line(raw: Item) -> Line:
    return Line(
        number=raw["number"],
        sku=raw["sku"],
        location=raw["location"],
        quantity=raw["quantity"],
        unit_price=raw["unit_price"],
        description=raw.get("description"),
    )


def _line_item(line: Line) -> Item:
    return {
        "number": line.number,
        "sku": line.sku,
        "location": line.location,
        "quantity": line.quantity,
        "unit_price": line.unit_price,
        "description": line.description,
    }


def _charge(raw: Item) -> Charge:
    return Charge(ChargeKind(raw["kind"]), raw["amount"], raw.get("label"))


def _present(item: Item) -> Item:
    return {k: v for k, v in item.items() if v is not None}
