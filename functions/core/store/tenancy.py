"""What a deployment declares about access, written into the access table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.access.credential import CredentialKind
from core.access.issuer import plain
from core.store import keys, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mypy_boto3_dynamodb import DynamoDBClient

    from core.access.issuer import Issuer
    from core.store.keys import Key

ACTIVE = "active"
REMOVED = "removed"

_CLIENT = {":client": CredentialKind.JWT_CLIENT.value}
"""Declared clients and API keys share a kind of item, and only the former are declared."""


class StoredTenancy:
    """Writes what the deployment says; what it no longer says is switched off, never deleted."""

    def __init__(self, dynamodb: DynamoDBClient, access_table: str) -> None:
        """Keep the parts."""
        self._dynamodb = dynamodb
        self._table = access_table

    def put_tenant(self, tenant: str, portal_id: str) -> None:
        """Make a tenant active."""
        item = {"id": tenant, "status": ACTIVE, "hubspot_portal_id": portal_id}
        self._put(keys.tenant(tenant), item)
        self._put(keys.listed_tenant(tenant), item)

    def put_role(self, account: str, name: str, grants: Mapping[str, Iterable[str]]) -> None:
        """Register a role: for each tenant the scopes that it has there."""
        plain = {tenant: sorted(scopes) for tenant, scopes in grants.items()}
        self._put(keys.role(account, name), {"status": ACTIVE, "grants": plain})

    def put_issuer(self, issuer: Issuer) -> None:
        """Let tokens of an issuer count, within its bounds."""
        self._put(keys.issuer(issuer.id), {"status": ACTIVE, "issuer": plain(issuer)})

    def put_client(self, tenant: str, client: str, issuer: Issuer) -> None:
        """Let an issuer's client have sessions; ValueError when an API key has that id."""
        item = {
            "tenant": tenant,
            "id": client,
            "kind": CredentialKind.JWT_CLIENT.value,
            "name": client,
            "status": ACTIVE,
            "issuer": issuer.id,
            "vends": sorted(issuer.clients[client]),
            "created_at": 0,
        }
        free = "attribute_not_exists(pk) OR kind = :client"
        try:
            self._put(keys.credential(tenant, client), item, free)
        except self._dynamodb.exceptions.ConditionalCheckFailedException as error:
            raise ValueError(f"client {client!r} has the id of an API key of {tenant}") from error

    def remove_issuer(self, iss: str) -> None:
        """Switch an issuer off: its tokens are worth nothing."""
        self._switch_off(keys.issuer(iss))

    def remove_client(self, tenant: str, client: str) -> None:
        """End the sessions of an issuer's client; an API key of that id is left alone."""
        self._switch_off(keys.credential(tenant, client), "kind = :client")

    def remove_tenant(self, tenant: str) -> None:
        """Switch a tenant off: nobody can call for it, and nothing is synced."""
        for key in (keys.tenant(tenant), keys.listed_tenant(tenant)):
            self._switch_off(key)

    def remove_role(self, account: str, name: str) -> None:
        """Switch a role off."""
        self._switch_off(keys.role(account, name))

    def _put(self, key: Key, item: Mapping[str, Any], condition: str = "") -> None:
        whole = table.to_wire({"pk": key.pk, "sk": key.sk, **item})
        if not condition:
            self._dynamodb.put_item(TableName=self._table, Item=whole)
            return
        self._dynamodb.put_item(
            TableName=self._table,
            Item=whole,
            ConditionExpression=condition,
            ExpressionAttributeValues=table.to_wire(_CLIENT),
        )

    def _switch_off(self, key: Key, condition: str = "attribute_exists(pk)") -> None:
        values = {":removed": REMOVED} | (_CLIENT if ":client" in condition else {})
        try:
            self._dynamodb.update_item(
                TableName=self._table,
                Key=table.wire_key(key),
                UpdateExpression="SET #status = :removed",
                ConditionExpression=condition,
                ExpressionAttributeNames={"#status": "status"},
                ExpressionAttributeValues=table.to_wire(values),
            )
        except self._dynamodb.exceptions.ConditionalCheckFailedException:
            return  # it never was: a declaration that was refused is being rolled back


def active_tenants(dynamodb: DynamoDBClient, access_table: str) -> tuple[str, ...]:
    """Return the ids of the deployment's tenants that are not switched off."""
    listed = table.query(dynamodb, access_table, keys.tenants())
    return tuple(item["id"] for item in listed if item["status"] == ACTIVE)


def portal_of(dynamodb: DynamoDBClient, access_table: str, tenant: str) -> str | None:
    """Return the id of an active tenant's HubSpot portal; None when there is no such tenant."""
    item = table.get(dynamodb, access_table, keys.tenant(tenant))
    if item is None or item["status"] != ACTIVE:
        return None
    return str(item["hubspot_portal_id"])
