"""`countersign hubspot …`: what a deployer does to the HubSpot portal."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from countersign.commands.options import Place
from countersign.commands.spread import spread
from countersign.hubspot import provision

app = typer.Typer(help="Prepare the HubSpot portal.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Prepare the HubSpot portal."""


@app.command("provision")
@spread
def provision_portal(
    place: Place,
    function: Annotated[
        str | None, typer.Option(help="the stack's output HubspotProvisionFunction")
    ] = None,
) -> None:
    """Make the custom properties in the portal; may be run again at any time."""
    name, tenant = place.function(function, "hubspot_provision_function")
    print(json.dumps(provision(place.target().session(), name, tenant), indent=2))
