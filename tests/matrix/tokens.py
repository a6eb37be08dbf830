"""Good tokens, and each attack of the matrix: a token that is wrong in exactly one place."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives import serialization

from tests.support.issuer import SigningKey, b64, compact

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.issuer import LocalIssuer

AUDIENCE = "https://api.example.com"
CLIENT = "matrix"
"""Begins a client's id; the port of its issuer ends it."""

BOUND = "ann"
"""The subject of a portal's user who is bound to a customer."""


@dataclass(frozen=True)
class Mint:
    """An issuer that the deployment trusts, another one that it trusts too, and their keys.

    `signing` is published by `issuer`; `rsa` too, as are `small` (1,024 bits) and `encryption`.
    `stranger` is published by nobody, `elsewhere` by `other` alone, under its own kid.
    """

    issuer: LocalIssuer
    other: LocalIssuer
    signing: SigningKey
    rsa: SigningKey
    small: SigningKey
    encryption: SigningKey
    stranger: SigningKey
    elsewhere: SigningKey

    @classmethod
    def publish(cls, issuer: LocalIssuer, other: LocalIssuer) -> Mint:
        """Make the keys and publish them."""
        mint = cls(
            issuer,
            other,
            SigningKey.make("signing", "ES256"),
            SigningKey.make("rsa", "RS256"),
            SigningKey.make("small", "RS256", bits=1024),
            SigningKey.make("encryption", "ES256"),
            SigningKey.make("signing", "ES256"),
            SigningKey.make("elsewhere", "ES256"),
        )
        issuer.publish(mint.signing, mint.rsa, mint.small, mint.encryption.jwk(use="enc"))
        other.publish(mint.elsewhere)
        return mint

    def good(self, scopes: str, **claims: Any) -> str:
        """Return a token that holds these scopes."""
        return compact(self.header(), self.claims(scopes, **claims), self.signing.sign)

    @property
    def client(self) -> str:
        """The client that the tokens are made out to."""
        return f"{CLIENT}{self.issuer.id.rsplit(':', 1)[1]}"

    def header(self, key: SigningKey | None = None, **more: Any) -> dict[str, Any]:
        """Return the header of a token signed with `key`."""
        chosen = key or self.signing
        return {"alg": chosen.algorithm, "kid": chosen.kid, "typ": "at+jwt"} | more

    def claims(self, scopes: str, **changed: Any) -> dict[str, Any]:
        """Return the claims of a good token, changed."""
        now = int(time.time())
        return {
            "iss": self.issuer.id,
            "sub": self.client,
            "aud": AUDIENCE,
            "iat": now - 5,
            "exp": now + 600,
            "client_id": self.client,
            "tenant": "matrix",
            "scope": scopes,
        } | changed


def _signed(mint: Mint, scopes: str, key: SigningKey | None = None, **header: Any) -> str:
    chosen = key or mint.signing
    return compact(mint.header(chosen, **header), mint.claims(scopes), chosen.sign)


def _none(mint: Mint, scopes: str) -> str:
    return f"{b64(mint.header(alg='none'))}.{b64(mint.claims(scopes))}."


def _confused(mint: Mint, scopes: str) -> str:
    secret = mint.rsa.private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return compact(
        mint.header(mint.rsa, alg="HS256"),
        mint.claims(scopes),
        lambda data: hmac.new(secret, data, hashlib.sha256).digest(),
    )


def _carried(name: str) -> Callable[[Mint, str], str]:
    def made(mint: Mint, scopes: str) -> str:
        url = f"{mint.other.id}/evil.json"
        value = mint.stranger.jwk() if name == "jwk" else url
        return _signed(mint, scopes, mint.stranger, **{name: value})

    return made


def _doubled(mint: Mint, scopes: str) -> str:
    whole = json.dumps(mint.claims(scopes))
    return compact(mint.header(), whole[:-1] + ', "tenant": "matrix"}', mint.signing.sign)


def _nested(mint: Mint, scopes: str) -> str:
    header = {"alg": "dir", "enc": "A128GCM", "cty": "JWT", "kid": mint.signing.kid}
    return ".".join([b64(header), "", b64(bytes(12)), b64(_signed(mint, scopes)), b64(bytes(16))])


def _claimed(**changed: int | str) -> Callable[[Mint, str], str]:
    def made(mint: Mint, scopes: str) -> str:
        now = int(time.time())
        moved = {n: now + v if isinstance(v, int) else v for n, v in changed.items()}
        return mint.good(scopes, **moved)

    return made


def _altered(mint: Mint, scopes: str) -> str:
    head, _, signature = mint.good("stock:read").split(".")
    return f"{head}.{b64(mint.claims(scopes + ' stock:read'))}.{signature}"


ATTACKS: dict[str, Callable[[Mint, str], str]] = {
    "alg none": _none,
    "HS256 with the public key": _confused,
    "jwk in the header": _carried("jwk"),
    "jku in the header": _carried("jku"),
    "x5u in the header": _carried("x5u"),
    "kid of nobody": lambda m, s: _signed(m, s, kid="../../dev/null"),
    "kid of another issuer": lambda m, s: _signed(m, s, m.elsewhere),
    "crit": lambda m, s: _signed(m, s, crit=["exp"], exp=1),
    "b64 false": lambda m, s: _signed(m, s, b64=False, crit=["b64"]),
    "a member twice": _doubled,
    "r and s zero": lambda m, s: compact(m.header(), m.claims(s), lambda _: bytes(64)),
    "padded base64url": lambda m, s: m.good(s) + "==",
    "stray characters": lambda m, s: m.good(s).replace(".", ".%", 1),
    "a key for encryption": lambda m, s: _signed(m, s, m.encryption),
    "RSA of 1024 bits": lambda m, s: _signed(m, s, m.small),
    "an id token": lambda m, s: _signed(m, s, typ="id+jwt"),
    "a nested JWE": _nested,
    "expired": _claimed(iat=-1200, exp=-600),
    "not yet valid": _claimed(nbf=300),
    "lives too long": _claimed(exp=400_000),
    "another audience": _claimed(aud="https://elsewhere.example.com"),
    "another issuer": _claimed(iss="https://issuer.example.com"),
    "claims changed": _altered,
}
"""Attack → a token of these scopes; the names are those of `tests.matrix.ways.JWT_ATTACKS`."""
