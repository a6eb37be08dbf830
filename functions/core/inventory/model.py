"""Products, stock levels and the movements that change them.

On hand is `available + reserved`; both are stored, since DynamoDB's conditions have no arithmetic.
`version` moves with every change and is what sync compares. `count_version` moves only when what is
on the shelf changes other than by shipping what was reserved; people who count compare it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

SKU = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ._+:@-]{0,62}[A-Za-z0-9._+:@-])?")
"""A SKU: case matters; no `#` or `/`, which separate keys and paths."""

LOCATION = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
DEFAULT_LOCATION = "main"
RESERVED_LOCATIONS = frozenset({"ledger"})
"""Names that no location can have, since a route of the stock's own stands at their path."""

MAX_LOCATIONS = 50
"""Levels of a SKU: all of them must fit the transaction that turns back-orders on or off."""

MAX_QUANTITY = 10**9


class MovementKind(StrEnum):
    """Why stock moved; part of the movement's identity."""

    OPENING = "opening"
    COUNT = "count"
    ADJUST = "adjust"
    RESERVE = "reserve"
    RELEASE = "release"
    SELL = "sell"
    UNSELL = "unsell"
    SHIP = "ship"
    CANCEL = "cancel"
    RETURN = "return"


class Reason(StrEnum):
    """Why a person changed what is on the shelf."""

    CORRECTION = "correction"
    CYCLE_COUNT = "cycle_count"
    DAMAGED = "damaged"
    OTHER = "other"
    PROMOTION = "promotion"
    QUALITY_CONTROL = "quality_control"
    RECEIVED = "received"
    RESTOCK = "restock"
    SHRINKAGE = "shrinkage"


_EFFECT: dict[MovementKind, tuple[int, int]] = {
    MovementKind.RESERVE: (-1, 1),
    MovementKind.RELEASE: (1, -1),
    MovementKind.SELL: (-1, 0),
    MovementKind.UNSELL: (1, 0),
    MovementKind.SHIP: (0, -1),
    MovementKind.CANCEL: (1, -1),
    MovementKind.RETURN: (1, 0),
}
"""What one unit does to `available` and `reserved`."""

UNDOES: dict[MovementKind, MovementKind] = {
    MovementKind.RESERVE: MovementKind.RELEASE,
    MovementKind.SELL: MovementKind.UNSELL,
}

ON_THE_SHELF = frozenset(
    {MovementKind.COUNT, MovementKind.ADJUST, MovementKind.SELL, MovementKind.UNSELL}
    | {MovementKind.RETURN}
)
"""Movements that a person who counts would see, other than the shipping of what was reserved."""


@dataclass(frozen=True, slots=True)
class Product:
    """What is sold; `price` is in minor units of `currency`.

    `speaks_for_case` says that this SKU, among those that differ from it in case only, is the one
    that HubSpot's own SKU field shows.
    """

    id: str
    sku: str
    name: str
    price: int
    currency: str
    created_at: int
    updated_at: int
    description: str | None = None
    backorder: bool = False
    speaks_for_case: bool = True
    version: int = 1


@dataclass(frozen=True, slots=True)
class Level:
    """The stock of a SKU at a location; `opening` is the quantity that it began with."""

    sku: str
    location: str
    available: int
    reserved: int
    backorder: bool = False
    opening: int = 0
    count_version: int = 1
    version: int = 1

    @property
    def on_hand(self) -> int:
        """What is on the shelf: available and reserved together."""
        return self.available + self.reserved

    def covers(self, quantity: int) -> bool:
        """Return whether `quantity` more can be reserved."""
        return self.backorder or self.available >= quantity


class MovementId(NamedTuple):
    """What a movement is known by: no two lines of the ledger share it."""

    sku: str
    location: str
    cause: str
    attempt: int
    kind: MovementKind


@dataclass(frozen=True, slots=True)
class Movement:
    """A line of the ledger: signed changes of `available` and `reserved`, written once.

    `cause` is the id of what moved the stock (an order, a count, a product for its opening stock);
    with `attempt`, SKU, location and kind it is the movement's identity. `reason` and `note` are a
    person's, where a person moved it.
    """

    cause: str
    attempt: int
    sku: str
    location: str
    kind: MovementKind
    available: int
    reserved: int
    at: int
    reason: Reason | None = None
    note: str | None = None

    @property
    def id(self) -> MovementId:
        """The movement's identity."""
        return MovementId(self.sku, self.location, self.cause, self.attempt, self.kind)


def move(
    kind: MovementKind,
    cause: str,
    attempt: int,
    place: tuple[str, str],
    quantity: int,
    at: int,
) -> Movement:
    """Return the movement of `quantity` units at a (SKU, location)."""
    available, reserved = _EFFECT[kind]
    sku, location = place
    return Movement(
        cause, attempt, sku, location, kind, available * quantity, reserved * quantity, at
    )


def undo(movement: Movement, at: int) -> Movement:
    """Return the movement that gives back what a `RESERVE` or `SELL` took."""
    return Movement(
        movement.cause,
        movement.attempt,
        movement.sku,
        movement.location,
        UNDOES[movement.kind],
        -movement.available,
        -movement.reserved,
        at,
    )
