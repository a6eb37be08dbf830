"""Names of the role sessions that we vend: a pointer to a credential, never an authority.

    cs1.<tenant>.<credential>.<issued>
    4    ≤ 16     ≤ 26         8 hex      at most 56 of STS's 64 characters

A session's name is chosen by whoever assumes the role. It means something only for the vended role,
whose trust policy lets our vending function alone assume it, and there it only says which
credential to load. None of the parts may hold a dot.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.ids import TENANT

MAX_LENGTH = 64
"""STS's limit for RoleSessionName."""

CREDENTIAL = re.compile(r"[0-9a-z]{1,26}")
"""A credential's id: the vending key's or the JWT client's."""

_NAME = re.compile(
    rf"cs1\.(?P<tenant>{TENANT.pattern})\.(?P<credential>{CREDENTIAL.pattern})\.(?P<issued>[0-9a-f]{{8}})"
)


@dataclass(frozen=True, slots=True)
class SessionName:
    """The parts of a vended session's name; `issued` is in epoch seconds."""

    tenant: str
    credential: str
    issued: int

    def __str__(self) -> str:
        """Write the name as STS is given it."""
        return f"cs1.{self.tenant}.{self.credential}.{self.issued:08x}"


def session_name(tenant: str, credential: str, issued: int) -> SessionName:
    """Make a name; ValueError when a part does not fit the format."""
    made = SessionName(tenant, credential, issued)
    if parse(str(made)) != made:
        raise ValueError(f"not a session name: {made}")
    return made


def parse(name: str) -> SessionName | None:
    """Read a session's name; None when it is not one of ours."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    return SessionName(found["tenant"], found["credential"], int(found["issued"], 16))
