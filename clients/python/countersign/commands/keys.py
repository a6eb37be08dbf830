"""`countersign keys …`: a tenant's API keys."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from countersign.administration import Administration
from countersign.commands.options import Place
from countersign.commands.proofs import Caller, Way
from countersign.commands.showing import new_file, show, show_once
from countersign.commands.spread import spread
from countersign.keys import Keys

app = typer.Typer(help="API keys of a tenant.", no_args_is_help=True)

Scopes = Annotated[
    list[str] | None, typer.Option("--scope", help="what it may do; repeat for several")
]
Vends = Annotated[
    list[str] | None, typer.Option("--vend", help="what its sessions may do; repeat for several")
]
KeyFile = Annotated[
    Path | None, typer.Option(help="a new file for the key, which is then not printed")
]
KeyId = Annotated[str, typer.Argument(help="its id (`countersign keys list`)")]


@dataclass(frozen=True, slots=True)
class Manager(Caller):
    """A caller with two proofs, as these routes want."""

    way: Annotated[
        Way, typer.Option("--as", help="how to prove who calls; these routes want two proofs")
    ] = "signed+key"


@app.command()
@spread
def bootstrap(
    place: Place,
    name: Annotated[str | None, typer.Option(help="what it is for")] = None,
    scope: Scopes = None,
    vend: Vends = None,
    expires_in_days: Annotated[int | None, typer.Option(help="90 unless told")] = None,
    key_file: KeyFile = None,
    function: Annotated[
        str | None, typer.Option(help="the stack's output AccessAdminFunction")
    ] = None,
) -> None:
    """Make a tenant's first key with the deployer's AWS credentials; once per tenant."""
    function, tenant = place.function(function, "access_admin_function")
    with new_file(key_file) as file:
        made = Administration(place.target().session(), function).bootstrap(
            tenant, name=name, scopes=scope or (), vends=vend or (), expires_in_days=expires_in_days
        )
        show_once(made, file)


@app.command()
@spread
def create(
    name: Annotated[str, typer.Argument(help="what it is for")],
    place: Place,
    manager: Manager,
    scope: Scopes = None,
    vend: Vends = None,
    expires_at: Annotated[str | None, typer.Option(help="RFC 3339; 90 days unless told")] = None,
    network: Annotated[
        list[str] | None, typer.Option(help="the only CIDR it is good from; repeat for several")
    ] = None,
    key_file: KeyFile = None,
) -> None:
    """Make a key. It can hold no more than its maker does."""
    with new_file(key_file) as file, manager.client(place) as client:
        made = Keys(client).create(
            name, scope or (), vend or (), expires_at=expires_at, networks=network or ()
        )
        show_once(made, file)


@app.command("list")
@spread
def list_keys(
    place: Place,
    manager: Manager,
    prefix: Annotated[str, typer.Option(help="how their text begins: csk_<tenant>_…")] = "",
) -> None:
    """List the keys, without what would let anybody in."""
    with manager.client(place) as client:
        show(list(Keys(client).list(prefix)))


@app.command()
@spread
def rotate(
    key_id: KeyId,
    place: Place,
    manager: Manager,
    overlap_seconds: Annotated[
        int, typer.Option(help="for how long the old one stays good: 0 to 604800")
    ],
    key_file: KeyFile = None,
) -> None:
    """Make the key that takes another's place."""
    with new_file(key_file) as file, manager.client(place) as client:
        show_once(Keys(client).rotate(key_id, overlap_seconds), file)


@app.command()
@spread
def revoke(key_id: KeyId, place: Place, manager: Manager) -> None:
    """End a key, and the sessions that it vended, within 60 seconds."""
    with manager.client(place) as client:
        show(Keys(client).revoke(key_id))
