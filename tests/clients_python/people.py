"""Who may call in these tests: registered roles, keys, and clients of an issuer."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import jwt
from botocore.credentials import Credentials
from cryptography.hazmat.primitives.asymmetric import ec

from core.access import apikey
from core.access.credential import Credential, RoleGrant
from core.access.keycheck import check_key
from core.access.principal import Kind, Proof
from core.errors import Unauthenticated
from core.ulids import Ulids
from tests.fakes.registry import FakeRegistry

if TYPE_CHECKING:
    from datetime import datetime

    from tests.clients_hubspot.signature import Received

ACCOUNT = "123456789012"
REGION = "eu-west-1"
AUDIENCE = "countersign"
ISSUER = "https://issuer.example.com"
ROLE = "hubspot-functions"
ALL = frozenset({"stock:read", "stock:write", "orders:read", "orders:place", "keys:manage"})


@dataclass(slots=True)
class Session:
    """A session that AWS knows."""

    credentials: Credentials
    role: str
    name: str = "test"
    ended: bool = False
    ends_at: datetime | None = None

    def is_over(self, now: datetime) -> bool:
        """Return whether it was ended, or has come to its end."""
        return self.ended or (self.ends_at is not None and now >= self.ends_at)


@dataclass(slots=True)
class People:
    """Everybody, and what they may do."""

    registry: FakeRegistry = field(default_factory=lambda: FakeRegistry(tenants={"main", "other"}))
    sessions: dict[str, Session] = field(default_factory=dict)
    issuer: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def role(self, name: str = ROLE, scopes: frozenset[str] = ALL) -> Credentials:
        """Register a role, and return credentials of a session of it."""
        self.registry.roles[ACCOUNT, name] = RoleGrant({"main": scopes})
        return self.session(name)

    def session(self, role: str, name: str = "test") -> Credentials:
        """Return credentials of a new session of a role, registered or not."""
        made = Credentials(f"ASIA{secrets.token_hex(8).upper()}", secrets.token_hex(20), "token//=")
        self.sessions[made.access_key] = Session(made, role, name)
        return made

    def key(self, tenant: str = "main", scopes: frozenset[str] = ALL, **more: Any) -> str:
        """Make a key."""
        key_id = Ulids().new()
        text = apikey.make(tenant, key_id, secrets.token_bytes(apikey.SECRET_BYTES))
        made = {"created_at": 1, "scopes": scopes, "digest": apikey.digest(text), **more}
        self.registry.credentials[tenant, key_id] = Credential(tenant, key_id, **made)
        return text

    def revoke(self, text: str) -> None:
        """Switch a key off."""
        name = apikey.read(text)
        assert name is not None
        held = self.registry.credentials[name.tenant, name.id]
        self.registry.credentials[name.tenant, name.id] = Credential(
            held.tenant, held.id, active=False, scopes=held.scopes, digest=held.digest
        )

    def token(self, *, lasts: int = 300, **claims: Any) -> str:
        """Sign a token of the issuer."""
        body = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": "portal",
            "tenant": "main",
            "scope": "stock:read",
        }
        return jwt.encode(
            {**body, "exp": int(time.time()) + lasts, **claims}, self.issuer, algorithm="ES256"
        )


def key_proof(people: People, request: Received) -> list[Proof]:
    """Return what an X-API-Key proves, [] without one; raise Unauthenticated with the reason."""
    text = request.headers.get("x-api-key")
    if text is None:
        return []
    now = int(time.time() * 1000)
    return [check_key(text, people.registry, source_ip="127.0.0.1", now=now)]


def token_proof(people: People, request: Received) -> list[Proof]:
    """Return what a bearer token proves, [] without one; raise Unauthenticated."""
    scheme, _, text = request.headers.get("authorization", "").partition(" ")
    if scheme != "Bearer":
        return []
    public = people.issuer.public_key()
    try:
        found = jwt.decode(text, public, ["ES256"], audience=AUDIENCE, issuer=ISSUER)
    except jwt.InvalidTokenError as error:
        raise _unknown(type(error).__name__) from error
    scopes = frozenset(found["scope"].split())
    who = f"client/{found['sub']}"
    return [Proof(Kind.TOKEN, who, who, found["tenant"], scopes, scopes)]


def _unknown(reason: str) -> Unauthenticated:
    return Unauthenticated("unauthenticated", "No valid credentials came.", internal=reason)
