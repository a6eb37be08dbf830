"""Who is calling: one model for registered roles and for the sessions that we vend."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from core.errors import Forbidden

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.routes import Door, Route

_DENIED = "You are not allowed to do this."


class Kind(StrEnum):
    """What proved who is calling."""

    ROLE = "role"
    SESSION = "session"


@dataclass(frozen=True, slots=True)
class Caller:
    """What a door has proven about a caller, before we looked anything up.

    `account`, `role` and `session` come from the ARN that API Gateway verified.
    """

    door: Door
    account: str
    role: str
    session: str
    source_ip: str = ""


@dataclass(frozen=True, slots=True)
class Principal:
    """A caller that we know, acting for one tenant. `id` is stable over its sessions."""

    tenant: str
    id: str
    kind: Kind
    door: Door
    scopes: frozenset[str]
    source_ip: str = ""

    def require(self, route: Route) -> None:
        """Raise `Forbidden` unless the principal holds the route's scope."""
        if route.scope is None or route.scope not in self.scopes:
            raise Forbidden("forbidden", _DENIED, internal=f"{self.id} lacks {route.scope}")


@dataclass(frozen=True, slots=True)
class RoleGrant:
    """A registered role: for each tenant that it may act for, the scopes it has there."""

    tenants: Mapping[str, frozenset[str]]
    active: bool = True


@dataclass(frozen=True, slots=True)
class Credential:
    """A credential that vends sessions: `vends` is what those may do; `expires_at` in epoch ms."""

    tenant: str
    id: str
    active: bool
    vends: frozenset[str] = field(default_factory=frozenset)
    expires_at: int | None = None
    sessions_valid_from: int = 0


class Registry(Protocol):
    """Where principals are looked up; answers may be up to 30 s old."""

    def role(self, account: str, name: str) -> RoleGrant | None:
        """Return the grant of a registered role, None when it is not registered."""
        ...

    def credential(self, tenant: str, credential_id: str) -> Credential | None:
        """Return a tenant's credential, None when there is none."""
        ...

    def tenant_active(self, tenant: str) -> bool:
        """Return whether the tenant exists and is not switched off."""
        ...
