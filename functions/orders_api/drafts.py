"""From validated bodies to what the orders' use cases take."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from core.customers.model import CustomerDraft
from core.errors import FieldError, Invalid
from core.orders.draft import DraftLine, OrderDraft
from core.orders.model import Charge

if TYPE_CHECKING:
    from orders_api.schemas import CustomerIn, OrderIn, ReversedLineIn

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def order_draft(body: OrderIn) -> OrderDraft:
    """Return the order that a body asks for."""
    return OrderDraft(
        currency=body.currency,
        lines=tuple(
            DraftLine(n.sku, n.location, n.quantity, n.unit_price, n.description)
            for n in body.lines
        ),
        charges=tuple(Charge(c.kind, c.amount, c.label) for c in body.charges),
        customer=_customer(body.customer),
        external_id=body.external_id,
        placed_at=_millis(body.placed_at) if body.placed_at is not None else None,
        fulfilment=body.fulfilment,
    )


def quantities(lines: tuple[ReversedLineIn, ...]) -> dict[int, int]:
    """Return quantities by line number; `Invalid` when a line is named twice."""
    wanted: dict[int, int] = {}
    for index, line in enumerate(lines):
        if line.number in wanted:
            wrong = FieldError(f"lines.{index}.number", "twice", "Named before.")
            raise Invalid("invalid_body", "A line stands there twice.", fields=(wrong,))
        wanted[line.number] = line.quantity
    return wanted


def _customer(given: CustomerIn | None) -> CustomerDraft | None:
    if given is None:
        return None
    return CustomerDraft(
        external_id=given.external_id,
        email=given.email,
        first_name=given.first_name,
        last_name=given.last_name,
        phone=given.phone,
    )


def _millis(moment: datetime) -> int:
    """Whole milliseconds, by integers alone: floats would round some of them."""
    passed = moment.astimezone(UTC) - _EPOCH
    return (passed.days * 86_400 + passed.seconds) * 1000 + passed.microseconds // 1000
