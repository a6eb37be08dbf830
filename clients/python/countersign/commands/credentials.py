"""`countersign credentials`: short-lived AWS credentials for the signed door."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import typer

from countersign.commands.options import Place
from countersign.commands.proofs import Secrets
from countersign.commands.showing import show
from countersign.commands.spread import spread
from countersign.vending import vend

_VARIABLES = {
    "AWS_ACCESS_KEY_ID": "access_key_id",
    "AWS_SECRET_ACCESS_KEY": "secret_access_key",
    "AWS_SESSION_TOKEN": "session_token",
}


@spread
def credentials(
    place: Place,
    secrets: Secrets,
    scope: Annotated[
        list[str] | None, typer.Option(help="hold these alone; repeat for several")
    ] = None,
    form: Annotated[
        Literal["json", "env", "process"],
        typer.Option("--format", help="env: for a shell; process: for AWS's credential_process"),
    ] = "json",
) -> None:
    """Take 15-minute credentials for the signed door, for a key or a token.

    They are printed: send them where no one looks over your shoulder.
    """
    target = place.target()
    body = vend(target, secrets.vending(target), scope or ()).body
    match form:
        case "env":
            for variable, name in _VARIABLES.items():
                print(f"export {variable}='{body[name]}'")
        case "process":
            show(_for_process(body))
        case _:
            show(body)


def _for_process(body: dict[str, Any]) -> dict[str, Any]:
    """Return what `credential_process` of an AWS profile has to print."""
    return {
        "Version": 1,
        "AccessKeyId": body["access_key_id"],
        "SecretAccessKey": body["secret_access_key"],
        "SessionToken": body["session_token"],
        "Expiration": body["expires_at"],
    }
