"""An import of a few rows, and what it leaves in the shop."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from countersign.importing import Import, Report, Settings, read_rows, sort
from countersign.importing.journal import Journal
from countersign.importing.rows import csv_files
from tests.importing.shop_files import row

if TYPE_CHECKING:
    from tests.importing.http_door import HttpDoor

ROOT = Path(__file__).resolve().parents[2]

ROWS = (
    row(invoice="1", quantity=6, price="2.55"),
    row(invoice="1", quantity=2, price="2.10"),
    row(invoice="1", sku="POST", name="POSTAGE", quantity=3, price="18"),
    row(invoice="2", sku="71053", name="LANTERN", quantity=4, customer=""),
    row(invoice="3", quantity=5, at="2010-12-02 09:00:00"),
    row(invoice="4", price=0, quantity=-9, customer="", name="damages"),
    row(invoice="C5", quantity=-3, at="2010-12-03 09:00:00"),
    row(invoice="C5", quantity=-9, at="2010-12-03 09:00:00"),
)


def run(
    door: HttpDoor,
    files: Path,
    *,
    factor: str = "1",
    stock: Literal["move", "untouched"] = "move",
    retry_refused: bool = False,
) -> Report:
    """Import the files with the journal beside them."""
    settings = Settings(ZoneInfo("Europe/London"), Decimal(factor), stock, 2, retry_refused)
    with Journal(files.parent / "journal.jsonl") as journal:
        journal.agree(settings.facts(), [file.name for file in csv_files(files)])
        month = sort(read_rows(files))
        return Import(month, door.target, journal, settings, io.StringIO()).run()


def orders(door: HttpDoor) -> dict[str, dict[str, object]]:
    """Return the shop's orders by invoice; fails when an invoice stands twice."""
    found = door.get("/v1/orders")["orders"]
    assert len({order["external_id"] for order in found}) == len(found)
    return {order["external_id"]: order for order in found}


def stock(door: HttpDoor) -> dict[str, tuple[int, int]]:
    """Return available and reserved by SKU."""
    levels = door.get("/v1/stock")["levels"]
    return {level["sku"]: (level["available"], level["reserved"]) for level in levels}


def command(door: HttpDoor, files: Path, *more: str) -> subprocess.Popen[bytes]:
    """Start `countersign import` with one worker, its journal and report beside the files."""
    words = [sys.executable, "-m", "countersign", "import", str(files), "--url", door.url]
    words += ["--region", "eu-west-1", "--workers", "1", *more]
    words += ["--journal", str(files.parent / "journal.jsonl")]
    words += ["--report", str(files.parent / "report.json")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "clients" / "python")}
    pipe = subprocess.PIPE
    return subprocess.Popen(words, env=environment, stdout=pipe, stderr=pipe)
