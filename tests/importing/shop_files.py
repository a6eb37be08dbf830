"""Files in the layout of the shop, made by hand: a row is what differs from an ordinary one."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from countersign.importing import Month, read_rows, sort

if TYPE_CHECKING:
    from pathlib import Path

COLUMNS = (
    "InvoiceNo",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "UnitPrice",
    "CustomerID",
    "Country",
)
ORDINARY = {
    "InvoiceNo": "536365",
    "StockCode": "85123A",
    "Description": "WHITE HANGING HEART",
    "Quantity": "6",
    "InvoiceDate": "2010-12-01 08:26:00",
    "UnitPrice": "2.55",
    "CustomerID": "17850.0",
    "Country": "United Kingdom",
}
SHORT = {
    "invoice": "InvoiceNo",
    "sku": "StockCode",
    "name": "Description",
    "quantity": "Quantity",
    "at": "InvoiceDate",
    "price": "UnitPrice",
    "customer": "CustomerID",
}


def row(**fields: object) -> dict[str, str]:
    """Return an ordinary row with these fields changed."""
    return ORDINARY | {SHORT[name]: str(value) for name, value in fields.items()}


def write(folder: Path, *rows: dict[str, str], name: str = "2010-12-01.csv") -> Path:
    """Write a file of these rows and return the folder."""
    folder.mkdir(exist_ok=True)
    with (folder / name).open("w", newline="", encoding="utf-8") as text:
        writer = csv.DictWriter(text, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return folder


def month_of(folder: Path, *rows: dict[str, str]) -> Month:
    """Write the rows, read them back, and sort them."""
    return sort(read_rows(write(folder, *rows)))
