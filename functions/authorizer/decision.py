"""One call's decision: allowed, denied, or nobody we know; with the reason for the log alone.

nobody      401   nothing presented, or something that does not hold
denied      403   known, but not for this route, in this tenant, or with one proof of two
(error)     500   we could not find out: an exception, never a decision
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from authorizer.place import route_at
from authorizer.presented import NothingPresented, proofs
from core.access.keycheck import KeyRefused
from core.access.principal import principal
from core.access.token import TokenRefused
from core.errors import Forbidden
from core.routes import Door

if TYPE_CHECKING:
    from collections.abc import Mapping

    from authorizer.presented import TokenVerifier
    from core.access.credential import Registry
    from core.access.principal import Principal, Proof
    from core.routes import Route


class Outcome(StrEnum):
    """What becomes of a call."""

    ALLOWED = "allowed"
    DENIED = "denied"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Decision:
    """An outcome and its reason, a stable word; the route and who calls, as far as known.

    `proofs` are those that held, of whatever outcome. `detail` is a sentence for the log.
    """

    outcome: Outcome
    reason: str
    detail: str = ""
    route: Route | None = None
    who: Principal | None = None
    proofs: tuple[Proof, ...] = ()


def decide(
    event: Mapping[str, Any], registry: Registry, tokens: TokenVerifier, now: int
) -> Decision:
    """Decide on a call. What stops us from finding out is raised. `now` is in epoch ms."""
    try:
        held = proofs(event, registry, tokens, now)
    except TokenRefused as refused:
        return Decision(Outcome.NOBODY, f"token_{refused.reason}", refused.internal)
    except (KeyRefused, NothingPresented) as refused:
        return Decision(Outcome.NOBODY, refused.reason, refused.internal)
    return _of_known(event, held)


def _of_known(event: Mapping[str, Any], held: tuple[Proof, ...]) -> Decision:
    route = route_at(event)
    try:
        who = principal(Door.TOKEN, _source_ip(event), held)
    except Forbidden as refused:
        return _denied("tenants_differ", refused.internal, route, None, held)
    if route is None:
        return _denied("no_such_route", "", None, who, held)
    try:
        who.require(route)
    except Forbidden as refused:
        lacking = "layer_missing" if route.scope in who.scopes else "scope_missing"
        return _denied(lacking, refused.internal, route, who, held)
    return Decision(Outcome.ALLOWED, "allowed", "", route, who, held)


def _denied(
    reason: str,
    detail: str,
    route: Route | None,
    who: Principal | None,
    held: tuple[Proof, ...],
) -> Decision:
    return Decision(Outcome.DENIED, reason, detail, route, who, held)


def _source_ip(event: Mapping[str, Any]) -> str:
    return (event["requestContext"].get("identity") or {}).get("sourceIp") or ""
