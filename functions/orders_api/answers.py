"""What the orders' routes answer. Amounts are minor units of the order's currency."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.clock import rfc3339
from core.web.batch import BatchProblem
from core.web.body import Body

if TYPE_CHECKING:
    from core.orders.model import Header, Order, Reversal


class LineOut(Body):
    """A line as it was ordered, at its own price."""

    number: int
    sku: str
    location: str
    quantity: int
    unit_price: int
    amount: int
    description: str | None = None


class ChargeOut(Body):
    """An amount without stock."""

    kind: str
    amount: int
    label: str | None = None


class SummaryOut(Body):
    """An order without its lines. `stages` says when each state was reached."""

    id: str
    state: str
    fulfilment: str
    external_id: str | None = None
    currency: str
    customer_id: str | None = None
    placed_at: str
    stages: dict[str, str]
    subtotal: int
    total: int
    returned: int
    cancelled: int
    version: int


class OrderOut(SummaryOut):
    """A whole order."""

    lines: tuple[LineOut, ...]
    charges: tuple[ChargeOut, ...]


class OrdersOut(Body):
    """A page of orders, newest first; `cursor` goes on, and is missing at the end."""

    orders: tuple[SummaryOut, ...]
    cursor: str | None = None


class BatchItemOut(Body):
    """What became of one order of a batch: its id, or a problem with the status it would have."""

    index: int
    status: int
    id: str | None = None
    problem: BatchProblem | None = None


class BatchOut(Body):
    """What became of each order, in the order of the request."""

    results: tuple[BatchItemOut, ...]


class ReversedLineOut(Body):
    """So many of a line, with what they had cost."""

    number: int
    quantity: int
    amount: int


class ReversalOut(Body):
    """A return, or a cancellation of lines."""

    id: str
    kind: str
    lines: tuple[ReversedLineOut, ...]
    amount: int
    restocked: bool
    reason: str | None = None
    at: str


class ReversalsOut(Body):
    """All returns and cancellations of an order, oldest first."""

    returns: tuple[ReversalOut, ...]


def summary(header: Header) -> SummaryOut:
    """Show a header."""
    return SummaryOut(**_fields(header))


def order(of: Order) -> OrderOut:
    """Show a whole order."""
    return OrderOut(
        **_fields(of.header),
        lines=tuple(
            LineOut(
                number=line.number,
                sku=line.sku,
                location=line.location,
                quantity=line.quantity,
                unit_price=line.unit_price,
                amount=line.amount,
                description=line.description,
            )
            for line in of.lines
        ),
        charges=tuple(
            ChargeOut(kind=str(c.kind), amount=c.amount, label=c.label) for c in of.charges
        ),
    )


def reversal(of: Reversal) -> ReversalOut:
    """Show a return or a cancellation of lines."""
    return ReversalOut(
        id=of.id,
        kind=str(of.kind),
        lines=tuple(
            ReversedLineOut(number=n.number, quantity=n.quantity, amount=n.amount) for n in of.lines
        ),
        amount=of.amount,
        restocked=of.restocked,
        reason=of.reason,
        at=rfc3339(of.at),
    )


def _fields(header: Header) -> dict[str, Any]:
    return {
        "id": header.id,
        "state": str(header.state),
        "fulfilment": str(header.fulfilment),
        "external_id": header.external_id,
        "currency": header.currency,
        "customer_id": header.customer_id,
        "placed_at": rfc3339(header.placed_at),
        "stages": {state: rfc3339(at) for state, at in sorted(header.stages.items())},
        "subtotal": header.subtotal,
        "total": header.total,
        "returned": header.returned,
        "cancelled": header.cancelled,
        "version": header.version,
    }
