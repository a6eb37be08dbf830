"""What the files say, read apart from the importer, so that its mistakes are not made again here.

The rules are those of docs/import.md, for files of this layout that have no unreadable rows: any
such row ends the demo, since then the comparison could not be trusted.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from pathlib import Path

T = TypeVar("T")

LONDON = ZoneInfo("Europe/London")

POSTAGE = {"POST", "DOT", "C2"}
DISCOUNT = {"D"}
FEES = {"M", "m", "S", "BANK CHARGES", "AMAZONFEE", "CRUK", "B"}


@dataclass(frozen=True, slots=True)
class Sold:
    """A line of an order as the files have it; the price in pence."""

    sku: str
    quantity: int
    price: int
    description: str


@dataclass(slots=True)
class Invoice:
    """An invoice of goods sold: line n of the order is `lines[n - 1]`."""

    number: str
    at: datetime
    customer: str
    lines: list[Sold] = field(default_factory=list)
    shipping: int = 0
    discount: int = 0
    fees: int = 0
    charge_rows: int = 0

    @property
    def subtotal(self) -> int:
        """What the goods cost, in pence."""
        return sum(line.quantity * line.price for line in self.lines)

    @property
    def total(self) -> int:
        """What the invoice comes to, in pence."""
        return self.subtotal + self.shipping + self.discount + self.fees

    @property
    def placed_at(self) -> str:
        """The invoice's time in UTC: the files' wall clock is London's."""
        return self.at.replace(tzinfo=LONDON).astimezone(UTC).isoformat().replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class GoodsBack:
    """A row of a C-invoice that takes goods back from a customer."""

    invoice: str
    at: datetime
    customer: str
    sku: str
    quantity: int


@dataclass(slots=True)
class Truth:
    """All that the comparison starts from."""

    rows_read: int = 0
    invoices: dict[str, Invoice] = field(default_factory=dict)
    goods_back: list[GoodsBack] = field(default_factory=list)
    unmatchable: int = 0
    not_orders: int = 0


def read_truth(path: Path) -> Truth:
    """Read a folder of the shop's files, or one of them."""
    rows: defaultdict[str, list[dict[str, str]]] = defaultdict(list)
    truth = Truth()
    for file in sorted(path.glob("*.csv")) if path.is_dir() else [path]:
        with file.open(newline="", encoding="utf-8") as text:
            for row in csv.DictReader(text):
                rows[row["InvoiceNo"]].append(row)
                truth.rows_read += 1
    for number, members in rows.items():
        if number.startswith("C"):
            _cancellation(truth, number, members)
        elif number.isdigit():
            _invoice(truth, number, members)
        else:
            truth.not_orders += len(members)
    return truth


def _invoice(truth: Truth, number: str, members: list[dict[str, str]]) -> None:
    """Without customer and price it is a note about stock; without goods it is no order."""
    customer = _customer(members[0])
    invoice = Invoice(number, _at(members[0]), customer)
    for row in members:
        _add(invoice, row)
    noted = not customer and not any(_pence(row) for row in members)
    if noted or not invoice.lines:
        truth.not_orders += len(members)
    else:
        truth.invoices[number] = invoice


def _add(invoice: Invoice, row: dict[str, str]) -> None:
    code, quantity, price = row["StockCode"], int(row["Quantity"]), _pence(row)
    invoice.charge_rows += 1
    if code in POSTAGE and quantity * price >= 0:
        invoice.shipping += quantity * price
    elif code in DISCOUNT and quantity * price <= 0:
        invoice.discount += quantity * price
    elif _is_charge(code):
        invoice.fees += quantity * price
    else:
        invoice.charge_rows -= 1
        invoice.lines.append(Sold(code, quantity, price, row["Description"].strip()))


def _cancellation(truth: Truth, number: str, members: list[dict[str, str]]) -> None:
    for row in members:
        customer = _customer(row)
        if _is_charge(row["StockCode"]) or not customer:
            truth.unmatchable += 1
        else:
            back = GoodsBack(number, _at(row), customer, row["StockCode"], -int(row["Quantity"]))
            truth.goods_back.append(back)


def _is_charge(code: str) -> bool:
    return code in POSTAGE | DISCOUNT | FEES or code.lower().startswith("gift_")


def _customer(row: dict[str, str]) -> str:
    return row["CustomerID"].split(".")[0]


def _at(row: dict[str, str]) -> datetime:
    return datetime.strptime(row["InvoiceDate"], "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007 - wall clock


def _pence(row: dict[str, str]) -> int:
    return int(Decimal(row["UnitPrice"]) * 100)


def most_frequent(counts: Counter[T]) -> T:
    """Return what was counted most often, the first of equals."""
    return max(counts, key=lambda value: counts[value])
