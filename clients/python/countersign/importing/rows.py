"""The files' rows as they stand, read but not yet judged."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from countersign.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COLUMNS = (
    "InvoiceNo",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "UnitPrice",
    "CustomerID",
)
"""The columns that are read; others, as Country, may be there."""

MINOR_UNITS = 100
"""Pence in a pound."""


class LayoutError(SettingsError):
    """The path is not a file or folder of CSV files with the columns that are read."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the files.

    `position` counts from 0 over all files and is what a row is known by. `price` is in minor
    units, `at` is the shop's wall clock (no zone), `customer` is None for a guest.
    """

    position: int
    invoice: str
    sku: str
    description: str
    quantity: int
    at: datetime
    price: int
    customer: str | None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A row that cannot be understood, and why."""

    position: int
    invoice: str
    reason: str


def csv_files(path: Path) -> list[Path]:
    """Return the file, or the folder's CSV files by name; raise LayoutError."""
    files = sorted(path.glob("*.csv")) if path.is_dir() else [path]
    if not files or not all(file.is_file() for file in files):
        raise LayoutError(f"{path}: no CSV files there")
    return files


def read_rows(path: Path) -> Iterator[Row | Unreadable]:
    """Yield every row of a CSV file, or of a folder's CSV files by name; raise LayoutError."""
    position = 0
    for file in csv_files(path):
        with file.open(newline="", encoding="utf-8-sig") as text:
            reader = csv.DictReader(text, restval="")
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise LayoutError(f"{file}: no column {', '.join(missing)}")
            try:
                for record in reader:
                    yield _row(position, record)
                    position += 1
            except (UnicodeDecodeError, csv.Error) as error:
                raise LayoutError(f"{file}: {error}") from error


def _row(position: int, record: dict[str, str]) -> Row | Unreadable:
    invoice, sku = record["InvoiceNo"].strip(), record["StockCode"].strip()
    try:
        return Row(
            position=position,
            invoice=_present(invoice, "no_invoice_number"),
            sku=_present(sku, "no_stock_code"),
            description=_printable(record["Description"]),
            quantity=_whole(record["Quantity"]),
            at=_moment(record["InvoiceDate"]),
            price=_minor(record["UnitPrice"]),
            customer=record["CustomerID"].strip().removesuffix(".0") or None,
        )
    except _CannotReadError as error:
        return Unreadable(position, invoice, str(error))


class _CannotReadError(Exception):
    """The reason stands in the message."""


def _present(text: str, reason: str) -> str:
    if not text:
        raise _CannotReadError(reason)
    return text


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text).strip()


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise _CannotReadError("quantity_not_a_whole_number") from None


def _moment(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        raise _CannotReadError("date_not_readable") from None
    if at.tzinfo is not None:
        raise _CannotReadError("date_has_a_zone")
    return at


def _minor(text: str) -> int:
    try:
        minor = Decimal(text.strip()) * MINOR_UNITS
        whole = int(minor)
    except (InvalidOperation, OverflowError, ValueError):
        raise _CannotReadError("price_not_a_number") from None
    if whole != minor:
        raise _CannotReadError("price_not_in_whole_minor_units")
    return whole
