"""What the inventory's routes answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.clock import rfc3339
from core.web.batch import BatchProblem
from core.web.body import Body

if TYPE_CHECKING:
    from core.inventory.model import Level, Movement, Product
    from core.inventory.reservation import Reservation


class ProductOut(Body):
    """A product as it is."""

    id: str
    sku: str
    name: str
    price: int
    currency: str
    description: str | None = None
    backorder: bool
    version: int


class ProductsOut(Body):
    """A page of products by SKU; `cursor` goes on, and is missing at the end."""

    products: tuple[ProductOut, ...]
    cursor: str | None = None


class LevelOut(Body):
    """The stock at one location; `count_version` is what a count must name."""

    location: str
    available: int
    reserved: int
    on_hand: int
    count_version: int


class PlaceOut(LevelOut):
    """The stock of one SKU at one location."""

    sku: str


class StockOut(Body):
    """The stock of a SKU, summed and by location."""

    sku: str
    available: int
    reserved: int
    on_hand: int
    levels: tuple[LevelOut, ...]


class LevelsOut(Body):
    """A page of stock by SKU and location; `cursor` goes on, and is missing at the end."""

    levels: tuple[PlaceOut, ...]
    cursor: str | None = None


class MovementOut(Body):
    """A line of the ledger: what it changed, and the id of what caused it."""

    cause: str
    attempt: int
    kind: str
    sku: str
    location: str
    available: int
    reserved: int
    reason: str | None = None
    note: str | None = None
    at: str


class LedgerOut(Body):
    """A page of a SKU's ledger, by location, then by the time at which the cause arose."""

    movements: tuple[MovementOut, ...]
    cursor: str | None = None


class StockItemOut(Body):
    """What became of one item of a batch: its movement, or the problem and its status."""

    index: int
    status: int
    movement: MovementOut | None = None
    problem: BatchProblem | None = None


class StockBatchOut(Body):
    """What became of each item, in the order of the request."""

    results: tuple[StockItemOut, ...]


class HoldOut(Body):
    """So many of a SKU at a location."""

    sku: str
    location: str
    quantity: int


class ReservationOut(Body):
    """A reservation; lines of one SKU and location are summed."""

    id: str
    state: str
    lines: tuple[HoldOut, ...]
    expires_at: str
    created_at: str


def product(of: Product) -> ProductOut:
    """Show a product."""
    return ProductOut(
        id=of.id,
        sku=of.sku,
        name=of.name,
        price=of.price,
        currency=of.currency,
        description=of.description,
        backorder=of.backorder,
        version=of.version,
    )


def stock(sku: str, levels: tuple[Level, ...]) -> StockOut:
    """Show a SKU's stock at all its locations."""
    return StockOut(
        sku=sku,
        available=sum(level.available for level in levels),
        reserved=sum(level.reserved for level in levels),
        on_hand=sum(level.on_hand for level in levels),
        levels=tuple(
            LevelOut(
                location=level.location,
                available=level.available,
                reserved=level.reserved,
                on_hand=level.on_hand,
                count_version=level.count_version,
            )
            for level in levels
        ),
    )


def place(level: Level) -> PlaceOut:
    """Show a SKU's stock at one location."""
    return PlaceOut(
        sku=level.sku,
        location=level.location,
        available=level.available,
        reserved=level.reserved,
        on_hand=level.on_hand,
        count_version=level.count_version,
    )


def movement(of: Movement) -> MovementOut:
    """Show a line of the ledger."""
    return MovementOut(
        cause=of.cause,
        attempt=of.attempt,
        kind=str(of.kind),
        sku=of.sku,
        location=of.location,
        available=of.available,
        reserved=of.reserved,
        reason=str(of.reason) if of.reason is not None else None,
        note=of.note,
        at=rfc3339(of.at),
    )


def reservation(of: Reservation) -> ReservationOut:
    """Show a reservation."""
    return ReservationOut(
        id=of.id,
        state=str(of.state),
        lines=tuple(
            HoldOut(sku=hold.sku, location=hold.location, quantity=hold.quantity)
            for hold in of.holds
        ),
        expires_at=rfc3339(of.held_until),
        created_at=rfc3339(of.created_at),
    )
