"""Credentials that a tenant hands out, and where everything about access is looked up."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping


class CredentialKind(StrEnum):
    """What a credential is."""

    API_KEY = "api_key"
    JWT_CLIENT = "jwt_client"


_PRINCIPALS = {CredentialKind.API_KEY: "key", CredentialKind.JWT_CLIENT: "client"}


@dataclass(frozen=True, slots=True)
class RoleGrant:
    """A registered role: for each tenant that it may act for, the scopes it has there."""

    tenants: Mapping[str, frozenset[str]]
    active: bool = True


@dataclass(frozen=True, slots=True)
class PortalGrant:
    """A registered HubSpot portal: whose it is, and the scopes of what its users may read."""

    tenant: str
    reads: frozenset[str]
    active: bool = True


@dataclass(frozen=True, slots=True)
class Cuts:
    """From when on what is issued counts, in epoch ms (0: always): an incident moves it to now.

    For the whole deployment, for the tenant, and for one principal.
    """

    deployment: int = 0
    tenant: int = 0
    principal: int = 0

    @property
    def newest(self) -> int:
        """The moment before which nothing issued is good any more."""
        return max(self.deployment, self.tenant, self.principal)


@dataclass(frozen=True, slots=True)
class Credential:
    """An API key, or a client of a token issuer that may have sessions. Times in epoch ms.

    `scopes` is what it may do itself, `vends` what its sessions may. `origin` is the id of the key
    that it is a rotation of, or its own. `digest` is the SHA-256 of the key's text, empty for a
    client. `networks` are the only ones (CIDR) from which a key and its sessions are good, if any.
    `created_by` are its maker's proofs, with spaces between them.
    """

    tenant: str
    id: str
    kind: CredentialKind = CredentialKind.API_KEY
    active: bool = True
    origin: str = ""
    name: str = ""
    scopes: frozenset[str] = frozenset()
    vends: frozenset[str] = frozenset()
    digest: str = ""
    networks: tuple[str, ...] = ()
    created_at: int = 0
    created_by: str = ""
    expires_at: int | None = None
    revoked_at: int | None = None
    rotated_to: str = ""

    @property
    def principal_id(self) -> str:
        """Who calls with it, or with a session of it: `key/<id>` or `client/<id>`."""
        return f"{_PRINCIPALS[self.kind]}/{self.id}"

    @property
    def origin_id(self) -> str:
        """What it and its rotations are as a proof: one and the same."""
        return f"{_PRINCIPALS[self.kind]}/{self.origin or self.id}"

    def usable(self, now: int, cuts: Cuts) -> bool:
        """Return whether it is neither revoked, nor expired, nor a key from before a cut.

        A client is declared and not issued: a cut ends its tokens and sessions, each by its own
        time of issue.
        """
        is_cut = self.kind is CredentialKind.API_KEY and self.created_at < cuts.newest
        return self.active and not is_cut and (self.expires_at is None or now < self.expires_at)


class Registry(Protocol):
    """Where principals are looked up; answers may be up to 30 s old."""

    def role(self, account: str, name: str) -> RoleGrant | None:
        """Return the grant of a registered role, None when it is not registered."""
        ...

    def portal(self, portal_id: str) -> PortalGrant | None:
        """Return what a HubSpot portal's users may, None when it is not registered."""
        ...

    def credential(self, tenant: str, credential_id: str) -> Credential | None:
        """Return a tenant's credential, None when there is none."""
        ...

    def tenant_active(self, tenant: str) -> bool:
        """Return whether the tenant exists and is not switched off."""
        ...

    def cuts(self, tenant: str, principal_id: str) -> Cuts:
        """Return the cuts that incidents have made and that concern this principal."""
        ...
