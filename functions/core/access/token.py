"""A signed token as it arrives: a compact JWS, read to the letter before any cryptography.

Rules of RFC 7515 (JWS), RFC 7519 (JWT) and RFC 8725 (their best current practices). Each refusal
has a reason for the log; whoever is refused hears the same sentence for all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.access.issuer import is_text
from core.access.jose import base64url, json_object
from core.errors import Unauthenticated, Unavailable

if TYPE_CHECKING:
    from core.access.issuer import Issuer

MAX_LENGTH = 8_192
"""Characters of a token; API Gateway takes 10,240 bytes of headers in all."""

MAX_KEY_ID = 128

FORBIDDEN_HEADERS = {
    "crit": "crit",  # we know no extension, so each critical one must be refused (7515, 4.1.11)
    "b64": "b64",  # RFC 7797: another way to read the payload
    "jwk": "key_in_token",
    "jku": "key_in_token",
    "x5u": "key_in_token",
    "x5c": "key_in_token",
    "zip": "encrypted",
    "enc": "encrypted",
    "epk": "encrypted",
    "cty": "nested",  # RFC 7519, 5.2: only there to say that a JWT is inside
}
"""Header members whose presence refuses a token, and the reason that is logged."""

_REPLICATED = ("iss", "sub", "aud")
_PARTS, _PARTS_OF_JWE = 3, 5


class TokenRefused(Unauthenticated):
    """The token proves nothing (401); `reason` is a stable word for the log, not the answer."""

    def __init__(self, reason: str, internal: str = "") -> None:
        """Keep the reason."""
        said = f"token refused: {reason}" + (f": {internal}" if internal else "")
        super().__init__("unauthenticated", "The credentials are not valid.", internal=said)
        self.reason = reason


class KeysUnavailable(Unavailable):
    """The issuer's keys cannot be had now, so nothing can be said about the token (500)."""

    def __init__(self, internal: str) -> None:
        """Keep what went wrong."""
        super().__init__("keys_unavailable", "Try again later.", internal=internal)


@dataclass(frozen=True, slots=True)
class Verified:
    """What a token proves, within its issuer's bounds. Times are epoch ms.

    `client` is empty when the token names none. `scopes` is what the token may do
    itself, `vends` what sessions vended for its client may do. `leeway` is how far its issuer's
    clock may be from ours.
    """

    issuer: str
    tenant: str
    client: str
    subject: str
    scopes: frozenset[str]
    vends: frozenset[str]
    issued_at: int
    expires_at: int
    leeway: int = 0

    @property
    def surely_issued(self) -> int:
        """The earliest that it can have been issued, for an incident: its issuer may be ahead."""
        return self.issued_at - self.leeway


@dataclass(frozen=True, slots=True)
class Unverified:
    """A well-formed token that nobody has vouched for yet."""

    text: str
    header: dict[str, Any]
    claims: dict[str, Any]
    signature: bytes
    algorithm: str
    key_id: str
    issuer: str


def read(text: str) -> Unverified:
    """Read a compact JWS; `TokenRefused` for everything that RFC 7515 or 7519 does not allow."""
    if len(text) > MAX_LENGTH:
        raise TokenRefused("too_long")
    parts = text.split(".")
    if len(parts) == _PARTS_OF_JWE:
        raise TokenRefused("encrypted")
    if len(parts) != _PARTS:
        raise TokenRefused("malformed")
    header = _object(parts[0], "header")
    _refuse_headers(header)
    claims = _object(parts[1], "claims")
    for name in _REPLICATED:
        if name in header and header[name] != claims.get(name):
            raise TokenRefused("header_contradicts_claims")
    if not is_text(claims.get("iss")):
        raise TokenRefused("issuer_malformed")
    signature = _bytes(parts[2], "signature")
    return Unverified(text, header, claims, signature, header["alg"], header["kid"], claims["iss"])


def check_header(token: Unverified, issuer: Issuer) -> None:
    """Refuse an algorithm or a type that is not the issuer's (RFC 8725, 3.1 and 3.11)."""
    if issuer.id != token.issuer:
        raise TokenRefused("issuer_unknown")
    if token.algorithm not in issuer.algorithms:
        raise TokenRefused("alg_not_allowed")
    kind = token.header.get("typ", "")
    if not isinstance(kind, str) or ("typ" in token.header and not kind.isascii()):
        raise TokenRefused("typ_not_allowed")
    if kind.lower().removeprefix("application/") not in issuer.token_types:
        raise TokenRefused("typ_not_allowed")


def _refuse_headers(header: dict[str, Any]) -> None:
    for name, reason in FORBIDDEN_HEADERS.items():
        if name in header:
            raise TokenRefused(reason)
    if not is_text(header.get("alg"), 16):
        raise TokenRefused("alg_not_allowed")
    key_id = header.get("kid")
    if not is_text(key_id, MAX_KEY_ID) or not isinstance(key_id, str) or not key_id.isascii():
        raise TokenRefused("kid_malformed")


def _object(part: str, name: str) -> dict[str, Any]:
    try:
        return json_object(_bytes(part, name))
    except ValueError as error:
        raise TokenRefused(f"{name}_malformed", type(error).__name__) from error


def _bytes(part: str, name: str) -> bytes:
    try:
        return base64url(part)
    except ValueError as error:
        raise TokenRefused(f"{name}_malformed") from error
