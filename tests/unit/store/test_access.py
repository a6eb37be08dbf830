"""The registry's memory: thirty seconds, for what is there and for what is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from core.store import keys, table
from core.store.access import CACHE_MS, StoredRegistry
from core.store.tenancy import StoredTenancy
from tests.fakes.clock import FakeClock
from tests.support import tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb import DynamoDBClient


@pytest.fixture
def dynamodb() -> Iterator[DynamoDBClient]:
    """Return a client with the three tables."""
    with mock_aws():
        client = boto3.client("dynamodb")
        tables.create(client)
        yield client


def test_a_revocation_is_seen_within_thirty_seconds(dynamodb: DynamoDBClient) -> None:
    """Guarantee: a role that is switched off is off for everybody after half a minute."""
    clock = FakeClock()
    registry = StoredRegistry(dynamodb, tables.ACCESS, clock)
    tenancy = StoredTenancy(dynamodb, tables.ACCESS)
    tenancy.put_role("1", "R", {"main": ["stock:read"]})
    assert (grant := registry.role("1", "R")) is not None
    assert grant.active
    tenancy.remove_role("1", "R")
    clock.advance(CACHE_MS)
    assert CACHE_MS == 30_000
    assert (grant := registry.role("1", "R")) is not None
    assert not grant.active


def test_strangers_do_not_cost_a_read_each(dynamodb: DynamoDBClient) -> None:
    """Guarantee: what is not there is remembered too, and found once it is there."""
    clock = FakeClock()
    registry = StoredRegistry(dynamodb, tables.ACCESS, clock)
    reads: list[object] = []
    dynamodb.meta.events.register("before-call.dynamodb.GetItem", lambda **_: reads.append(1))
    for _ in range(5):
        assert registry.role("1", "R") is None
    assert len(reads) == 1
    StoredTenancy(dynamodb, tables.ACCESS).put_role("1", "R", {"main": []})
    clock.advance(CACHE_MS)
    assert registry.role("1", "R") is not None


def test_a_credential_is_its_tenants(dynamodb: DynamoDBClient) -> None:
    """Guarantee: a credential is found under its own tenant only, with all that limits it."""
    key = keys.credential("main", "key1")
    item = {
        "pk": key.pk,
        "sk": key.sk,
        "tenant": "main",
        "id": "key1",
        "kind": "api_key",
        "created_at": 1,
        "status": "active",
        "vends": {"stock:read"},
        "expires_at_ms": 7,
    }
    dynamodb.put_item(TableName=tables.ACCESS, Item=table.to_wire(item))
    registry = StoredRegistry(dynamodb, tables.ACCESS, FakeClock())
    found = registry.credential("main", "key1")
    assert found is not None
    assert (found.active, found.vends, found.expires_at) == (True, frozenset({"stock:read"}), 7)
    assert registry.credential("other", "key1") is None
    assert not registry.tenant_active("main")
