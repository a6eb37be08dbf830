"""`countersign incident …`: ends what was issued, when something has leaked."""

from __future__ import annotations

from typing import Annotated

import typer

from countersign.administration import Administration
from countersign.commands.options import Place
from countersign.commands.showing import show
from countersign.commands.spread import spread

app = typer.Typer(
    help="End keys, sessions and tokens that were issued, with the deployer's AWS credentials.",
    no_args_is_help=True,
)

Function = Annotated[str | None, typer.Option(help="the stack's output AccessAdminFunction")]
Reason = Annotated[str, typer.Option(help="for the audit")]
PRINCIPAL = "key/<id>, client/<id>, hubspot-user/<id>, role/<account>/<name>; needs --tenant"


@app.command()
@spread
def revoke(
    place: Place,
    principal: Annotated[str | None, typer.Option(help=PRINCIPAL)] = None,
    reason: Reason = "",
    function: Function = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help="of every tenant")] = False,
) -> None:
    """End within 60 seconds what was issued until now: to a --principal, a --tenant, or to --all.

    Keys, the sessions that they vended, and tokens by their time of issue. A role is shut out until
    it is restored.
    """
    if everything == bool(place.tenant) or (principal and not place.tenant):
        raise typer.BadParameter("name --tenant, --principal with its --tenant, or --all")
    show(_of(place, function).revoke(tenant=place.tenant, principal=principal, reason=reason))


@app.command()
@spread
def restore(
    place: Place,
    principal: Annotated[str, typer.Option(help="role/<account>/<name>; needs --tenant")],
    reason: Reason = "",
    function: Function = None,
) -> None:
    """Let a registered role in again. Keys and tokens are never restored: make new ones."""
    if not place.tenant:
        raise typer.BadParameter("name the --tenant, too")
    show(_of(place, function).restore(place.tenant, principal, reason))


@app.command()
@spread
def status(place: Place, function: Function = None) -> None:
    """List what was ended, and from when on what is issued counts; --tenant for one tenant's."""
    show(_of(place, function).status(place.tenant))


def _of(place: Place, function: str | None) -> Administration:
    name = function or place.output("access_admin_function")
    return Administration(place.target().session(), name)
