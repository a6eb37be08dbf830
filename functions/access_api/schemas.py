"""What the routes of API keys take; which of it makes a key is said in `core.access.keys`."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from access_api.answers import KeyOut, KeysOut, NewKeyOut
from core.access.keys import MAX_NAME, MAX_NETWORKS, MAX_OVERLAP_SECONDS
from core.web.body import Body
from core.web.text import Moment

MAX_SCOPES = 50

Name = Annotated[str, StringConstraints(min_length=1, max_length=MAX_NAME, strip_whitespace=True)]
Scope = Annotated[str, StringConstraints(max_length=64)]
Network = Annotated[
    str, StringConstraints(max_length=43), Field(examples=["203.0.113.0/24", "2001:db8::/48"])
]
Scopes = Annotated[tuple[Scope, ...], Field(max_length=MAX_SCOPES)]


class KeyIn(Body):
    """A key to be made. `vends` is what its sessions may do; from `networks` alone it is good."""

    name: Name
    scopes: Annotated[Scopes, Field(min_length=1)]
    vends: Scopes = ()
    expires_at: Moment | None = None
    networks: Annotated[tuple[Network, ...], Field(max_length=MAX_NETWORKS)] = ()


class RotationIn(Body):
    """For how long the old key stays good beside the new one."""

    overlap_seconds: Annotated[int, Field(ge=0, le=MAX_OVERLAP_SECONDS)]


class Nothing(Body):
    """The body of a call that says everything in its path."""


BODIES: dict[str, type[BaseModel]] = {"create_key": KeyIn, "rotate_key": RotationIn}
ANSWERS: dict[str, dict[int, type[BaseModel]]] = {
    "list_keys": {200: KeysOut},
    "create_key": {201: NewKeyOut},
    "get_key": {200: KeyOut},
    "rotate_key": {201: NewKeyOut},
    "revoke_key": {200: KeyOut},
}
