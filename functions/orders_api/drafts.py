"""From validated bodies to what the orders' use cases take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.clock import millis
from core.errors import FieldError, Invalid
from core.orders.draft import DraftLine, OrderDraft
from core.orders.model import Charge
from core.web.person import person

if TYPE_CHECKING:
    from core.contact.rules import ContactRules
    from orders_api.schemas import OrderIn, ReversedLineIn


def order_draft(body: OrderIn, rules: ContactRules, tenant: str) -> OrderDraft:
    """Return the order that a body asks for; `Invalid` when its customer cannot be kept so."""
    given = body.customer
    return OrderDraft(
        currency=body.currency,
        lines=tuple(
            DraftLine(n.sku, n.location, n.quantity, n.unit_price, n.description)
            for n in body.lines
        ),
        charges=tuple(Charge(c.kind, c.amount, c.label) for c in body.charges),
        customer=person(given, rules, tenant, "customer.") if given is not None else None,
        external_id=body.external_id,
        placed_at=millis(body.placed_at) if body.placed_at is not None else None,
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
