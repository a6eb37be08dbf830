"""What came with a call in its headers, and what each part of it proves.

Whatever is presented must hold: a good key does not make up for a bad token, nor the other way
round. The token comes first, since it names the caller.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Protocol

from core.access.keycheck import KeyRefused, check_key
from core.access.token import TokenRefused
from core.access.tokencheck import check_token
from core.errors import Unauthenticated
from core.routes import API_KEY_HEADER
from core.web import headers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.access.credential import Registry
    from core.access.principal import Proof
    from core.access.token import Verified

_BEARER = re.compile(r"bearer +(?P<token>[A-Za-z0-9._~+/-]+=*)", re.IGNORECASE)
"""RFC 6750, 2.1; the scheme's case does not matter (RFC 9110, 11.1)."""


class TokenVerifier(Protocol):
    """Who verifies bearer tokens: `core.tokens.verifier.TokenVerifier`."""

    def verify(self, text: str) -> Verified:
        """Return what a token proves; `TokenRefused`, or `KeysUnavailable` when nobody can tell."""
        ...


class NothingPresented(Unauthenticated):
    """The call came with neither key nor token."""

    reason = "nothing_presented"

    def __init__(self) -> None:
        """Say so."""
        super().__init__("unauthenticated", "The credentials are not valid.", internal=self.reason)


def proofs(
    event: Mapping[str, Any], registry: Registry, tokens: TokenVerifier, now: int
) -> tuple[Proof, ...]:
    """Return the proofs of a call: token, then key.

    `NothingPresented`, `TokenRefused` or `KeyRefused` when there is none or one does not hold.
    """
    authorization = headers.values(event, "Authorization")
    keys = headers.values(event, API_KEY_HEADER)
    if not authorization and not keys:
        raise NothingPresented
    if len(authorization) > 1:
        raise TokenRefused("repeated")
    if len(keys) > 1:
        raise KeyRefused("key_repeated")
    source_ip = (event["requestContext"].get("identity") or {}).get("sourceIp") or ""
    shown = [check_token(tokens.verify(_token(text)), registry) for text in authorization]
    shown += [check_key(text, registry, source_ip=source_ip, now=now) for text in keys]
    return tuple(shown)


def _token(authorization: str) -> str:
    found = _BEARER.fullmatch(authorization)
    if found is None:
        raise TokenRefused("scheme")
    return found["token"]
