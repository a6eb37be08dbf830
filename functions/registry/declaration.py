"""What a deployment declares about who may call, as CloudFormation hands it over.

`ResourceProperties`: `{"Tenants": [{"Id", "HubspotPortalId", "HubspotReads": [scope],
"PhoneRegion"?}], "Roles": [{"Account", "Name", "Tenants": {tenant: [scope]}}], "Issuers": [...]}`,
each issuer as `core.access.issuer` reads it. CloudFormation turns every scalar into a string.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from core.access.issuer import Issuer, parse_issuer
from core.access.scopes import SCOPES
from core.ids import TENANT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

NO_PORTAL = "0"
"""Stands where a tenant has no portal yet; HubSpot gives no portal that number."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """What is declared, each thing by what names it.

    Tenants (id → HubSpot portal), roles ((account, name) → tenant → scopes), issuers by `iss`, and
    the clients that may have sessions ((tenant, client) → the issuer of its tokens). `regions` are
    the tenants' regions of phone numbers, of those that have one; `portals` lead from a portal's id
    to its tenant and to what its users may read.
    """

    tenants: Mapping[str, str]
    roles: Mapping[tuple[str, str], Mapping[str, tuple[str, ...]]]
    issuers: Mapping[str, Issuer] = field(default_factory=dict)
    clients: Mapping[tuple[str, str], Issuer] = field(default_factory=dict)
    regions: Mapping[str, str] = field(default_factory=dict)
    portals: Mapping[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)


def declaration(properties: Mapping[str, Any]) -> Declaration:
    """Read and check the properties; ValueError says what is wrong."""
    declared = as_written(properties)
    wrong = [f"tenant id {t!r}" for t in declared.tenants if not TENANT.fullmatch(t)]
    for (_, name), grants in declared.roles.items():
        unknown = [t for t in grants if t not in declared.tenants]
        wrong += [f"role {name} names unknown tenant {t!r}" for t in unknown]
        held = {s for scopes in grants.values() for s in scopes}
        wrong += [f"role {name} has unknown scope {s!r}" for s in sorted(held - SCOPES)]
    wrong += _wrong_portals(declared)
    wrong += _wrong_issuers(properties.get("Issuers", ()), declared.tenants)
    if wrong:
        raise ValueError("; ".join(wrong))
    return declared


def as_written(properties: Mapping[str, Any]) -> Declaration:
    """Read the properties as they are: what is rolled back may be what was refused.

    An issuer that was refused was never written, so it is left out.
    """
    tenants = {t["Id"]: t["HubspotPortalId"] for t in properties.get("Tenants", ())}
    roles = {
        (r["Account"], r["Name"]): {t: tuple(s) for t, s in r["Tenants"].items()}
        for r in properties.get("Roles", ())
    }
    portals = {
        t["HubspotPortalId"]: (t["Id"], tuple(t.get("HubspotReads", ())))
        for t in properties.get("Tenants", ())
        if t["HubspotPortalId"] != NO_PORTAL
    }
    issuers = {i.id: i for i in _readable(properties.get("Issuers", ()))}
    clients = {place: i for i in issuers.values() for place in _vending(i)}
    regions = {
        t["Id"]: t["PhoneRegion"] for t in properties.get("Tenants", ()) if "PhoneRegion" in t
    }
    return Declaration(tenants, roles, issuers, clients, regions, portals)


def _wrong_portals(declared: Declaration) -> Iterator[str]:
    for tenant, portal in declared.tenants.items():
        if portal != NO_PORTAL and declared.portals[portal][0] != tenant:
            yield f"portal {portal!r} is two tenants'"
    for portal, (_, reads) in declared.portals.items():
        for scope in sorted(set(reads) - SCOPES):
            yield f"portal {portal!r} has unknown scope {scope!r}"


def _readable(written: Iterable[Mapping[str, Any]]) -> Iterator[Issuer]:
    for values in written:
        try:
            yield parse_issuer(values)
        except ValueError:
            continue


def _vending(issuer: Issuer) -> Iterator[tuple[str, str]]:
    """Yield the tenant and id of each client that may have sessions."""
    for client, vends in issuer.clients.items():
        if vends:
            yield from ((tenant, client) for tenant in sorted(issuer.tenants_of(client)))


def _wrong_issuers(
    written: Iterable[Mapping[str, Any]], tenants: Mapping[str, str]
) -> Iterator[str]:
    issuers: list[Issuer] = []
    for values in written:
        try:
            issuers.append(parse_issuer(values))
        except ValueError as error:
            yield f"issuer {values.get('id')!r}: {error}"
    for issuer in issuers:
        unknown = sorted(issuer.tenants - set(tenants))
        yield from (f"issuer {issuer.id!r} names unknown tenant {t!r}" for t in unknown)
    names = Counter(issuer.id for issuer in issuers)
    yield from (f"issuer {name!r} stands there twice" for name, n in names.items() if n > 1)
    clients = Counter(place for issuer in issuers for place in _vending(issuer))
    for (tenant, client), n in clients.items():
        if n > 1:
            yield f"client {client!r} of {tenant} has sessions by two issuers"
