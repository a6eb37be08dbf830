"""Every way to come to a door: which proofs are presented, and what is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tests.matrix.routes import HUBSPOT, SIGNED, TOKEN


class Shown(StrEnum):
    """On what a cell is tried."""

    EMULATOR = "emulator"
    POLICY = "policy evaluation"


class Holds(StrEnum):
    """Which scopes a proof has, seen from the route that is called."""

    ALL = "every scope"
    OTHERS = "every scope but the route's"
    OWN = "every scope for one's own data, and no other"
    NONE = "no scope"


@dataclass(frozen=True, slots=True)
class Proof:
    """One thing that is presented. `faulty` proves nothing, whatever else it says.

    `bound` is a token of a portal's user who is a customer.
    """

    kind: str
    origin: str
    tenant: str = "main"
    holds: Holds = Holds.ALL
    faulty: bool = False
    bound: bool = False


@dataclass(frozen=True, slots=True)
class Way:
    """A door, what is presented there, and its name (`role: wrong secret`)."""

    door: str
    name: str
    proofs: tuple[Proof, ...] = ()
    shown: Shown = Shown.EMULATOR


ROLE = Proof("role", "role")
SESSION = Proof("session", "vending key")
KEY = Proof("key", "a key")
JWT = Proof("jwt", "client")
USER = Proof("user", "client", holds=Holds.OWN, bound=True)
SIGNATURE = Proof("signature", "hubspot")


def _faulty(door: str, proof: Proof, *defects: str, shown: Shown = Shown.EMULATOR) -> list[Way]:
    bad = Proof(proof.kind, proof.origin, faulty=True)
    return [Way(door, f"{proof.kind}: {defect}", (bad,), shown) for defect in defects]


def _beside(first: Proof, second: Proof, name: str, door: str) -> Way:
    return Way(door, f"{first.kind} + {name}", (first, second))


def _but(proof: Proof, **changed: object) -> Proof:
    kept = {"kind": proof.kind, "origin": proof.origin, "tenant": proof.tenant}
    return Proof(**{**kept, **changed})  # type: ignore[arg-type]  # a proof with some fields changed


JWT_ATTACKS = (
    "alg none",
    "HS256 with the public key",
    "jwk in the header",
    "jku in the header",
    "x5u in the header",
    "kid of nobody",
    "kid of another issuer",
    "crit",
    "b64 false",
    "a member twice",
    "r and s zero",
    "padded base64url",
    "stray characters",
    "a key for encryption",
    "RSA of 1024 bits",
    "an id token",
    "a nested JWE",
    "expired",
    "not yet valid",
    "lives too long",
    "another audience",
    "another issuer",
    "claims changed",
)
"""Each a token that some library would take."""

WAYS: tuple[Way, ...] = (
    Way(SIGNED, "nobody"),
    Way(SIGNED, "role", (ROLE,)),
    Way(SIGNED, "role: scope cut", (_but(ROLE, holds=Holds.OTHERS),)),
    *_faulty(
        SIGNED,
        ROLE,
        "not registered",
        "wrong secret",
        "wrong session token",
        "signed 20 minutes ago",
        "signed for in 20 minutes",
        "path changed",
        "query added",
        "header changed",
        "wrong tenant",
        "a user, not a role",
    ),
    *_faulty(SIGNED, ROLE, "foreign account", "trust by name only", shown=Shown.POLICY),
    *_faulty(SIGNED, Proof("jwt", "client"), "at the signed door"),
    *_faulty(SIGNED, Proof("key", "a key"), "alone at the signed door"),
    Way(SIGNED, "session", (SESSION,)),
    Way(SIGNED, "session: scope cut", (_but(SESSION, holds=Holds.OTHERS),)),
    *_faulty(SIGNED, SESSION, "of a revoked key", "wrong tenant"),
    _beside(ROLE, KEY, "key", SIGNED),
    _beside(SESSION, KEY, "key", SIGNED),
    _beside(SESSION, _but(KEY, origin=SESSION.origin), "its own key", SIGNED),
    _beside(SESSION, _but(KEY, origin=SESSION.origin), "its own key rotated", SIGNED),
    _beside(ROLE, _but(KEY, holds=Holds.OTHERS), "key without the scope", SIGNED),
    _beside(ROLE, _but(KEY, tenant="other"), "key of another tenant", SIGNED),
    _beside(ROLE, _but(KEY, faulty=True), "revoked key", SIGNED),
    _beside(ROLE, _but(KEY, faulty=True), "mistyped key", SIGNED),
    Way(TOKEN, "nobody"),
    Way(TOKEN, "key", (KEY,)),
    Way(TOKEN, "key: scope cut", (_but(KEY, holds=Holds.OTHERS),)),
    *_faulty(
        TOKEN,
        KEY,
        "mistyped",
        "wrong secret",
        "expired",
        "revoked",
        "from another network",
        "before an incident",
    ),
    *_faulty(TOKEN, ROLE, "signed at the token door"),
    Way(TOKEN, "jwt", (JWT,)),
    Way(TOKEN, "jwt: scope cut", (_but(JWT, holds=Holds.OTHERS),)),
    *_faulty(TOKEN, JWT, "wrong tenant", *JWT_ATTACKS),
    Way(TOKEN, "user", (USER,)),
    Way(TOKEN, "user: bound to nobody", (_but(USER, holds=Holds.OWN),)),
    Way(TOKEN, "user: the client itself", (_but(USER, holds=Holds.OWN),)),
    _beside(USER, KEY, "key", TOKEN),
    _beside(JWT, KEY, "key", TOKEN),
    _beside(JWT, _but(KEY, holds=Holds.OTHERS), "key without the scope", TOKEN),
    _beside(JWT, _but(KEY, tenant="other"), "key of another tenant", TOKEN),
    _beside(JWT, _but(KEY, faulty=True), "revoked key", TOKEN),
    _beside(_but(JWT, faulty=True), KEY, "key: alg none", TOKEN),
    Way(HUBSPOT, "nobody"),
    Way(HUBSPOT, "signature", (SIGNATURE,)),
    *_faulty(
        HUBSPOT,
        SIGNATURE,
        "wrong secret",
        "body changed",
        "six minutes old",
        "six minutes ahead",
        "timestamp in seconds",
        "v1 only",
        "not ASCII",
        "portal changed",
        "portal named twice",
    ),
    Way(HUBSPOT, "signature: scope cut", (_but(SIGNATURE, holds=Holds.OTHERS),)),
    Way(HUBSPOT, "signature: portal of nobody", (_but(SIGNATURE, holds=Holds.NONE),)),
    *_faulty(HUBSPOT, ROLE, "signed at the hubspot door"),
    *_faulty(HUBSPOT, KEY, "at the hubspot door"),
)
