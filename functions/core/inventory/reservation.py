"""Reservations: stock that is set aside for a while, until the goods leave or it is given back.

held ──commit──▶ committed     the goods have left: reserved falls
├────release─▶ released      available again
└────time────▶ expired       available again, by the sweeper within a minute
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from core.inventory.model import MovementKind, move

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.inventory.model import Movement

MAX_PLACES = 40
"""(SKU, location) of a reservation: it is one transaction, like a chunk of an order."""

MAX_SECONDS = 7 * 24 * 3600
DEFAULT_SECONDS = 900


class ReservationState(StrEnum):
    """Where a reservation stands."""

    HELD = "held"
    COMMITTED = "committed"
    RELEASED = "released"
    EXPIRED = "expired"


MOVES: dict[ReservationState, MovementKind] = {
    ReservationState.HELD: MovementKind.RESERVE,
    ReservationState.COMMITTED: MovementKind.SHIP,
    ReservationState.RELEASED: MovementKind.RELEASE,
    ReservationState.EXPIRED: MovementKind.RELEASE,
}
"""What a reservation's coming into a state does to stock."""


@dataclass(frozen=True, slots=True, order=True)
class Hold:
    """So many of a SKU at a location."""

    sku: str
    location: str
    quantity: int

    @property
    def place(self) -> tuple[str, str]:
        """The level that it is taken from."""
        return self.sku, self.location


@dataclass(frozen=True, slots=True)
class Reservation:
    """`holds` until `held_until` (epoch ms), and where it stands since `updated_at`."""

    id: str
    state: ReservationState
    holds: tuple[Hold, ...]
    held_until: int
    created_at: int
    updated_at: int

    def at(self, now: int) -> Reservation:
        """Return the reservation as it counts now: past its time nothing is held any more.

        The stock itself is given back by the sweeper, within a minute.
        """
        if self.state is ReservationState.HELD and now >= self.held_until:
            return replace(self, state=ReservationState.EXPIRED)
        return self

    def ended(self, state: ReservationState, now: int) -> Reservation:
        """Return the reservation after it has come to one of its ends."""
        return replace(self, state=state, updated_at=now)

    @property
    def movements(self) -> tuple[Movement, ...]:
        """What its coming into its state moves."""
        kind = MOVES[self.state]
        return tuple(
            move(kind, self.id, 1, hold.place, hold.quantity, self.updated_at)
            for hold in self.holds
        )


def summed(lines: Iterable[Hold]) -> tuple[Hold, ...]:
    """Sum lines per SKU and location, sorted: the same SKU on two lines is checked once."""
    total: Counter[tuple[str, str]] = Counter()
    for line in lines:
        total[line.place] += line.quantity
    return tuple(Hold(sku, location, q) for (sku, location), q in sorted(total.items()))
