"""An order as a caller asks for it, before prices are looked up and totals are made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import FieldError, Unprocessable
from core.orders import plan
from core.orders.model import Fulfilment, Header, Line, Order, OrderState
from core.orders.states import PLACED_AS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from core.customers.model import CustomerDraft
    from core.orders.model import Charge
    from core.orders.plan import Need


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A line as asked for; without a price it takes the product's."""

    sku: str
    location: str
    quantity: int
    unit_price: int | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class OrderDraft:
    """An order as asked for; `placed_at` (epoch ms) is None for an order placed now."""

    currency: str
    lines: tuple[DraftLine, ...]
    charges: tuple[Charge, ...] = ()
    customer: CustomerDraft | None = None
    external_id: str | None = None
    placed_at: int | None = None
    fulfilment: Fulfilment = Fulfilment.RESERVE

    @property
    def unpriced(self) -> frozenset[str]:
        """The SKUs whose price must be looked up."""
        return frozenset(line.sku for line in self.lines if line.unit_price is None)


@dataclass(frozen=True, slots=True)
class Price:
    """A product's price, in minor units of its currency."""

    amount: int
    currency: str


def priced(draft: OrderDraft, prices: Mapping[str, Price]) -> tuple[Line, ...]:
    """Return the order's lines, numbered from 1.

    `Unprocessable`, naming every line, when a line has no price of its own and its product has none
    in the order's currency.
    """
    wrong: list[FieldError] = []
    lines: list[Line] = []
    for index, line in enumerate(draft.lines):
        price = line.unit_price
        if price is None:
            known = prices.get(line.sku)
            if known is None or known.currency != draft.currency:
                wrong.append(_unpriced(index, known))
                continue
            price = known.amount
        lines.append(
            Line(index + 1, line.sku, line.location, line.quantity, price, line.description)
        )
    if wrong:
        raise Unprocessable("no_price", "Some lines have no price.", fields=tuple(wrong))
    return tuple(lines)


def taken(draft: OrderDraft, lines: Iterable[Line]) -> tuple[Need, ...]:
    """Return what placing the order takes from stock; nothing if stock stays untouched."""
    return () if draft.fulfilment is Fulfilment.UNTOUCHED else plan.needs(lines)


def drafted(
    order_id: str, draft: OrderDraft, lines: tuple[Line, ...], customer_id: str | None, now: int
) -> Order:
    """Return the order as it will stand after its first chunk."""
    count = len(plan.chunks(taken(draft, lines)))
    placed = PLACED_AS[draft.fulfilment]
    header = Header(
        id=order_id,
        state=placed if count == 1 else OrderState.RESERVING,
        attempt=1,
        chunk=1,
        chunks=count,
        currency=draft.currency,
        subtotal=plan.subtotal(lines),
        total=plan.total(lines, draft.charges),
        line_count=len(lines),
        pages=len(plan.pages(lines)),
        placed_at=draft.placed_at if draft.placed_at is not None else now,
        updated_at=now,
        customer_id=customer_id,
        external_id=draft.external_id,
        fulfilment=draft.fulfilment,
        stages={str(placed): now} if count == 1 else {},
    )
    return Order(header, lines, draft.charges)


def _unpriced(index: int, known: Price | None) -> FieldError:
    if known is None:
        return FieldError(f"lines.{index}.sku", "unknown_sku", "There is no such product.")
    return FieldError(
        f"lines.{index}.unit_price", "other_currency", "The product's price is in another currency."
    )
