"""Tenants and registered roles as a deployment declares them, written into the access table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.store import keys, table
from core.store.declared import ACTIVE, put, switch_off

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mypy_boto3_dynamodb import DynamoDBClient

    from core.clock import Clock
    from core.store.keys import Key


REMEMBERED_MS = 30_000


class StoredTenancy:
    """Writes what the deployment says; what it no longer says is switched off, never deleted."""

    def __init__(self, dynamodb: DynamoDBClient, access_table: str) -> None:
        """Keep the parts."""
        self._dynamodb = dynamodb
        self._table = access_table

    def put_tenant(self, tenant: str, portal_id: str, phone_region: str = "") -> None:
        """Make a tenant active; `phone_region` is ISO 3166-1 alpha-2, or empty."""
        item = {
            "id": tenant,
            "status": ACTIVE,
            "hubspot_portal_id": portal_id,
            "phone_region": phone_region,
        }
        self._put(keys.tenant(tenant), item)
        self._put(keys.listed_tenant(tenant), item)

    def put_portal(self, portal_id: str, tenant: str, reads: Iterable[str]) -> None:
        """Register a tenant's HubSpot portal, and the scopes of what its users may read."""
        item = {"status": ACTIVE, "tenant": tenant, "reads": sorted(reads)}
        self._put(keys.portal(portal_id), item)

    def put_role(self, account: str, name: str, grants: Mapping[str, Iterable[str]]) -> None:
        """Register a role: for each tenant the scopes that it has there."""
        plain = {tenant: sorted(scopes) for tenant, scopes in grants.items()}
        self._put(keys.role(account, name), {"status": ACTIVE, "grants": plain})

    def remove_tenant(self, tenant: str) -> None:
        """Switch a tenant off: nobody can call for it, and nothing is synced."""
        for key in (keys.tenant(tenant), keys.listed_tenant(tenant)):
            self._switch_off(key)

    def remove_portal(self, portal_id: str) -> None:
        """Switch a portal off: nothing that it signs is believed."""
        self._switch_off(keys.portal(portal_id))

    def remove_role(self, account: str, name: str) -> None:
        """Switch a role off."""
        self._switch_off(keys.role(account, name))

    def _put(self, key: Key, item: Mapping[str, Any]) -> None:
        put(self._dynamodb, self._table, key, item)

    def _switch_off(self, key: Key) -> None:
        switch_off(self._dynamodb, self._table, key)


def active_tenants(dynamodb: DynamoDBClient, access_table: str) -> tuple[str, ...]:
    """Return the ids of the deployment's tenants that are not switched off."""
    listed = table.query(dynamodb, access_table, keys.tenants())
    return tuple(item["id"] for item in listed if item["status"] == ACTIVE)


def all_tenants(dynamodb: DynamoDBClient, access_table: str) -> tuple[str, ...]:
    """Return the ids of all tenants that ever were, switched off or not."""
    listed = table.query(dynamodb, access_table, keys.tenants())
    return tuple(item["id"] for item in listed)


class PortalTenants:
    """Whose portal it is, remembered for half a minute; a flood of unknown ones reads no more."""

    def __init__(self, dynamodb: DynamoDBClient, access_table: str, clock: Clock) -> None:
        """Keep the parts."""
        self._dynamodb = dynamodb
        self._table = access_table
        self._clock = clock
        self._read_at: int | None = None
        self._tenants: dict[str, str] = {}

    def of(self, portal_id: str) -> str | None:
        """Return the active tenant that a portal belongs to; None when there is none."""
        now = self._clock.now()
        if self._read_at is None or now - self._read_at >= REMEMBERED_MS:
            listed = table.query(self._dynamodb, self._table, keys.tenants())
            active = (item for item in listed if item["status"] == ACTIVE)
            self._tenants = {str(item["hubspot_portal_id"]): item["id"] for item in active}
            self._read_at = now
        return self._tenants.get(portal_id)


def portal_of(dynamodb: DynamoDBClient, access_table: str, tenant: str) -> str | None:
    """Return the id of an active tenant's HubSpot portal; None when there is no such tenant."""
    item = table.get(dynamodb, access_table, keys.tenant(tenant))
    if item is None or item["status"] != ACTIVE:
        return None
    return str(item["hubspot_portal_id"])
