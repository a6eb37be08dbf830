"""Who is calling: one model for registered roles, vended sessions, API keys and tokens.

A door proves something (a `Proof`); one or two proofs of one tenant make a `Principal`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import reduce
from typing import TYPE_CHECKING

from core.errors import Forbidden
from core.routes import Assurance

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.routes import Door, Route

_DENIED = "You are not allowed to do this."
_LAYERS = 2


class Kind(StrEnum):
    """What proved who is calling."""

    ROLE = "role"
    SESSION = "session"
    KEY = "key"
    TOKEN = "token"  # noqa: S105 - the name of a kind, not a secret


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
    is what sessions of it may hold. `subject` is a portal's user, for scopes that end in `:own`.
    """

    kind: Kind
    id: str
    origin: str
    tenant: str
    scopes: frozenset[str]
    vends: frozenset[str] = frozenset()
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Principal:
    """A caller that we know, acting for one tenant. `id` is stable over its sessions.

    `scopes` is what every proof holds, `vends` what a session of it may hold, `gives` what it may
    let another's sessions hold; `proofs` and `origins` are those of its proofs, the first of which
    is its own.
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

    def require(self, route: Route) -> None:
        """Raise `Forbidden` unless the principal may call the route.

        It must hold the route's scope by every proof, and a layered route wants two proofs of
        different origin.
        """
        if route.scope is None or route.scope not in self.scopes:
            raise Forbidden("forbidden", _DENIED, internal=f"{self.id} lacks {route.scope}")
        if route.assurance is Assurance.LAYERED and len(self.origins) < _LAYERS:
            raise Forbidden("forbidden", _DENIED, internal=f"{self.id} came with one proof of two")


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
    )


def _shared(held: Iterable[frozenset[str]]) -> frozenset[str]:
    return reduce(frozenset.intersection, held)
