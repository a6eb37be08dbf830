"""As whom a command calls: the options for it, and where secrets are read from."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from countersign.client import Client
from countersign.commands.options import RoleArn  # noqa: TC001 - `spread` evaluates a field's type
from countersign.errors import SettingsError
from countersign.flavours import ClientCredentials, Key, Layered, Signed, Token
from countersign.vending import vended

if TYPE_CHECKING:
    from countersign.commands.options import Place
    from countersign.flavours import Flavour
    from countersign.target import Target

API_KEY = "COUNTERSIGN_API_KEY"
VENDING_KEY = "COUNTERSIGN_VENDING_KEY"
TOKEN = "COUNTERSIGN_TOKEN"  # noqa: S105 - the name of a variable
CLIENT_SECRET = "COUNTERSIGN_CLIENT_SECRET"  # noqa: S105 - the name of a variable

Way = Literal["signed", "vended", "key", "token", "signed+key", "vended+key", "token+key"]

_STDIN = Path("-")
_NO_ARGUMENT = "never an argument, which every process of this machine can read"


@dataclass(frozen=True, slots=True)
class Secrets:
    """Keys and tokens, and where they are read from."""

    api_key_file: Annotated[
        Path | None,
        typer.Option(help=f"holds the API key (- for stdin), else {API_KEY}; {_NO_ARGUMENT}"),
    ] = None
    vending_key_file: Annotated[
        Path | None,
        typer.Option(help=f"vended: the key that vends, else {VENDING_KEY}, else the API key"),
    ] = None
    token_file: Annotated[
        Path | None, typer.Option(help=f"token: holds the bearer token, else {TOKEN}")
    ] = None
    token_endpoint: Annotated[
        str | None, typer.Option(help="token: where to fetch one with client credentials")
    ] = None
    client_id: Annotated[
        str | None, typer.Option(help=f"token: of the client, whose secret is {CLIENT_SECRET}")
    ] = None

    def vending(self, target: Target, *, alone: bool = True) -> Key | Token:
        """Return what vends: a key of its own, a token, or the only key that there is."""
        text = _secret(self.vending_key_file, VENDING_KEY)
        if text is not None:
            return Key(text)
        if self.token_file or self.token_endpoint or TOKEN in os.environ:
            return self.token(target)
        if not alone:
            raise SettingsError(f"two keys are needed: {VENDING_KEY} vends, {API_KEY} is the other")
        return self.key()

    def key(self) -> Key:
        """Return the API key."""
        text = _secret(self.api_key_file, API_KEY)
        if text is None:
            raise SettingsError(f"no API key: set {API_KEY}, or name --api-key-file")
        return Key(text)

    def token(self, target: Target) -> Token:
        """Return the token, or what fetches one."""
        if self.token_endpoint is None:
            text = _secret(self.token_file, TOKEN)
            if text is None:
                raise SettingsError(f"no token: set {TOKEN}, or name --token-file")
            return Token(text)
        secret = os.environ.get(CLIENT_SECRET)
        if self.client_id is None or not secret:
            raise SettingsError(f"--token-endpoint needs --client-id and {CLIENT_SECRET}")
        return Token(
            ClientCredentials(
                self.token_endpoint, self.client_id, secret, ca_bundle=target.aws_ca_bundle
            )
        )


@dataclass(frozen=True, slots=True)
class Caller(Secrets):
    """The ways of proving who calls."""

    way: Annotated[
        Way, typer.Option("--as", help="how to prove who calls; `+key` adds a second proof")
    ] = "signed"
    role_arn: RoleArn = None

    def client(self, place: Place) -> Client:
        """Return a client that calls as this caller."""
        target = place.target(self.role_arn)
        return Client(target, flavour=self.flavour(target))

    def flavour(self, target: Target) -> Flavour:
        """Return what proves who calls; raise SettingsError for what is missing."""
        way, _, second = self.way.partition("+")
        match way:
            case "key":
                return self.key()
            case "token":
                first: Signed | Token = self.token(target)
            case "vended":
                self._needs_signed_door(target)
                first = vended(target, self.vending(target, alone=not second))
            case _:
                self._needs_signed_door(target)
                first = Signed(target.region, target.credentials())
        return Layered(first, self.key()) if second else first

    def _needs_signed_door(self, target: Target) -> None:
        if not target.url or not target.region:
            raise SettingsError(f"--as {self.way} needs --url and --region of the signed door")


def _secret(file: Path | None, variable: str) -> str | None:
    """Return a secret's text without the line's end, None where there is none."""
    if file == _STDIN:
        text = sys.stdin.readline()
    elif file is not None:
        text = file.read_text(encoding="utf-8")
    else:
        text = os.environ.get(variable, "")
    return text.strip() or None
