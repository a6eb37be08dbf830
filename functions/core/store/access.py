"""The access table: roles, tenants and credentials, remembered for up to 30 seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.access.credential import Credential, CredentialKind, Cuts, PortalGrant, RoleGrant
from core.access.incident import covering
from core.access.issuer import parse_issuer
from core.store import keys, table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from core.access.issuer import Issuer
    from core.clock import Clock
    from core.store.keys import Key

CACHE_MS = 30_000
_CACHE_SIZE = 1_000


class StoredRegistry:
    """`core.access.credential.Registry` over DynamoDB.

    What is not there is remembered too, so that a flood of unknown callers costs one read each half
    minute and not one a call.
    """

    def __init__(self, dynamodb: DynamoDBClient, access_table: str, clock: Clock) -> None:
        """Keep the parts."""
        self._dynamodb = dynamodb
        self._table = access_table
        self._clock = clock
        self._cache: dict[Key, tuple[int, table.Item | None]] = {}

    def role(self, account: str, name: str) -> RoleGrant | None:
        """Return the grant of a registered role, None when it is not registered."""
        item = self._get(keys.role(account, name))
        if item is None:
            return None
        tenants = {t: frozenset(scopes) for t, scopes in item["grants"].items()}
        return RoleGrant(tenants, active=item["status"] == "active")

    def portal(self, portal_id: str) -> PortalGrant | None:
        """Return what a HubSpot portal's users may, None when it is not registered."""
        item = self._get(keys.portal(portal_id))
        if item is None:
            return None
        reads = frozenset(item["reads"])
        return PortalGrant(item["tenant"], reads, active=item["status"] == "active")

    def credential(self, tenant: str, credential_id: str) -> Credential | None:
        """Return a tenant's credential, None when there is none."""
        item = self._get(keys.credential(tenant, credential_id))
        if item is None:
            return None
        return credential_of(item)

    def tenant_active(self, tenant: str) -> bool:
        """Return whether the tenant exists and is not switched off."""
        item = self._get(keys.tenant(tenant))
        return item is not None and item["status"] == "active"

    def phone_region(self, tenant: str) -> str:
        """Return the region of a tenant's phone numbers without a country code, "" for none."""
        item = self._get(keys.tenant(tenant))
        return str(item.get("phone_region", "")) if item is not None else ""

    def issuer(self, iss: str) -> Issuer | None:
        """Return the token issuer of exactly that name, None when it is not declared (any more)."""
        item = self._get(keys.issuer(iss))
        return parse_issuer(item["issuer"]) if item and item["status"] == "active" else None

    def issues_for(self, iss: str, tenant: str) -> bool:
        """Return whether an issuer is declared whose tokens can speak for a tenant."""
        found = self.issuer(iss)
        return found is not None and tenant in found.tenants

    def cuts(self, tenant: str, principal_id: str) -> Cuts:
        """Return the cuts that incidents have made and that concern this principal."""
        places = covering(tenant, principal_id)
        found = [self._get(keys.cut(place.tenant, place.principal)) for place in places]
        whole, of_tenant, *own = (0 if item is None else item["valid_from"] for item in found)
        return Cuts(whole, of_tenant, max(own))

    def _get(self, key: Key) -> table.Item | None:
        now = self._clock.now()
        cached = self._cache.get(key)
        if cached is not None and now - cached[0] < CACHE_MS:
            return cached[1]
        found = table.get(self._dynamodb, self._table, key)
        if len(self._cache) >= _CACHE_SIZE:
            self._cache.clear()
        self._cache[key] = (now, found)
        return found


def credential_of(item: table.Item) -> Credential:
    """Read a credential's item."""
    return Credential(
        tenant=item["tenant"],
        id=item["id"],
        kind=CredentialKind(item["kind"]),
        active=item["status"] == "active",
        origin=item.get("origin", ""),
        name=item.get("name", ""),
        scopes=frozenset(item.get("scopes", ())),
        vends=frozenset(item.get("vends", ())),
        digest=item.get("digest", ""),
        networks=tuple(item.get("networks", ())),
        created_at=item["created_at"],
        created_by=item.get("created_by", ""),
        expires_at=item.get("expires_at_ms"),
        revoked_at=item.get("revoked_at"),
        rotated_to=item.get("rotated_to", ""),
    )
