"""Who is calling: one model for registered roles, vended sessions, API keys and tokens.

A door proves something (a `Proof`); one or two proofs of one tenant make a `Principal`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import reduce
from typing import TYPE_CHECKING

from core.errors import Forbidden
from core.routes import Assurance, Door

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.routes import Route

_DENIED = "You are not allowed to do this."
_LAYERS = 2


class Kind(StrEnum):
    """What proved who is calling."""

    ROLE = "role"
    SESSION = "session"
    KEY = "key"
    TOKEN = "token"  # noqa: S105 - the name of a kind, not a secret
    WEBHOOK = "webhook"
    HUBSPOT_USER = "hubspot_user"


@dataclass(frozen=True, slots=True)
class Caller:
    """What the signed door has proven about a caller, before we looked anything up.

    `account`, `role` and `session` come from the ARN that API Gateway verified.
    """

    door: Door
    account: str
    role: str
    session: str
    source_ip: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """One checked proof of who is calling.

    `id` is stable over sessions and tokens. `origin` is what the proof was given out as: a key and
    its rotations are one origin, and so is a session with the credential that vended it. `vends`
    is what sessions of it may hold. `subject` is a portal's user, as its `issuer` calls him, for
    scopes that end in `:own`; both are empty where no user stands behind a proof.
    """

    kind: Kind
    id: str
    origin: str
    tenant: str
    scopes: frozenset[str]
    vends: frozenset[str] = frozenset()
    subject: str = ""
    issuer: str = ""


@dataclass(frozen=True, slots=True)
class Principal:
    """A caller that we know, acting for one tenant. `id` is stable over its sessions.

    `scopes` is what every proof holds, `vends` what a session of it may hold, `gives` what it may
    let another's sessions hold; `proofs` and `origins` are those of its proofs, the first of which
    is its own. `subject` and `issuer` are the first proof's.
    """

    tenant: str
    id: str
    kind: Kind
    door: Door
    scopes: frozenset[str]
    source_ip: str = ""
    vends: frozenset[str] = frozenset()
    gives: frozenset[str] = frozenset()
    proofs: tuple[str, ...] = ()
    origins: frozenset[str] = frozenset()
    subject: str = ""
    issuer: str = ""

    def require(self, route: Route) -> None:
        """Raise `Forbidden` unless the principal may call the route.

        It must hold the route's scope by every proof, or the scope for what is its own; and a
        layered route wants two proofs of different origin.
        """
        if not (self._holds(route) or self.reaches_own(route)):
            raise Forbidden("forbidden", _DENIED, internal=f"{self.id} lacks {route.scope}")
        if route.assurance is Assurance.LAYERED and len(self.origins) < _LAYERS:
            raise Forbidden("forbidden", _DENIED, internal=f"{self.id} came with one proof of two")

    def reaches_own(self, route: Route) -> bool:
        """Return whether the principal may call the route for its own data and for no other.

        Only a portal's user has any, and only at the token door: nothing else proves a user.
        """
        is_user = self.kind is Kind.TOKEN and bool(self.subject and self.issuer)
        by_own = is_user and self.door is Door.TOKEN and route.own in self.scopes
        return by_own and not self._holds(route)

    def _holds(self, route: Route) -> bool:
        return route.scope is not None and route.scope in self.scopes


def principal(door: Door, source_ip: str, proofs: tuple[Proof, ...]) -> Principal:
    """Return who the proofs show, the first of which names the caller.

    Whatever is presented must hold: the proofs share the tenant (`Forbidden` when they do not),
    and the principal's scopes are those that each of them has.
    """
    first = proofs[0]
    if any(proof.tenant != first.tenant for proof in proofs):
        raise Forbidden("forbidden", _DENIED, internal=f"proofs of two tenants, {first.id} first")
    return Principal(
        tenant=first.tenant,
        id=first.id,
        kind=first.kind,
        door=door,
        scopes=_shared(proof.scopes for proof in proofs),
        source_ip=source_ip,
        vends=_shared(proof.vends for proof in proofs),
        gives=_shared(proof.scopes | proof.vends for proof in proofs),
        proofs=tuple(proof.id for proof in proofs),
        origins=frozenset(proof.origin for proof in proofs),
        subject=first.subject,
        issuer=first.issuer,
    )


def _shared(held: Iterable[frozenset[str]]) -> frozenset[str]:
    return reduce(frozenset.intersection, held)
