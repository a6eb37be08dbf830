"""Tokens of an issuer that the deployment declares, served on this machine."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.access.scopes import SCOPES
from tests.support.issuer import SigningKey, compact

if TYPE_CHECKING:
    from tests.support.issuer import LocalIssuer

AUDIENCE = "countersign"
CLIENT = "portal"
VENDS = ("stock:read",)


def declared(port: int) -> dict[str, Any]:
    """Return the issuer as a deployment's setting: all scopes, for one tenant."""
    return {
        "id": f"https://127.0.0.1:{port}",
        "jwks_url": f"https://127.0.0.1:{port}/jwks.json",
        "algorithms": ["ES256"],
        "audiences": [AUDIENCE],
        "tenant": "main",
        "scopes": sorted(SCOPES),
        "clients": [{"id": CLIENT, "vends": list(VENDS)}],
    }


@dataclass(frozen=True, slots=True)
class Tokens:
    """Signs tokens with the key that the issuer publishes."""

    issuer: LocalIssuer
    key: SigningKey

    @classmethod
    def of(cls, issuer: LocalIssuer) -> Tokens:
        """Publish a new key."""
        key = SigningKey.make("e2e", "ES256")
        issuer.publish(key)
        return cls(issuer, key)

    def make(self, *scopes: str, **changed: Any) -> str:
        """Return a token of ten minutes for the client itself."""
        now = int(time.time())
        claims = {
            "iss": self.issuer.id,
            "aud": AUDIENCE,
            "sub": CLIENT,
            "client_id": CLIENT,
            "scope": " ".join(scopes),
            "iat": now,
            "exp": now + 600,
        } | changed
        header = {"alg": "ES256", "typ": "at+jwt", "kid": self.key.kid}
        return compact(header, claims, self.key.sign)
