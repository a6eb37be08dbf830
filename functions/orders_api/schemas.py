"""What the orders' routes take."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, model_validator

from core.inventory.model import DEFAULT_LOCATION
from core.orders.model import MAX_CHARGES, ChargeKind, Fulfilment
from core.web.body import Body
from core.web.person import PersonIn
from core.web.text import (
    Amount,
    Currency,
    ExternalId,
    Location,
    Moment,
    Price,
    Quantity,
    Sku,
    Text,
)
from orders_api.answers import BatchOut, OrderOut, OrdersOut, ReversalOut, ReversalsOut

MAX_BODY_LINES = 10_000
"""Above this a body is not even looked at line by line; an order has at most 1,400."""

MAX_BATCH = 100

Kind = Annotated[ChargeKind, Field(strict=False)]


class OrderCustomerIn(PersonIn):
    """Who ordered; without external id and e-mail a guest."""


class LineIn(Body):
    """A line of an order; without `unit_price` it takes the product's."""

    sku: Sku
    quantity: Quantity
    unit_price: Price | None = None
    location: Location = DEFAULT_LOCATION
    description: Text | None = None


class ChargeIn(Body):
    """An amount without stock; only a fee may have either sign."""

    kind: Kind
    amount: Amount
    label: Text | None = None

    @model_validator(mode="after")
    def _signed(self) -> Self:
        if self.kind is ChargeKind.DISCOUNT and self.amount > 0:
            raise ValueError("a discount is not positive")
        if self.kind not in {ChargeKind.DISCOUNT, ChargeKind.FEE} and self.amount < 0:
            raise ValueError(f"a {self.kind} is not negative")
        return self


class OrderIn(Body):
    """An order to be placed.

    `fulfilment` is what it does to stock: `reserve` sets it aside until the order is shipped;
    `deduct` and `untouched` are for past sales, placed as shipped.
    """

    external_id: ExternalId | None = None
    currency: Currency
    placed_at: Moment | None = None
    fulfilment: Annotated[Fulfilment, Field(strict=False)] = Fulfilment.RESERVE
    customer: OrderCustomerIn | None = None
    lines: Annotated[tuple[LineIn, ...], Field(min_length=1, max_length=MAX_BODY_LINES)]
    charges: Annotated[tuple[ChargeIn, ...], Field(max_length=MAX_CHARGES)] = ()


class BatchIn(Body):
    """Up to 100 orders, with up to 2,000 lines in all; each stands or falls by itself."""

    orders: Annotated[tuple[OrderIn, ...], Field(min_length=1, max_length=MAX_BATCH)]


class TransitionIn(Body):
    """Where an order is to go."""

    to: Literal["paid", "processed", "shipped", "cancelled", "refunded"]


class ReversedLineIn(Body):
    """So many of a line, by its number."""

    number: Annotated[int, Field(ge=1)]
    quantity: Quantity


class CancellationIn(Body):
    """Lines that are not to be shipped."""

    lines: Annotated[tuple[ReversedLineIn, ...], Field(min_length=1, max_length=MAX_BODY_LINES)]
    reason: Text | None = None


class ReturnIn(Body):
    """Lines that came back; `restock` says whether they are sold again."""

    lines: Annotated[tuple[ReversedLineIn, ...], Field(min_length=1, max_length=MAX_BODY_LINES)]
    restock: bool = True
    reason: Text | None = None


BODIES: dict[str, type[BaseModel]] = {
    "place_order": OrderIn,
    "place_orders": BatchIn,
    "change_order": TransitionIn,
    "cancel_lines": CancellationIn,
    "return_lines": ReturnIn,
}
ANSWERS: dict[str, dict[int, type[BaseModel]]] = {
    "place_order": {201: OrderOut},
    "place_orders": {200: BatchOut},
    "list_orders": {200: OrdersOut},
    "get_order": {200: OrderOut},
    "change_order": {200: OrderOut},
    "cancel_lines": {201: ReversalOut},
    "return_lines": {201: ReversalOut},
    "list_returns": {200: ReversalsOut},
}
