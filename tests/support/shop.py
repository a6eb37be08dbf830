"""A shop on moto: tables, tenants, registered roles, and the handlers wired to them."""

from __future__ import annotations

import importlib
import json
import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import boto3

from core.store import table
from core.store.tenancy import StoredTenancy
from tests.support import tables
from tests.support.credentials import put_credential
from tests.support.doors import ACCOUNT, Door
from tests.support.quick_moto import quick_moto

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mypy_boto3_dynamodb import DynamoDBClient

    from core.access.credential import Credential
    from tests.support.emulator_dynamodb import Emulated

ALL = (
    "stock:read",
    "stock:write",
    "reservations:read",
    "reservations:write",
    "orders:read",
    "orders:place",
    "orders:manage",
    "customers:read",
    "customers:contact",
    "customers:write",
    "consents:write",
    "customers:bind",
)
PAGE = "https://portal.example"
HUBSPOT_URL = "https://door.example.com/hubspot"
CLIENT_SECRET = "f6e94c08-85d0-4608-bcc6-e1850176e7b8"  # noqa: S105 - HubSpot's published vector
ENVIRONMENT = {
    "CORE_TABLE": tables.CORE,
    "ACCESS_TABLE": tables.ACCESS,
    "AUDIT_TABLE": tables.AUDIT,
    "ORDER_LINGER_SECONDS": "5",
    "STOCK_LINGER_SECONDS": "60",
    "VENDED_ROLE_NAME": "Vended",
    "PRINCIPAL_RATE": "2000",
    "PRINCIPAL_BURST": "4000",
    "VENDS_PER_MINUTE": "600",
    "BLOCKED_EMAIL_DOMAINS": "mailinator.com xn--bse-sna.example",
    "VENDED_ROLE_ARN": f"arn:aws:iam::{ACCOUNT}:role/Vended",
    "SIGNED_API_ARN": f"arn:aws:execute-api:eu-west-1:{ACCOUNT}:a1b2c3d4e5",
    "WEBHOOK_SECRET_ARN": "hubspot-webhook",
    "HUBSPOT_PUBLIC_URL": HUBSPOT_URL,
    "CORS_ORIGINS": f"{PAGE} https://second.example:8443",
    "SIGNED_URL": "https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/signed",
}


COUNTED = {"RATE", "USED"}
"""Items that any call may write, refused or not."""


@dataclass(frozen=True, slots=True)
class Shop:
    """Tenants `main` and `other`; roles `Caller` (main), `Both`, `Reader` (main, reads only)."""

    door: Door
    dynamodb: DynamoDBClient
    tenancy: StoredTenancy
    handlers: tuple[Any, ...]
    prefix: str = ""

    def transactions(self) -> list[list[dict[str, Any]]]:
        """Return a list that will hold the actions of each transaction that a handler sends."""
        sent: list[list[dict[str, Any]]] = []

        def note(params: dict[str, Any], **_: Any) -> None:
            sent.append(params["TransactItems"])

        for module in self.handlers:
            module.dynamodb.meta.events.register_last(
                "provide-client-params.dynamodb.TransactWriteItems", note
            )
        return sent

    def snapshot(self) -> list[dict[str, Any]]:
        """Return all that stands in the three tables, but for what every call counts.

        That a call was denied is no change either, although the audit tells of it.
        """
        found: list[dict[str, Any]] = []
        for name in (tables.CORE, tables.ACCESS, tables.AUDIT):
            pages = self.dynamodb.get_paginator("scan").paginate(TableName=self.prefix + name)
            found += [i for page in pages for i in page["Items"] if i["sk"]["S"] not in COUNTED]
        found = [i for i in found if i.get("result") != {"S": "denied"}]
        return sorted(found, key=lambda i: (i["pk"]["S"], i["sk"]["S"]))

    def items(self, name: str = tables.CORE) -> list[dict[str, Any]]:
        """Return a table's items as plain values."""
        pages = self.dynamodb.get_paginator("scan").paginate(TableName=self.prefix + name)
        return [table.from_wire(item) for page in pages for item in page["Items"]]

    def put(self, item: Mapping[str, Any]) -> None:
        """Put an item into the core table, past the door."""
        self.dynamodb.put_item(TableName=self.prefix + tables.CORE, Item=table.to_wire(item))

    def put_credential(self, made: Credential) -> None:
        """Put a key or a token client into the access table, past the keys' own routes."""
        put_credential(self.dynamodb, self.prefix + tables.ACCESS, made)

    def stock(self, sku: str, quantity: int, **more: Any) -> None:
        """Put a product at 2.55 GBP with opening stock."""
        body = {"name": sku, "price": 255, "currency": "GBP"} | more
        body["opening_stock"] = [{"quantity": quantity}]
        answer = self.door.put_product(sku, body)
        assert answer.status == 201, answer.text


HANDLERS = ("inventory_api", "orders_api", "customers_api", "credentials_api", "access_api")


@contextmanager
def open_shop() -> Iterator[Shop]:
    """Open an empty shop; the handlers are imported once and find each shop's own tables."""
    with quick_moto():
        dynamodb, handlers = _on_moto()
        tables.create(dynamodb)
        boto3.client("secretsmanager").create_secret(
            Name=ENVIRONMENT["WEBHOOK_SECRET_ARN"],
            SecretString=json.dumps({"current": CLIENT_SECRET, "previous": None}),
        )
        for module in handlers:
            module.edge.registry._cache.clear()
            module.edge.share._leases.clear()
            if module.edge.used is not None:
                module.edge.used._due.clear()
        yield _furnished(dynamodb, handlers)


@cache
def _on_moto() -> tuple[DynamoDBClient, tuple[Any, ...]]:
    """Return a client and the handlers; they outlive the shop, for moto serves any client."""
    secret = boto3.client("secretsmanager").create_secret(Name="guard", SecretString="k" * 32)
    with patch.dict(os.environ, ENVIRONMENT | {"GUARD_SECRET_ARN": secret["ARN"]}):
        handlers = tuple(importlib.import_module(f"{name}.handler") for name in HANDLERS)
    return boto3.client("dynamodb"), handlers


@contextmanager
def open_emulated_shop(emulated: Emulated) -> Iterator[Shop]:
    """Open an empty shop on the emulator, where great orders are quick; handlers are its own."""
    prefix = emulated.fresh_tables("shop")
    with patch.dict(os.environ, {"AWS_ENDPOINT_URL": emulated.url}):
        secret = boto3.client("secretsmanager").create_secret(Name=prefix, SecretString="k" * 32)
        os.environ["GUARD_SECRET_ARN"] = secret["ARN"]
        handlers = tuple(fresh_handler(f"{name}.handler", prefix) for name in HANDLERS)
    yield _furnished(emulated.client(), handlers, prefix)


def fresh_handler(name: str, prefix: str) -> Any:
    """Import a handler for tables of its own; whoever imports it next gets another one."""
    names = {k: prefix + v for k, v in ENVIRONMENT.items() if k.endswith("_TABLE")}
    kept = sys.modules.pop(name, None)
    try:
        with patch.dict(os.environ, ENVIRONMENT | names):
            return importlib.import_module(name)
    finally:
        sys.modules.pop(name, None)
        if kept is not None:
            sys.modules[name] = kept


def _furnished(dynamodb: DynamoDBClient, handlers: tuple[Any, ...], prefix: str = "") -> Shop:
    tenancy = StoredTenancy(dynamodb, prefix + tables.ACCESS)
    tenancy.put_tenant("main", "1", "GB")
    tenancy.put_tenant("other", "2")
    tenancy.put_portal("1", "main", ("stock:read", "orders:read"))
    tenancy.put_portal("2", "other", ())
    tenancy.put_role(ACCOUNT, "Caller", {"main": ALL})
    tenancy.put_role(ACCOUNT, "Both", {"main": ALL, "other": ALL})
    tenancy.put_role(ACCOUNT, "Reader", {"main": ("stock:read", "orders:read")})
    door = Door(dict(zip(HANDLERS, (m.handler for m in handlers), strict=True)))
    return Shop(door, dynamodb, tenancy, handlers, prefix)


def order(*lines: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return an order's body, by default one unit of `A`."""
    return {"currency": "GBP", "lines": list(lines or [{"sku": "A", "quantity": 1}])} | more
