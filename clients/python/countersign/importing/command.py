"""`countersign import PATH …`: its arguments, and what it prints and writes."""

from __future__ import annotations

import sys
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from countersign.errors import SettingsError
from countersign.importing.journal import Journal
from countersign.importing.rows import csv_files, read_rows
from countersign.importing.run import Import, Settings
from countersign.importing.sorting import sort

if TYPE_CHECKING:
    import argparse

    from countersign.importing.report import Report
    from countersign.target import Target

ZONE = "Europe/London"

STOPPED = 130
"""The exit code of a command that Ctrl-C ended."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes, apart from where and as whom it calls."""
    parser.add_argument("path", type=Path, help="a CSV file, or a folder of them")
    parser.add_argument("--zone", default=ZONE, help="of the files' dates (%(default)s)")
    parser.add_argument(
        "--stock",
        choices=["move", "untouched"],
        default="move",
        help="whether past orders move stock; untouched also sets no opening stock (%(default)s)",
    )
    parser.add_argument(
        "--opening-stock-factor",
        default="1",
        metavar="FACTOR",
        help="opening stock as a share of what the files sell (%(default)s)",
    )
    parser.add_argument("--workers", type=int, default=4, help="calls at a time (%(default)s)")
    parser.add_argument("--journal", type=Path, default=Path("import-journal.jsonl"))
    parser.add_argument("--report", type=Path, default=Path("import-report.json"))
    parser.add_argument("--retry-refused", action="store_true", help="make refused calls again")


def run(options: argparse.Namespace, target: Target) -> int:
    """Import, print and write the report; 0 when every row has an outcome, shortages included.

    1 when some have none yet, 130 after Ctrl-C: the same command goes on from there.
    """
    settings = Settings(
        zone=zone(options.zone),
        factor=factor(options.opening_stock_factor),
        stock=options.stock,
        workers=max(1, options.workers),
        retry_refused=options.retry_refused,
    )
    try:
        report = import_files(options.path, options.journal, settings, target)
    except KeyboardInterrupt:
        print("\nStopped. The same command goes on from here.", file=sys.stderr)
        return STOPPED
    report.write(options.report)
    print(report.text())
    print(f"The whole report: {options.report}")
    return 0 if report.complete else 1


def import_files(path: Path, journal: Path, settings: Settings, target: Target) -> Report:
    """Read, sort and import a path's files, going on from what the journal holds."""
    month = sort(read_rows(path))
    with Journal(journal) as kept:
        kept.agree(settings.facts(), [file.name for file in csv_files(path)])
        return Import(month, target, kept, settings, sys.stderr).run()


def zone(name: str) -> ZoneInfo:
    """Return the time zone of this name; raise SettingsError."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise SettingsError(f"{name}: no such time zone on this machine") from error


def factor(text: str) -> Decimal:
    """Return the share of what is sold that opening stock is to be; raise SettingsError."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal(-1)
    if not value.is_finite() or value < 0:
        raise SettingsError(f"{text}: the opening stock's factor is a number, 0 or more")
    return value
