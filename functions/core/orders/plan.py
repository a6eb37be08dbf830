"""How an order is cut into transactions: lines summed per SKU and location, forty SKUs each.

Stock and ledger take 80 of a transaction's 100 actions; what is left carries, in the first chunk,
the header, the idempotency record, the audit entry, the customer, two guards and fourteen pages.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.inventory.model import MovementKind, move
from core.orders.model import PAGE_LINES, Fulfilment

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from core.inventory.model import Movement
    from core.orders.model import Charge, Header, Line

CHUNK = 40

PLACING: dict[Fulfilment, MovementKind] = {
    Fulfilment.RESERVE: MovementKind.RESERVE,
    Fulfilment.DEDUCT: MovementKind.SELL,
}
"""What placing an order does to stock, where it does anything."""


@dataclass(frozen=True, slots=True, order=True)
class Need:
    """How many of a SKU an order takes from a location, over all of its lines."""

    sku: str
    location: str
    quantity: int

    @property
    def place(self) -> tuple[str, str]:
        """The level that it is taken from."""
        return self.sku, self.location


def needs(lines: Iterable[Line]) -> tuple[Need, ...]:
    """Sum lines per SKU and location, sorted, so that every attempt cuts the same chunks."""
    summed: Counter[tuple[str, str]] = Counter()
    for line in lines:
        summed[line.sku, line.location] += line.quantity
    return tuple(Need(sku, location, q) for (sku, location), q in sorted(summed.items()))


def chunks(wanted: Sequence[Need]) -> tuple[tuple[Need, ...], ...]:
    """Cut needs into the transactions that reserve them; at least one, even for no needs."""
    return tuple(
        tuple(wanted[start : start + CHUNK]) for start in range(0, max(len(wanted), 1), CHUNK)
    )


def movements(
    kind: MovementKind, cause: str, attempt: int, wanted: Iterable[Need], at: int
) -> tuple[Movement, ...]:
    """Return the movements of one kind that needs come to."""
    return tuple(move(kind, cause, attempt, n.place, n.quantity, at) for n in wanted)


def placing(header: Header, wanted: Iterable[Need], at: int) -> tuple[Movement, ...]:
    """Return what placing an order moves for these needs."""
    kind = PLACING.get(header.fulfilment)
    return () if kind is None else movements(kind, header.id, header.attempt, wanted, at)


def pages(lines: Sequence[Line]) -> tuple[tuple[Line, ...], ...]:
    """Cut lines into the pages in which they are kept; at least one, which holds the charges."""
    return tuple(
        tuple(lines[start : start + PAGE_LINES])
        for start in range(0, max(len(lines), 1), PAGE_LINES)
    )


def subtotal(lines: Iterable[Line]) -> int:
    """Return what the goods cost, in minor units."""
    return sum(line.amount for line in lines)


def total(lines: Iterable[Line], charges: Iterable[Charge]) -> int:
    """Return what the order costs, in minor units: goods and charges."""
    return subtotal(lines) + sum(charge.amount for charge in charges)
