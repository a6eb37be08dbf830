"""Rows into sales, cancellations and what is neither: whole invoices, one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from countersign.importing.month import (
    Aside,
    Bucket,
    Cancellation,
    Cancelled,
    Charge,
    Line,
    Month,
    Sale,
)
from countersign.importing.rows import Row, Unreadable
from countersign.importing.rules import Form, charge_kind, form_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Sorted = Sale | Cancellation | None
Rows = list["Row | Unreadable"]


def sort(rows: Iterable[Row | Unreadable]) -> Month:
    """Sort all rows, each into one place."""
    invoices: dict[str, Rows] = {}
    count = 0
    for row in rows:
        invoices.setdefault(row.invoice, []).append(row)
        count += 1
    sales: list[Sale] = []
    cancellations: list[Cancellation] = []
    asides: list[Aside] = []
    for invoice, members in invoices.items():
        match _invoice(invoice, members, asides):
            case Sale() as sale:
                sales.append(sale)
            case Cancellation() as cancellation:
                cancellations.append(cancellation)
    return Month(count, tuple(sales), tuple(cancellations), tuple(asides))


def _invoice(invoice: str, members: Rows, asides: list[Aside]) -> Sorted:
    readable = [row for row in members if isinstance(row, Row)]
    asides += [
        Aside(row.position, Bucket.REJECTED, row.reason)
        for row in members
        if isinstance(row, Unreadable)
    ]
    whole = len(readable) == len(members)
    match form_of(invoice):
        case Form.SALE:
            refusal = _refusal(readable, whole=whole)
            if refusal is None:
                return _sale(invoice, readable)
            asides += [Aside(row.position, *refusal) for row in readable]
        case Form.CANCELLATION:
            return _cancellation(invoice, readable, asides)
        case Form.ADJUSTMENT:
            asides += [_not_an_order(row, "ledger_adjustment") for row in readable]
        case Form.UNKNOWN:
            asides += [_rejected(row, "unknown_invoice_number") for row in readable]
    return None


def _refusal(rows: Sequence[Row], *, whole: bool) -> tuple[Bucket, str] | None:
    """Return why an invoice makes no order; an order is imported whole or not at all."""
    goods = [row for row in rows if charge_kind(row.sku, 0) is None]
    known = {row.customer for row in rows}
    verdicts = (
        (not whole, Bucket.REJECTED, "another_row_is_unreadable"),
        (len(known) > 1, Bucket.REJECTED, "several_customers"),
        (known == {None} and not any(r.price for r in rows), Bucket.NOT_ORDERS, "stock_note"),
        (not goods, Bucket.NOT_ORDERS, "charges_only"),
        (any(row.quantity <= 0 for row in goods), Bucket.REJECTED, "quantity_not_positive"),
        (any(row.price < 0 for row in goods), Bucket.REJECTED, "price_negative"),
    )
    return next(((bucket, reason) for true, bucket, reason in verdicts if true), None)


def _sale(invoice: str, rows: Sequence[Row]) -> Sale:
    lines: list[Line] = []
    charges: list[Charge] = []
    for row in rows:
        amount = row.quantity * row.price
        kind = charge_kind(row.sku, amount)
        if kind is None:
            lines.append(Line(row.position, row.sku, row.description, row.quantity, row.price))
        else:
            charges.append(Charge(row.position, kind, _label(row), amount))
    return Sale(invoice, rows[0].at, rows[0].customer, tuple(lines), tuple(charges))


def _label(row: Row) -> str:
    name = row.description or row.sku
    return name if row.quantity == 1 else f"{name} x {row.quantity}"


def _cancellation(invoice: str, rows: Sequence[Row], asides: list[Aside]) -> Cancellation | None:
    taken_back: list[Row] = []
    for row in rows:
        if row.quantity >= 0:
            asides.append(_rejected(row, "quantity_not_negative"))
        elif charge_kind(row.sku, 0) is not None:
            asides.append(_unmatched(row, "charge"))
        elif row.customer is None:
            asides.append(_unmatched(row, "guest"))
        else:
            taken_back.append(row)
    if not taken_back:
        return None
    first = taken_back[0]
    customer = first.customer or ""
    if any(row.customer != customer for row in taken_back):
        asides += [_rejected(row, "several_customers") for row in taken_back]
        return None
    goods = tuple(Cancelled(r.position, r.sku, -r.quantity, r.price) for r in taken_back)
    return Cancellation(invoice, first.at, customer, goods)


def _rejected(row: Row, reason: str) -> Aside:
    return Aside(row.position, Bucket.REJECTED, reason)


def _not_an_order(row: Row, reason: str) -> Aside:
    return Aside(row.position, Bucket.NOT_ORDERS, reason)


def _unmatched(row: Row, reason: str) -> Aside:
    return Aside(row.position, Bucket.UNMATCHED, reason)
