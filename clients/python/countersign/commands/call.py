"""`countersign call METHOD PATH`: one call, its answer printed."""

from __future__ import annotations

import json
import sys
import uuid
from typing import Annotated

import typer

from countersign.commands.options import Place
from countersign.commands.proofs import Caller
from countersign.commands.spread import spread
from countersign.errors import SettingsError


@spread
def call(
    method: Annotated[str, typer.Argument(help="GET, PUT, POST …")],
    path: Annotated[str, typer.Argument(help="for example /v1/stock/MUG-1")],
    place: Place,
    caller: Caller,
    data: Annotated[str | None, typer.Option("-d", "--data", help="the JSON body")] = None,
    key: Annotated[
        str | None, typer.Option(help="the Idempotency-Key (a new one for each POST by default)")
    ] = None,
) -> None:
    """Make one call and print its answer."""
    body = parsed(data)
    key = key or (str(uuid.uuid4()) if method.upper() == "POST" else None)
    with caller.client(place) as client:
        answer = client.call(method.upper(), path, body, key)
    print(f"{answer.status}", file=sys.stderr)
    print(json.dumps(answer.body, indent=2, ensure_ascii=False))


def parsed(data: str | None) -> object:
    """Return the body that was typed as JSON, None for none; raise SettingsError."""
    try:
        return None if data is None else json.loads(data)
    except json.JSONDecodeError as error:
        raise SettingsError(f"--data is not JSON: {error}") from None
