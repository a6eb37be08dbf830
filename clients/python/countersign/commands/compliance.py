"""`countersign compliance`: is the account as it must be."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from countersign.commands.options import Place
from countersign.commands.showing import show
from countersign.commands.spread import spread
from countersign.compliance import report


@spread
def compliance(
    place: Place,
    function: Annotated[str | None, typer.Option(help="the stack's output ComplianceFunction")] = (
        None
    ),
    *,
    last: Annotated[bool, typer.Option("--last", help="the last report; do not look now")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="for a program")] = False,
) -> None:
    """Say what of the account's settings holds, what does not and since when; exit 1 if anything.

    Nothing is changed.
    """
    name = function or place.output("compliance_function")
    found = report(place.target().session(), name, last=last)
    if as_json:
        show(found)
    else:
        print(in_words(found))
    if not found["ok"]:
        raise typer.Exit(1)


def in_words(found: dict[str, Any]) -> str:
    """Return a report as text: what holds by rule, then each failure."""
    holding = [f"  ✓ {rule}: {count}" for rule, count in found["holding"].items()]
    failures = [
        f"  ✗ {f['resource']}: {f['rule']} ({f['should']}), since {_day(f['since'])}"
        for f in found["failures"]
    ]
    return "\n".join([f"Looked {_day(found['at'])}", *holding, *failures])


def _day(at: int) -> str:
    return f"{datetime.fromtimestamp(at / 1000, UTC):%Y-%m-%d %H:%M} UTC"
