"""An order: a small header, pages of lines that never change, and charges without stock.

Money is whole minor units of the order's currency. `core.orders.states` says where it can go.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_LINES = 1_400
"""What one transaction's fourteen pages of a hundred lines hold."""

PAGE_LINES = 100
MAX_CHARGES = 50


class OrderState(StrEnum):
    """Where an order stands."""

    RESERVING = "reserving"
    RELEASING = "releasing"
    RELEASED = "released"
    PLACED = "placed"
    PAID = "paid"
    PROCESSED = "processed"
    SHIPPING = "shipping"
    SHIPPED = "shipped"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"


class Fulfilment(StrEnum):
    """What placing an order does to stock.

    `RESERVE` sets it aside for an order that will be shipped. `DEDUCT` is for a sale whose goods
    have left already, `UNTOUCHED` for one whose stock was accounted for elsewhere; both are placed
    as shipped.
    """

    RESERVE = "reserve"
    DEDUCT = "deduct"
    UNTOUCHED = "untouched"


class ChargeKind(StrEnum):
    """What an amount without stock is for."""

    SHIPPING = "shipping"
    POSTAGE = "postage"
    FEE = "fee"
    DISCOUNT = "discount"
    TAX = "tax"


@dataclass(frozen=True, slots=True)
class Line:
    """So many of a SKU from a location, each at the line's own price."""

    number: int
    sku: str
    location: str
    quantity: int
    unit_price: int
    description: str | None = None

    @property
    def amount(self) -> int:
        """Quantity times price."""
        return self.quantity * self.unit_price


@dataclass(frozen=True, slots=True)
class Charge:
    """An amount without stock: positive raises the total, negative (a discount) lowers it."""

    kind: ChargeKind
    amount: int
    label: str | None = None


class ReversalKind(StrEnum):
    """Why a line's quantity no longer stands."""

    RETURN = "return"
    CANCELLATION = "cancellation"


@dataclass(frozen=True, slots=True)
class ReversedLine:
    """So many of a line that came back or were cancelled, with what they had cost."""

    number: int
    quantity: int
    amount: int


@dataclass(frozen=True, slots=True)
class Reversal:
    """A return, or a cancellation of lines. `restocked` says whether a return is sold again."""

    id: str
    kind: ReversalKind
    lines: tuple[ReversedLine, ...]
    at: int
    restocked: bool = True
    reason: str | None = None

    @property
    def amount(self) -> int:
        """What the lines had cost, in minor units."""
        return sum(line.amount for line in self.lines)


@dataclass(frozen=True, slots=True)
class Header:
    """What is known of an order without its lines; under 1 KB.

    `chunk` of `chunks` transactions of what is under way have landed, in this `attempt`.
    `placed_at` is when the shop took the order, `updated_at` when the header last changed (epoch
    ms), `stages` when each state was reached. `returned` and `cancelled` are amounts of reversed
    lines. `note` says why a move made in HubSpot was undone last.
    """

    id: str
    state: OrderState
    attempt: int
    chunk: int
    chunks: int
    currency: str
    subtotal: int
    total: int
    line_count: int
    pages: int
    placed_at: int
    updated_at: int
    fulfilment: Fulfilment = Fulfilment.RESERVE
    customer_id: str | None = None
    external_id: str | None = None
    returned: int = 0
    cancelled: int = 0
    stages: Mapping[str, int] = field(default_factory=dict)
    version: int = 1
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """A whole order."""

    header: Header
    lines: tuple[Line, ...]
    charges: tuple[Charge, ...] = ()
