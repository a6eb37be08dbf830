"""The authorizer on moto, with an issuer of tokens beside it and a clock that tests move."""

from __future__ import annotations

import importlib
import json
import os
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import boto3
import pytest
from moto import mock_aws

from core.access.issuer import Issuer
from core.store import keys, table
from core.store.access import StoredRegistry
from core.store.issuers import StoredIssuers
from core.store.tenancy import StoredTenancy
from core.store.used import StoredUse
from core.tokens.download import download
from core.tokens.verifier import TokenVerifier
from tests.fakes.clock import START, FakeClock
from tests.support import tables
from tests.support.credentials import make_key, put_credential
from tests.support.doors import Door, LambdaContext, authorizer_event, token_event
from tests.support.issuer import LocalIssuer, SigningKey, compact, serving
from tests.support.token_door import TokenDoor

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mypy_boto3_dynamodb import DynamoDBClient

    from tests.support.credentials import Made

AUDIENCE = "https://api.example.com"
KEY = SigningKey.make("one", "ES256")


@dataclass
class Desk:
    """The function, what it reads, and tokens as its one issuer makes them."""

    module: Any
    dynamodb: DynamoDBClient
    clock: FakeClock
    issuer: LocalIssuer

    def key(self, tenant: str = "main", *scopes: str, **more: Any) -> Made:
        """Make a key that the table knows."""
        made = make_key(tenant, scopes, **more)
        put_credential(self.dynamodb, tables.ACCESS, made.credential)
        return made

    def token(self, **changed: Any) -> str:
        """Sign a token of client `portal` with all that it may do; None takes a claim out."""
        now = self.clock.now() // 1000
        claims = {
            "iss": self.issuer.id,
            "sub": "portal",
            "aud": AUDIENCE,
            "iat": now,
            "exp": now + 600,
            "client_id": "portal",
            "scope": "stock:read keys:manage credentials:vend",
        } | changed
        claims = {name: value for name, value in claims.items() if value is not None}
        header = {"alg": KEY.algorithm, "kid": KEY.kid, "typ": "at+jwt"}
        return compact(header, claims, KEY.sign)

    def event(
        self,
        key: str | None = None,
        token: str | None = None,
        *,
        method: str = "GET",
        resource: str = "/v1/stock/{sku}",
        path: str = "/v1/stock/A",
    ) -> dict[str, Any]:
        """Return the event of a call with these credentials."""
        headers = {} if key is None else {"x-api-key": key}
        if token is not None:
            headers["authorization"] = f"Bearer {token}"
        return authorizer_event(token_event(method, resource, path, headers=headers))

    def cut(self, tenant: str, principal: str, valid_from: int) -> None:
        """Cut what was issued before a time, as an incident does."""
        key = keys.cut(tenant, principal)
        item = {"pk": key.pk, "sk": key.sk, "valid_from": valid_from}
        self.dynamodb.put_item(TableName=tables.ACCESS, Item=table.to_wire(item))

    def used(self, made: Made) -> int | None:
        """Return when a key was last used, in epoch ms."""
        key = keys.used(made.credential.tenant, made.credential.id)
        found = table.get(self.dynamodb, tables.ACCESS, key)
        return None if found is None else int(found["at"])

    def status(self, event: dict[str, Any]) -> int:
        """Return what the gateway would answer itself, 0 when the call goes on to its handler."""
        return TokenDoor(self.module, Door({})).asked(event)[0]

    def line(self, event: dict[str, Any]) -> dict[str, Any]:
        """Return the one line that the function logs of a call, read."""
        (line,) = self.logged(event).splitlines()
        return dict(json.loads(line))

    def logged(self, event: dict[str, Any]) -> str:
        """Return all that the function logs of a call."""
        printed = StringIO()
        with patch.object(self.module.log.registered_handler, "stream", printed):
            self.status(event)
        return printed.getvalue()

    def context(self, event: dict[str, Any]) -> dict[str, str]:
        """Return what the handlers are told of a call that is allowed."""
        given = self.module.handler(event, LambdaContext())
        assert given["policyDocument"]["Statement"][0]["Effect"] == "Allow"
        return dict(given["context"])

    def forget(self) -> None:
        """Empty the caches, as a new container would have them."""
        self.module.registry._cache.clear()
        self.module.used._due.clear()


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LocalIssuer, Path]]:
    """Return the issuer's server and the authority that its certificate is from."""
    with serving(tmp_path_factory.mktemp("issuer")) as running:
        yield running


@pytest.fixture(scope="session")
def module() -> Any:
    """Return the function, imported once: its client finds whatever moto serves."""
    with mock_aws(), patch.dict(os.environ, {"ACCESS_TABLE": tables.ACCESS}):
        return importlib.import_module("authorizer.handler")


@pytest.fixture
def desk(module: Any, served: tuple[LocalIssuer, Path]) -> Iterator[Desk]:
    """Return the function with tenants `main` and `other` and an issuer of `main`."""
    with _opened(module, served) as opened:
        yield opened


@pytest.fixture(scope="module")
def common_desk(module: Any, served: tuple[LocalIssuer, Path]) -> Iterator[Desk]:
    """Return such a desk for all tests of a file that need nothing but keys of their own."""
    with _opened(module, served) as opened:
        yield opened


@contextmanager
def _opened(module: Any, served: tuple[LocalIssuer, Path]) -> Iterator[Desk]:
    local, authority = served
    local.publish(KEY)
    with mock_aws(), patch.dict(os.environ, {"SSL_CERT_FILE": str(authority)}):
        dynamodb = boto3.client("dynamodb")
        tables.create(dynamodb)
        tenancy = StoredTenancy(dynamodb, tables.ACCESS)
        tenancy.put_tenant("main", "1")
        tenancy.put_tenant("other", "2")
        StoredIssuers(dynamodb, tables.ACCESS).put_issuer(_issuer(local))
        with _at(module, FakeClock(START)) as clock:
            yield Desk(module, dynamodb, clock, local)


def _issuer(local: LocalIssuer) -> Issuer:
    return Issuer(
        id=local.id,
        jwks_url=local.jwks_url,
        algorithms=frozenset({"ES256"}),
        audiences=frozenset({AUDIENCE}),
        tenant="main",
        tenants=frozenset({"main"}),
        scopes=frozenset({"stock:read", "keys:manage", "credentials:vend"}),
        clients={"portal": frozenset({"stock:read"})},
    )


@contextmanager
def _at(module: Any, clock: FakeClock) -> Iterator[FakeClock]:
    """Give the function a clock and empty caches."""
    registry = StoredRegistry(module.dynamodb, tables.ACCESS, clock)
    with patch.multiple(
        module,
        clock=clock,
        registry=registry,
        tokens=TokenVerifier(registry.issuer, download, clock),
        used=StoredUse(module.dynamodb, tables.ACCESS, clock),
    ):
        yield clock
