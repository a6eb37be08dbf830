"""Token issuers, and their clients that may have sessions, as a deployment declares them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.access.credential import CredentialKind
from core.access.issuer import plain
from core.store import keys
from core.store.declared import ACTIVE, put, put_of_kind, switch_off

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from core.access.issuer import Issuer


class StoredIssuers:
    """Writes what the deployment says; what it no longer says is switched off, never deleted."""

    def __init__(self, dynamodb: DynamoDBClient, access_table: str) -> None:
        """Keep the parts."""
        self._dynamodb = dynamodb
        self._table = access_table

    def put_issuer(self, issuer: Issuer) -> None:
        """Let tokens of an issuer count, within its bounds."""
        item = {"status": ACTIVE, "issuer": plain(issuer)}
        put(self._dynamodb, self._table, keys.issuer(issuer.id), item)

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
            "created_at": 0,  # declared, not issued: what is cut are its tokens and sessions
        }
        if not put_of_kind(self._dynamodb, self._table, keys.credential(tenant, client), item):
            raise ValueError(f"client {client!r} has the id of an API key of {tenant}")

    def remove_issuer(self, iss: str) -> None:
        """Switch an issuer off: its tokens are worth nothing."""
        switch_off(self._dynamodb, self._table, keys.issuer(iss))

    def remove_client(self, tenant: str, client: str) -> None:
        """End the sessions of an issuer's client; an API key of that id is left alone."""
        key = keys.credential(tenant, client)
        switch_off(self._dynamodb, self._table, key, CredentialKind.JWT_CLIENT.value)
