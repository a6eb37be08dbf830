"""`countersign hubspot reconcile …`: compare both sides now, or see how it went."""

from __future__ import annotations

from typing import Annotated

import typer

from countersign import reconcile
from countersign.commands.options import Place
from countersign.commands.showing import show
from countersign.commands.spread import spread

app = typer.Typer(help="Compare what Countersign holds with what HubSpot shows.")

Function = Annotated[str | None, typer.Option(help="the stack's output HubspotReconcileFunction")]
OUTPUT = "hubspot_reconcile_function"


@app.callback(invoke_without_command=True)
@spread
def start(
    context: typer.Context,
    place: Place,
    function: Function = None,
    full: Annotated[bool, typer.Option("--full", help="all, not only what changed")] = False,  # noqa: FBT002 - a flag of the command line
) -> None:
    """Begin a run and return at once; differences are mended as it goes."""
    if context.invoked_subcommand is None:
        name, tenant = place.function(function, OUTPUT)
        show(reconcile.start(place.target().session(), name, tenant, full=full))


@app.command("status")
@spread
def show_status(place: Place, function: Function = None) -> None:
    """Show how far a run is, and what the last ones found."""
    name, tenant = place.function(function, OUTPUT)
    show(reconcile.status(place.target().session(), name, tenant))
