"""What the inventory's routes take."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, Field, model_validator

from core.inventory.model import DEFAULT_LOCATION, MAX_QUANTITY, Reason
from core.inventory.reservation import DEFAULT_SECONDS, MAX_SECONDS
from core.web.body import Body
from core.web.text import Currency, Location, Price, Quantity, Sku, StockQuantity, Text
from inventory_api.answers import (
    LedgerOut,
    LevelsOut,
    MovementOut,
    PlaceOut,
    ProductOut,
    ProductsOut,
    ReservationOut,
    StockBatchOut,
    StockOut,
)

MAX_LOCATIONS = 20
MAX_ITEMS = 100
MAX_RESERVED_LINES = 200
"""Lines of a reservation's body; summed they come to at most 40 SKUs and locations."""

Why = Annotated[Reason, Field(strict=False)]
CountVersion = Annotated[int, Field(ge=0, le=2**53)]


def _not_zero(value: int) -> int:
    if value == 0:
        raise ValueError("changes nothing")
    return value


Change = Annotated[
    int,
    Field(ge=-MAX_QUANTITY, le=MAX_QUANTITY),
    AfterValidator(_not_zero),
]


class OpeningStock(Body):
    """What a location begins with."""

    location: Location = DEFAULT_LOCATION
    quantity: StockQuantity


class ProductIn(Body):
    """A product as it is to be; its SKU stands in the path."""

    name: Text
    price: Price
    currency: Currency
    description: Text | None = None
    backorder: bool = False
    opening_stock: Annotated[tuple[OpeningStock, ...], Field(max_length=MAX_LOCATIONS)] = ()


class CountIn(Body):
    """What is on the shelf, with the `count_version` that the counter saw; 0 at a new location."""

    on_hand: StockQuantity
    count_version: CountVersion
    reason: Why = Reason.CYCLE_COUNT


class AdjustmentIn(Body):
    """How many came to the shelf (positive) or left it (negative), and why."""

    change: Change
    reason: Why
    note: Text | None = None


class CountItem(CountIn):
    """A count in a batch."""

    sku: Sku
    location: Location = DEFAULT_LOCATION


class AdjustmentItem(AdjustmentIn):
    """An adjustment in a batch."""

    sku: Sku
    location: Location = DEFAULT_LOCATION


class StockItemIn(Body):
    """One of the two."""

    count: CountItem | None = None
    adjustment: AdjustmentItem | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.count is None) == (self.adjustment is None):
            raise ValueError("an item is either a count or an adjustment")
        return self


class StockBatchIn(Body):
    """Counts and adjustments, each written or refused by itself, one after the other."""

    items: Annotated[tuple[StockItemIn, ...], Field(min_length=1, max_length=MAX_ITEMS)]


class HoldIn(Body):
    """So many of a SKU at a location."""

    sku: Sku
    quantity: Quantity
    location: Location = DEFAULT_LOCATION


class ReservationIn(Body):
    """What is to be set aside, all of it or none, and for how long."""

    lines: Annotated[tuple[HoldIn, ...], Field(min_length=1, max_length=MAX_RESERVED_LINES)]
    expires_in_seconds: Annotated[int, Field(ge=1, le=MAX_SECONDS)] = DEFAULT_SECONDS


class Nothing(Body):
    """The body of a call that says everything in its path."""


BODIES: dict[str, type[BaseModel]] = {
    "put_product": ProductIn,
    "count_stock": CountIn,
    "adjust_stock": AdjustmentIn,
    "batch_stock": StockBatchIn,
    "reserve": ReservationIn,
}
ANSWERS: dict[str, dict[int, type[BaseModel]]] = {
    "list_products": {200: ProductsOut},
    "put_product": {200: ProductOut, 201: ProductOut},
    "get_product": {200: ProductOut},
    "list_stock": {200: LevelsOut},
    "get_stock": {200: StockOut},
    "list_ledger": {200: LedgerOut},
    "count_stock": {200: PlaceOut},
    "adjust_stock": {201: MovementOut},
    "batch_stock": {200: StockBatchOut},
    "reserve": {201: ReservationOut},
    "get_reservation": {200: ReservationOut},
    "commit_reservation": {200: ReservationOut},
    "release_reservation": {200: ReservationOut},
}
