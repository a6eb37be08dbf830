"""`countersign hubspot parked …`: what an operator does with the records that HubSpot refused."""

from __future__ import annotations

from typing import Annotated

import typer

from countersign import parked
from countersign.commands.options import Place
from countersign.commands.showing import show
from countersign.commands.spread import spread

app = typer.Typer(help="List, retry or discard what HubSpot refused.", no_args_is_help=True)

Function = Annotated[str | None, typer.Option(help="the stack's output HubspotParkedFunction")]
Kind = Annotated[
    str | None,
    typer.Option(help="products, contacts, orders, line_items, orders.contacts, contacts.email"),
]
Records = Annotated[list[str] | None, typer.Argument(metavar="KIND/ID…", help="as listed")]
Everything = Annotated[bool, typer.Option("--all", help="all that is parked, of a --kind")]


@app.command("list")
@spread
def list_parked(
    place: Place,
    function: Function = None,
    kind: Kind = None,
    state: Annotated[str | None, typer.Option(help="parked, discarded or cured")] = None,
) -> None:
    """List what HubSpot refused, oldest first, with its reason."""
    _run(place, function, "list", None, kind=kind, state=state)


@app.command("retry")
@spread
def retry_parked(
    place: Place,
    records: Records = None,
    function: Function = None,
    kind: Kind = None,
    everything: Everything = False,  # noqa: FBT002 - a flag of the command line
) -> None:
    """Have records pushed again, once what HubSpot refused them for is mended."""
    _run(place, function, "retry", records, kind=kind, everything=everything)


@app.command("discard")
@spread
def discard_parked(
    place: Place,
    records: Records = None,
    function: Function = None,
    kind: Kind = None,
    everything: Everything = False,  # noqa: FBT002 - a flag of the command line
) -> None:
    """Say that records need not land: they are no longer listed, counted or alarmed of."""
    _run(place, function, "discard", records, kind=kind, everything=everything)


def _run(
    place: Place,
    function: str | None,
    action: str,
    records: list[str] | None,
    *,
    kind: str | None,
    state: str | None = None,
    everything: bool = False,
) -> None:
    name, tenant = place.function(function, "hubspot_parked_function")
    shown, done = parked.run(
        place.target().session(),
        name,
        tenant,
        action,
        records or (),
        state=state,
        kind=kind,
        everything=everything,
    )
    show(shown)
    if not done:
        raise typer.Exit(1)
