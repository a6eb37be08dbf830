"""Names of the role sessions that we vend: a pointer to a credential, never an authority.

    cs1.<tenant>.<credential>.<issued>.<scopes>
    4    ≤ 16     ≤ 26         8 hex   ≤ 7 hex     at most STS's 64 characters

A session's name is chosen by whoever assumes the role. It means something only for the vended role,
whose trust policy lets our vending function alone assume it, and there it only says which
credential to load and what the session's policy left of that. None of the parts may hold a dot.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.access.scopes import PATTERNS
from core.ids import TENANT

MAX_LENGTH = 64
"""STS's limit for RoleSessionName."""

CREDENTIAL = re.compile(r"[0-9a-z]{1,26}")
"""A credential's id: the vending key's or the JWT client's."""

_NAME = re.compile(
    rf"cs1\.(?P<tenant>{TENANT.pattern})\.(?P<credential>{CREDENTIAL.pattern})\.(?P<issued>[0-9a-f]{{8}})"
    r"(?:\.(?P<scopes>[1-9a-f][0-9a-f]{0,6}))?"
)
_BITS = {scope: 1 << place for place, scope in enumerate(PATTERNS)}


@dataclass(frozen=True, slots=True)
class SessionName:
    """The parts of a vended session's name; `issued` is in epoch seconds.

    `scopes` are those that its policy was made of, None for all that the credential vends.
    """

    tenant: str
    credential: str
    issued: int
    scopes: frozenset[str] | None = None

    def __str__(self) -> str:
        """Write the name as STS is given it."""
        name = f"cs1.{self.tenant}.{self.credential}.{self.issued:08x}"
        if self.scopes is None:
            return name
        return f"{name}.{sum(_BITS.get(scope, 0) for scope in self.scopes):x}"


def session_name(
    tenant: str, credential: str, issued: int, scopes: frozenset[str] | None = None
) -> SessionName:
    """Make a name; ValueError when a part does not fit the format."""
    made = SessionName(tenant, credential, issued, scopes)
    if parse(str(made)) != made:
        raise ValueError(f"not a session name: {made}")
    return made


def parse(name: str) -> SessionName | None:
    """Read a session's name; None when it is not one of ours."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    scopes = None
    if found["scopes"] is not None:
        bits = int(found["scopes"], 16)
        scopes = frozenset(scope for scope, bit in _BITS.items() if bits & bit)
    return SessionName(found["tenant"], found["credential"], int(found["issued"], 16), scopes)
