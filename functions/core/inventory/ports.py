"""What the inventory context needs from a store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from core.audit import Entry
    from core.idempotency import Claim, Record
    from core.inventory.model import Level, Movement, MovementId, Product
    from core.inventory.reservation import Reservation


class Short(Exception):
    """Stock at these (SKU, location) is short; nothing was written."""

    def __init__(self, places: Iterable[tuple[str, str]]) -> None:
        """Keep what is short."""
        self.places = tuple(places)
        super().__init__(", ".join(f"{sku}@{location}" for sku, location in self.places))


class NoLevel(Exception):
    """A SKU has no stock level at the location; nothing was written."""


@dataclass(frozen=True, slots=True)
class ProductChange:
    """One product written: `before` is what the decision was based on, None for a new product.

    `opened` are levels that come into being, each with its opening movement; `reflagged` are levels
    whose `backorder` follows the product's.
    """

    tenant: str
    before: Product | None
    after: Product
    opened: tuple[tuple[Level, Movement], ...] = ()
    reflagged: tuple[Level, ...] = ()


class InventoryStore(Protocol):
    """Products and stock of all tenants."""

    def find(self, tenant: str, sku: str) -> tuple[Product | None, tuple[Level, ...]]:
        """Return the product (None when there is none) and its levels, strongly consistent."""
        ...

    def speaks_for_case(self, tenant: str, sku: str) -> bool:
        """Return whether no SKU that differs in case only was there before this one."""
        ...

    def save(self, change: ProductChange, entry: Entry, claim: Claim | None = None) -> None:
        """Write all of the change with its audit entry and the call's record, or nothing.

        `Superseded` when the product or a level is no longer as `change` says; `Contended` when the
        write may yet succeed as it is.
        """
        ...


class Records(Protocol):
    """Idempotency records and levels, strongly consistent."""

    def record(self, tenant: str, digest: str) -> Record | None:
        """Return the record of an Idempotency-Key."""
        ...

    def levels(
        self, tenant: str, places: Iterable[tuple[str, str]]
    ) -> Mapping[tuple[str, str], Level]:
        """Return stock by (SKU, location); what has no level is left out."""
        ...


class StockStore(Records, Protocol):
    """Single movements, as people make them."""

    def written(self, tenant: str, wanted: Sequence[MovementId]) -> tuple[Movement, ...]:
        """Return those of the movements that stand in the ledger, strongly consistent."""
        ...

    def move(
        self,
        tenant: str,
        movement: Movement,
        entry: Entry,
        *,
        seen: int | None = None,
        claim: Claim | None = None,
    ) -> None:
        """Write a movement with its level, audit entry and the call's record, or nothing.

        `seen` is the version that the level must still have. Raises `NoLevel`, `Short`,
        `Superseded` or `Contended`.
        """
        ...


class ReservationStore(Records, Protocol):
    """Reservations of all tenants."""

    def reservation(self, tenant: str, reservation_id: str) -> Reservation | None:
        """Return a reservation, strongly consistent."""
        ...

    def hold(self, tenant: str, reservation: Reservation, entry: Entry, claim: Claim) -> None:
        """Write a new reservation with what it sets aside, or nothing.

        Raises `Short`, `Superseded` or `Contended`.
        """
        ...

    def end(
        self, tenant: str, ended: Reservation, entry: Entry, claim: Claim | None = None
    ) -> None:
        """Write the end of a reservation with what it moves, if it is still held.

        Raises `Superseded` or `Contended`.
        """
        ...


class Lists(Protocol):
    """Pages of what there is, each with the position to go on from, None at the end.

    Products and levels are found by an index that may lag by a moment; the ledger never lags.
    """

    def products(
        self, tenant: str, after: str | None, limit: int
    ) -> tuple[tuple[Product, ...], str | None]:
        """Return products by SKU."""
        ...

    def stock(
        self, tenant: str, after: str | None, limit: int
    ) -> tuple[tuple[Level, ...], str | None]:
        """Return levels by SKU and location."""
        ...

    def ledger(
        self, tenant: str, sku: str, after: str | None, limit: int
    ) -> tuple[tuple[Movement, ...], str | None]:
        """Return a SKU's movements, by location, then by the time at which their cause arose."""
        ...
