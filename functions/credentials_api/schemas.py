"""What the route of credentials takes."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from core.web.body import Body
from credentials_api.answers import CredentialsOut

MAX_SCOPES = 50
"""More than there are; what a session can hold is told by the policy's length."""

Scope = Annotated[str, StringConstraints(pattern=r"^[a-z]+:[a-z]+$", max_length=64)]


class VendIn(Body):
    """Which scopes the session shall hold; all that the credential vends when left out."""

    scopes: Annotated[tuple[Scope, ...], Field(min_length=1, max_length=MAX_SCOPES)] | None = None


BODIES: dict[str, type[BaseModel]] = {"vend_credentials": VendIn}
ANSWERS: dict[str, dict[int, type[BaseModel]]] = {"vend_credentials": {201: CredentialsOut}}
