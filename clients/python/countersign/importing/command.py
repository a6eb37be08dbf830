"""`countersign import PATH …`: its arguments, and what it prints and writes."""

from __future__ import annotations

import sys
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from countersign.commands.options import Place, RoleArn
from countersign.commands.spread import spread
from countersign.errors import SettingsError
from countersign.importing.journal import Journal
from countersign.importing.rows import csv_files, read_rows
from countersign.importing.run import Import, Settings
from countersign.importing.sorting import sort

if TYPE_CHECKING:
    from countersign.flavours import Flavour
    from countersign.importing.report import Report
    from countersign.target import Target

STOPPED = 130
"""The exit code of a command that Ctrl-C ended."""


@spread
def command(
    path: Annotated[Path, typer.Argument(help="a CSV file, or a folder of them")],
    place: Place,
    role_arn: RoleArn = None,
    zone: Annotated[str, typer.Option(help="of the files' dates")] = "Europe/London",
    stock: Annotated[
        Literal["move", "untouched"],
        typer.Option(help="whether past orders move stock; untouched also sets no opening stock"),
    ] = "move",
    opening_stock_factor: Annotated[
        str, typer.Option(metavar="FACTOR", help="opening stock as a share of what the files sell")
    ] = "1",
    workers: Annotated[int, typer.Option(help="calls at a time")] = 4,
    journal: Annotated[Path, typer.Option(help="what was done")] = Path("import-journal.jsonl"),
    report: Annotated[Path, typer.Option(help="written at the end")] = Path("import-report.json"),
    *,
    retry_refused: Annotated[
        bool, typer.Option("--retry-refused", help="make refused calls again")
    ] = False,
) -> None:
    """Import past orders from CSV files.

    Exit code 0 when every row has an outcome, shortages included; 1 when some have none yet, 130
    after Ctrl-C: the same command goes on from there.
    """
    settings = Settings(
        zone=time_zone(zone),
        factor=factor(opening_stock_factor),
        stock=stock,
        workers=max(1, workers),
        retry_refused=retry_refused,
    )
    try:
        done = import_files(path, journal, settings, place.target(role_arn))
    except KeyboardInterrupt:
        print("\nStopped. The same command goes on from here.", file=sys.stderr)
        raise typer.Exit(STOPPED) from None
    done.write(report)
    print(done.text())
    print(f"The whole report: {report}")
    raise typer.Exit(0 if done.complete else 1)


def import_files(
    path: Path, journal: Path, settings: Settings, target: Target, flavour: Flavour | None = None
) -> Report:
    """Read, sort and import a path's files, going on from what the journal holds.

    Without a `flavour`, which all workers share, calls are signed as the target says.
    """
    month = sort(read_rows(path))
    with Journal(journal) as kept:
        kept.agree(settings.facts(), [file.name for file in csv_files(path)])
        return Import(month, target, kept, settings, sys.stderr, flavour).run()


def time_zone(name: str) -> ZoneInfo:
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
