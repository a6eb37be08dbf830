"""The operator's function as deployed, on moto, by a clock that only tests move."""

from __future__ import annotations

import importlib
import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import boto3
import pytest
from moto import mock_aws

from core.clock import SystemClock
from core.store import table
from core.store.tenancy import StoredTenancy
from tests.fakes.clock import FakeClock
from tests.support import tables
from tests.support.doors import LambdaContext

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass
class Office:
    """Tenants `main` and `other`, and the function that the operator invokes."""

    module: Any
    dynamodb: DynamoDBClient
    clock: FakeClock

    def ask(self, action: str, **event: Any) -> dict[str, Any]:
        """Invoke it; event and answer must survive JSON, as Lambda demands."""
        told = json.loads(json.dumps({"action": action, **event}))
        return dict(json.loads(json.dumps(self.module.handler(told, LambdaContext()))))

    def items(self, name: str) -> list[dict[str, Any]]:
        """Return a table's items, by sort key."""
        found = [table.from_wire(i) for i in self.dynamodb.scan(TableName=name)["Items"]]
        return sorted(found, key=lambda i: str(i["sk"]))


@pytest.fixture
def office() -> Iterator[Office]:
    """Return the function, imported once: its client finds whatever moto serves."""
    names = {"ACCESS_TABLE": tables.ACCESS, "AUDIT_TABLE": tables.AUDIT}
    clock = FakeClock()
    with (
        mock_aws(),
        patch.dict(os.environ, names),
        patch.object(SystemClock, "now", lambda _: clock.now()),
        patch.object(SystemClock, "sleep", lambda _, seconds: clock.sleep(seconds)),
    ):
        module = importlib.import_module("access_admin.handler")
        dynamodb = boto3.client("dynamodb")
        tables.create(dynamodb)
        tenancy = StoredTenancy(dynamodb, tables.ACCESS)
        tenancy.put_tenant("main", "1")
        tenancy.put_tenant("other", "2")
        yield Office(module, dynamodb, clock)
