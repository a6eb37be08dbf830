"""API keys and token clients put straight into the access table, past the keys' own routes."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, NamedTuple

from core.access import apikey
from core.access.credential import Credential, CredentialKind
from core.store import keys, table
from core.ulids import Ulids
from tests.fakes.clock import START

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mypy_boto3_dynamodb import DynamoDBClient


class Made(NamedTuple):
    """A key's text, and what is kept of it."""

    text: str
    credential: Credential


def make_key(
    tenant: str = "main",
    scopes: Iterable[str] = (),
    vends: Iterable[str] = (),
    **more: Any,
) -> Made:
    """Return a key that nobody else has; `more` are fields of `Credential`."""
    key_id = Ulids().new()
    text = apikey.make(tenant, key_id, secrets.token_bytes(apikey.SECRET_BYTES))
    fields: dict[str, Any] = {"created_at": START, "origin": key_id} | more
    fields = {"digest": apikey.digest(text)} | fields
    made = Credential(tenant, key_id, scopes=frozenset(scopes), vends=frozenset(vends), **fields)
    return Made(text, made)


def make_client(tenant: str, client: str, vends: Iterable[str] = (), **more: Any) -> Credential:
    """Return a token client whose sessions may do `vends`."""
    fields: dict[str, Any] = {"kind": CredentialKind.JWT_CLIENT, "vends": frozenset(vends)} | more
    return Credential(tenant, client, **fields)


def put_credential(dynamodb: DynamoDBClient, access_table: str, made: Credential) -> None:
    """Write a credential as the registry reads it."""
    key = keys.credential(made.tenant, made.id)
    item = {
        "pk": key.pk,
        "sk": key.sk,
        "tenant": made.tenant,
        "id": made.id,
        "kind": str(made.kind),
        "status": "active" if made.active else "revoked",
        "origin": made.origin,
        "name": made.name,
        "scopes": set(made.scopes) or None,
        "vends": set(made.vends) or None,
        "digest": made.digest,
        "networks": list(made.networks),
        "created_at": made.created_at,
        "created_by": made.created_by,
        "expires_at_ms": made.expires_at,
        "revoked_at": made.revoked_at,
    }
    dynamodb.put_item(TableName=access_table, Item=table.to_wire(item))
