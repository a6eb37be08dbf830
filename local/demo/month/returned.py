"""Returns as the API shows them, held against the files' C-invoices.

Which sale a cancelled row belongs to is not computed a second time. It is checked instead that
every return obeys the rule, and that no row without one could have had one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from local.demo.compare import Difference

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from local.demo.month.truth import GoodsBack, Invoice, Truth


@dataclass(frozen=True, slots=True)
class Back:
    """So many of an order's line that came back; `cause` is the C-invoice that the return names."""

    invoice: str
    line: int
    quantity: int
    cause: str


@dataclass(frozen=True, slots=True)
class Returned:
    """What came of the C-invoices: rows answered, units by SKU, money by order, faults found."""

    rows: int
    units: Counter[str]
    amounts: Counter[str]
    faults: list[Difference]


def check(truth: Truth, standing: Mapping[str, Invoice], backs: Iterable[Back]) -> Returned:
    """Hold the returns against the files."""
    units: Counter[str] = Counter()
    amounts: Counter[str] = Counter()
    given: Counter[tuple[str, str]] = Counter()
    gone: Counter[tuple[str, str]] = Counter()
    sources: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for back in backs:
        line = standing[back.invoice].lines[back.line - 1]
        units[line.sku] += back.quantity
        amounts[back.invoice] += back.quantity * line.price
        given[back.cause, line.sku] += back.quantity
        gone[back.invoice, line.sku] += back.quantity
        sources[back.cause, line.sku].add(back.invoice)
    books = _Books(standing, gone)
    rows, faults = 0, [*books.overdrawn()]
    for (cause, sku), wanted in _wanted(truth).items():
        answered, found = _answered(wanted, given.pop((cause, sku), 0))
        rows += len(answered)
        faults += found
        faults += books.faults(answered, sources[cause, sku])
        faults += [f for row in wanted if row not in answered for f in books.missed(row)]
    faults += [_fault(*key, "nothing", units) for key, units in given.items()]
    return Returned(rows, units, amounts, faults)


@dataclass(frozen=True, slots=True)
class _Books:
    standing: Mapping[str, Invoice]
    gone: Counter[tuple[str, str]]

    def overdrawn(self) -> Iterator[Difference]:
        """Yield where more came back than was sold."""
        for (invoice, sku), quantity in self.gone.items():
            sold = self._sold(invoice, sku)
            if quantity > sold:
                yield _fault(invoice, sku, f"at most {sold}", quantity)

    def faults(self, rows: list[GoodsBack], invoices: set[str]) -> Iterator[Difference]:
        """Yield where goods came back to a sale of somebody else, or to a later one."""
        for name in invoices:
            invoice = self.standing[name]
            if any(invoice.customer != r.customer or invoice.at > r.at for r in rows):
                yield _fault(rows[0].invoice, rows[0].sku, "an earlier sale of the customer", name)

    def missed(self, row: GoodsBack) -> Iterator[Difference]:
        """Yield where a row matched nothing although a sale still has enough left."""
        for invoice in self.standing.values():
            if invoice.customer == row.customer and invoice.at < row.at:
                left = self._sold(invoice.number, row.sku) - self.gone[invoice.number, row.sku]
                if left >= row.quantity:
                    yield _fault(row.invoice, row.sku, f"a return to {invoice.number}", None)

    def _sold(self, invoice: str, sku: str) -> int:
        return sum(line.quantity for line in self.standing[invoice].lines if line.sku == sku)


def _wanted(truth: Truth) -> dict[tuple[str, str], list[GoodsBack]]:
    wanted: defaultdict[tuple[str, str], list[GoodsBack]] = defaultdict(list)
    for row in truth.goods_back:
        wanted[row.invoice, row.sku].append(row)
    return wanted


def _answered(rows: list[GoodsBack], units: int) -> tuple[list[GoodsBack], list[Difference]]:
    """Return the rows that the units answer; none may be answered in part."""
    for count in range(len(rows), -1, -1):
        for some in combinations(rows, count):
            if sum(row.quantity for row in some) == units:
                return list(some), []
    return [], [_fault(rows[0].invoice, rows[0].sku, "whole rows", f"{units} units")]


def _fault(invoice: str, sku: str, expected: object, found: object) -> Difference:
    return Difference("return", invoice, sku, expected, found)
