"""Cancelled rows and the sales that they cancel. No field names the sale, so it is looked for.

A row is matched to that customer's newest earlier sale of the SKU of which enough is left; if there
is none, it stays unmatched. Within the sale, lines at the row's price give first.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from countersign.importing.month import Aside, Bucket

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from countersign.importing.month import Cancellation, Cancelled, Sale

MAX_SKUS = 40
"""What one return may hold: it is one transaction."""


@dataclass(frozen=True, slots=True)
class Return:
    """Goods that come back to one order by one cancellation.

    `quantities` are by the order's line number; `positions` are the rows that it answers.
    """

    cancellation: str
    sale: str
    quantities: Mapping[int, int]
    positions: tuple[int, ...]

    @property
    def key(self) -> str:
        """What the return is known by: no row belongs to two returns."""
        return f"{self.cancellation}-{self.sale}-{self.positions[0]}"


@dataclass(slots=True)
class Shelf:
    """What of the sales may still come back."""

    sales: defaultdict[tuple[str, str], list[Sale]] = field(
        default_factory=lambda: defaultdict(list)
    )
    gone: defaultdict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, sale: Sale) -> None:
        """Add a sale that stands; those of guests cannot come back."""
        if sale.customer is not None:
            for sku in {line.sku for line in sale.lines}:
                self.sales[sale.customer, sku].append(sale)

    def take(self, returned: Return) -> None:
        """Take out what a return, planned now or in an earlier run, brings back."""
        self.gone[returned.sale].update(returned.quantities)

    def find(self, cancellation: Cancellation, row: Cancelled) -> tuple[Sale, Counter[int]] | str:
        """Return the sale and the quantities by line number, or why there is none."""
        since = (cancellation.at, row.position)
        earlier = [
            sale
            for sale in self.sales.get((cancellation.customer, row.sku), ())
            if (sale.at, sale.lines[0].position) < since
        ]
        for sale in sorted(earlier, key=lambda s: (s.at, s.lines[0].position), reverse=True):
            given = self._given(sale, row)
            if given.total() == row.quantity:
                return sale, given
        return "not_enough_left" if earlier else "no_earlier_sale"

    def _given(self, sale: Sale, row: Cancelled) -> Counter[int]:
        numbered = [(n, x) for n, x in enumerate(sale.lines, start=1) if x.sku == row.sku]
        given: Counter[int] = Counter()
        for number, line in sorted(numbered, key=lambda pair: pair[1].price != row.price):
            left = line.quantity - self.gone[sale.invoice][number]
            share = min(left, row.quantity - given.total())
            if share > 0:
                given[number] = share
        return given


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to come of one cancellation."""

    cancellation: str
    returns: tuple[Return, ...]
    unmatched: tuple[Aside, ...]


def plan(cancellation: Cancellation, shelf: Shelf) -> Plan:
    """Match every row of a cancellation and take from the shelf what comes back."""
    parts: dict[str, list[_Part]] = {}
    unmatched: list[Aside] = []
    for row in cancellation.rows:
        match shelf.find(cancellation, row):
            case str(reason):
                unmatched.append(Aside(row.position, Bucket.UNMATCHED, reason))
            case sale, given:
                shelf.gone[sale.invoice].update(given)
                _into(parts.setdefault(sale.invoice, []), row, given)
    returns = tuple(
        Return(cancellation.invoice, sale, dict(part.quantities), tuple(part.positions))
        for sale, some in parts.items()
        for part in some
    )
    return Plan(cancellation.invoice, returns, tuple(unmatched))


@dataclass(slots=True)
class _Part:
    skus: set[str] = field(default_factory=set)
    quantities: Counter[int] = field(default_factory=Counter)
    positions: list[int] = field(default_factory=list)


def _into(parts: list[_Part], row: Cancelled, given: Counter[int]) -> None:
    """Add a row to the last part, or to a new one when that holds all the SKUs that it may."""
    if not parts or len(parts[-1].skus | {row.sku}) > MAX_SKUS:
        parts.append(_Part())
    parts[-1].skus.add(row.sku)
    parts[-1].quantities.update(given)
    parts[-1].positions.append(row.position)


def in_time(cancellations: Iterable[Cancellation]) -> Iterator[Cancellation]:
    """Yield cancellations, oldest first."""
    yield from sorted(cancellations, key=lambda c: (c.at, c.rows[0].position))
