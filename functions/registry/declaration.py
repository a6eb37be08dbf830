"""What a deployment declares about who may call, as CloudFormation hands it over.

`ResourceProperties`: `{"Tenants": [{"Id", "HubspotPortalId"}], "Roles": [{"Account", "Name",
"Tenants": {tenant: [scope]}}]}`. CloudFormation turns every scalar into a string.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.access.scopes import SCOPES
from core.ids import TENANT

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Declaration:
    """Tenants (id → HubSpot portal) and roles ((account, name) → tenant → scopes)."""

    tenants: Mapping[str, str]
    roles: Mapping[tuple[str, str], Mapping[str, tuple[str, ...]]]


def declaration(properties: Mapping[str, Any]) -> Declaration:
    """Read and check the properties; ValueError says what is wrong."""
    declared = as_written(properties)
    wrong = [f"tenant id {t!r}" for t in declared.tenants if not TENANT.fullmatch(t)]
    for (_, name), grants in declared.roles.items():
        unknown = [t for t in grants if t not in declared.tenants]
        wrong += [f"role {name} names unknown tenant {t!r}" for t in unknown]
        held = {s for scopes in grants.values() for s in scopes}
        wrong += [f"role {name} has unknown scope {s!r}" for s in sorted(held - SCOPES)]
    if wrong:
        raise ValueError("; ".join(wrong))
    return declared


def as_written(properties: Mapping[str, Any]) -> Declaration:
    """Read the properties as they are: what is rolled back may be what was refused."""
    tenants = {t["Id"]: t["HubspotPortalId"] for t in properties.get("Tenants", ())}
    roles = {
        (r["Account"], r["Name"]): {t: tuple(s) for t, s in r["Tenants"].items()}
        for r in properties.get("Roles", ())
    }
    return Declaration(tenants, roles)
