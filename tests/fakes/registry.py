"""Roles, tenants and credentials in a dictionary."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from core.access.credential import Cuts
from core.access.incident import covering

if TYPE_CHECKING:
    from core.access.credential import Credential, PortalGrant, RoleGrant


@dataclass(slots=True)
class FakeRegistry:
    """`core.access.credential.Registry`."""

    roles: dict[tuple[str, str], RoleGrant] = field(default_factory=dict)
    portals: dict[str, PortalGrant] = field(default_factory=dict)
    credentials: dict[tuple[str, str], Credential] = field(default_factory=dict)
    tenants: set[str] = field(default_factory=set)
    cut: dict[tuple[str, str], int] = field(default_factory=dict)

    def role(self, account: str, name: str) -> RoleGrant | None:
        """Return the grant of a registered role."""
        return self.roles.get((account, name))

    def portal(self, portal_id: str) -> PortalGrant | None:
        """Return what a portal's users may."""
        return self.portals.get(portal_id)

    def credential(self, tenant: str, credential_id: str) -> Credential | None:
        """Return a tenant's credential."""
        return self.credentials.get((tenant, credential_id))

    def tenant_active(self, tenant: str) -> bool:
        """Return whether the tenant exists."""
        return tenant in self.tenants

    def cuts(self, tenant: str, principal_id: str) -> Cuts:
        """Return the cuts that concern this principal."""
        places = [(place.tenant, place.principal) for place in covering(tenant, principal_id)]
        whole, of_tenant, *own = (self.cut.get(place, 0) for place in places)
        return Cuts(whole, of_tenant, max(own))
