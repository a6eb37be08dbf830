"""Token issuers through the custom resource: declared, changed, switched off, never by accident."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import boto3
import pytest
from moto import mock_aws

from core.access.issuer import parse_issuer
from core.store import keys, table
from core.store.access import CACHE_MS, StoredRegistry
from registry.declaration import declaration
from tests.fakes.clock import FakeClock
from tests.support import tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb import DynamoDBClient

ISS = "https://issuer.example"


def _issuer(iss: str = ISS, **changed: Any) -> dict[str, Any]:
    """Return an issuer as CloudFormation hands it over: every scalar a string."""
    return {
        "id": iss,
        "jwks_url": f"{iss}/jwks.json",
        "algorithms": ["RS256"],
        "audiences": ["us"],
        "tenant": "main",
        "scopes": ["stock:read", "credentials:vend"],
        "max_lifetime_seconds": "900",
        "clients": [{"id": "partner1", "vends": ["stock:read"]}],
    } | changed


def _declared(*issuers: dict[str, Any]) -> dict[str, Any]:
    tenants = [{"Id": t, "HubspotPortalId": "0"} for t in ("main", "second")]
    return {"Tenants": tenants, "Roles": [], "Issuers": list(issuers)}


class _Table:
    """Applies declarations and reads them as a door does."""

    def __init__(self, dynamodb: DynamoDBClient, handler: Any) -> None:
        self.dynamodb, self._handler, self.clock = dynamodb, handler, FakeClock()
        self.registry = StoredRegistry(dynamodb, tables.ACCESS, self.clock)

    def apply(self, new: dict[str, Any], old: dict[str, Any] | None = None) -> None:
        event = {"RequestType": "Update" if old else "Create", "ResourceProperties": new}
        self._handler._apply(event | ({"OldResourceProperties": old} if old else {}))
        self.clock.advance(CACHE_MS)

    def vends(self, client: str, tenant: str = "main") -> set[str]:
        found = self.registry.credential(tenant, client)
        return set(found.vends) if found is not None and found.active else set()


@pytest.fixture
def stored() -> Iterator[_Table]:
    """Return an empty access table and the handler's way to write it."""
    with mock_aws():
        dynamodb = boto3.client("dynamodb")
        tables.create(dynamodb)
        with patch.dict("os.environ", {"ACCESS_TABLE": tables.ACCESS}):
            module = importlib.import_module("registry.handler")
        with (
            patch.object(module.tenancy, "_dynamodb", dynamodb),
            patch.object(module.issuers, "_dynamodb", dynamodb),
        ):
            yield _Table(dynamodb, module)


def test_a_declared_issuer_is_found_by_its_exact_name(stored: _Table) -> None:
    """Guarantee: what the door reads is what was declared, under no other name."""
    stored.apply(_declared(_issuer()))
    assert stored.registry.issuer(ISS) == parse_issuer(_issuer())
    for iss in (ISS + "/", ISS.upper(), "", "x" * 3_000):
        assert stored.registry.issuer(iss) is None


def test_a_client_that_vends_is_a_credential(stored: _Table) -> None:
    """Guarantee: sessions of a client find what they may do under its tenant, and there only."""
    stored.apply(_declared(_issuer()))
    found = stored.registry.credential("main", "partner1")
    assert found is not None
    assert found.principal_id == "client/partner1"
    assert found.vends == {"stock:read"}
    assert not found.scopes
    assert not found.digest
    assert stored.registry.credential("second", "partner1") is None


def test_each_client_under_its_own_tenant(stored: _Table) -> None:
    """Guarantee: with a tenant for each client, none has a credential elsewhere."""
    clients = [
        {"id": "one", "vends": ["stock:read"], "tenant": "main"},
        {"id": "two", "vends": ["orders:read"], "tenant": "second"},
    ]
    several = _issuer(tenants=["main", "second"], clients=clients)
    del several["tenant"]
    stored.apply(_declared(several))
    assert (stored.vends("one"), stored.vends("one", "second")) == ({"stock:read"}, set())
    assert (stored.vends("two"), stored.vends("two", "second")) == (set(), {"orders:read"})


def test_what_is_no_more_declared_is_off(stored: _Table) -> None:
    """Guarantee: an issuer or client that left the settings is shut out within half a minute."""
    old = _declared(_issuer(), _issuer("https://b.example", clients=[]))
    stored.apply(old)
    new = _declared(_issuer("https://b.example", clients=[]))
    stored.apply(new, old)
    assert stored.registry.issuer(ISS) is None
    assert stored.registry.issuer("https://b.example") is not None
    assert stored.vends("partner1") == set()
    stored.apply(old, new)
    assert stored.registry.issuer(ISS) is not None
    assert stored.vends("partner1") == {"stock:read"}


def test_a_client_that_moves_to_another_issuer_stays(stored: _Table) -> None:
    """Guarantee: what one issuer gives up and another takes over in one change is not cut."""
    old = _declared(_issuer())
    new = _declared(_issuer("https://b.example"))
    stored.apply(old)
    stored.apply(new, old)
    assert stored.vends("partner1") == {"stock:read"}
    assert stored.registry.issuer(ISS) is None


def test_an_api_key_is_never_overwritten(stored: _Table) -> None:
    """Guarantee: a client with the id of an API key is refused, and its removal leaves the key."""
    key = keys.credential("main", "partner1")
    item = {
        "pk": key.pk,
        "sk": key.sk,
        "tenant": "main",
        "id": "partner1",
        "kind": "api_key",
        "status": "active",
        "vends": ["orders:read"],
        "created_at": 1,
    }
    stored.dynamodb.put_item(TableName=tables.ACCESS, Item=table.to_wire(item))
    with pytest.raises(ValueError, match="id of an API key"):
        stored.apply(_declared(_issuer()))
    stored.apply(_declared(), _declared(_issuer()))
    assert stored.vends("partner1") == {"orders:read"}


@pytest.mark.parametrize(
    ("issuers", "said"),
    [
        ([_issuer(algorithms=["HS256"])], "algorithms"),
        ([_issuer(tenant="third")], "unknown tenant 'third'"),
        ([_issuer(), _issuer()], "stands there twice"),
        ([_issuer(), _issuer("https://b.example")], "sessions by two issuers"),
        ([_issuer(clients=[{"id": "A-1", "vends": ["stock:read"]}])], "cannot vend"),
    ],
)
def test_a_wrong_issuer_is_refused_in_words(issuers: list[dict[str, Any]], said: str) -> None:
    """Guarantee: nothing is written of a declaration with a mistake, and it says which one."""
    with pytest.raises(ValueError, match=said):
        declaration(_declared(*issuers))
