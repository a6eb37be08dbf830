"""The sync function: a nudge in, HubSpot in step, and another nudge while there is more."""

from __future__ import annotations

import importlib
import json
import os
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import boto3
import pytest
from moto import mock_aws

from core.clock import SystemClock
from core.store.tenancy import StoredTenancy
from hubspot_provision.provision import provision
from tests.fakes.clock import FakeClock
from tests.support import tables
from tests.support.books import Books
from tests.support.running_twin import RunningTwin, running_twin

if TYPE_CHECKING:
    from collections.abc import Iterator


class Function:
    """The function as deployed, with its queue, secret and tables."""

    def __init__(self, twin: RunningTwin) -> None:
        """Deploy it into moto."""
        self.twin = twin
        dynamodb = boto3.client("dynamodb")
        tables.create(dynamodb)
        self.tenancy = StoredTenancy(dynamodb, tables.ACCESS)
        self.tenancy.put_tenant("main", "1")
        self.sqs = boto3.client("sqs")
        self.queue = self.sqs.create_queue(QueueName="s.fifo", Attributes={"FifoQueue": "true"})[
            "QueueUrl"
        ]
        boto3.client("secretsmanager").create_secret(
            Name="shop/hubspot/main", SecretString=json.dumps({"token": twin.token})
        )
        self.books = Books(dynamodb, FakeClock(SystemClock().now()))
        environment = {
            "CORE_TABLE": tables.CORE,
            "ACCESS_TABLE": tables.ACCESS,
            "SYNC_QUEUE_URL": self.queue,
            "HUBSPOT_SECRET_PREFIX": "shop/hubspot/",
            "HUBSPOT_BASE_URL": twin.url,
            "HUBSPOT_API_VERSION": "2026-09",
            "ORDER_LINGER_SECONDS": "5",
            "STOCK_LINGER_SECONDS": "60",
            "FIELD_OWNERSHIP": "{}",
        }
        with patch.dict(os.environ, environment):
            self.module = importlib.reload(importlib.import_module("hubspot_sync.handler"))
        provision(self.module.portals.of("main"), "main", "1", "2026-09")

    def nudge(self, tenant: str = "main") -> None:
        """Invoke it with a nudge."""
        self.module.handler({"Records": [{"body": json.dumps({"tenant": tenant})}]}, None)

    def waiting(self) -> int:
        """Return how many nudges wait in the queue."""
        found = self.sqs.get_queue_attributes(QueueUrl=self.queue, AttributeNames=["All"])
        return int(found["Attributes"]["ApproximateNumberOfMessages"])

    def products(self) -> list[Any]:
        """Return HubSpot's products."""
        found: list[Any] = self.twin.call("GET", "/_twin/records?type=products").body["products"]
        return found


@pytest.fixture
def function() -> Iterator[Function]:
    """Return the function, deployed."""
    with mock_aws(), running_twin() as twin:
        yield Function(twin)


def test_what_is_due_is_pushed_and_measured(
    function: Function,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A nudge brings HubSpot in step; the log says what was done, and metrics count it."""
    function.books.clock.at -= 120_000
    function.books.product("TEA-1")
    function.books.order([("TEA-1", 1)])
    function.nudge()
    assert len(function.products()) == 1
    written = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    names = {e["_aws"]["CloudWatchMetrics"][0]["Metrics"][0]["Name"] for e in written}
    assert {"SyncLag", "HubspotCalls", "RecordsPushed"} <= names
    assert any(getattr(r, "landed", {}).get("orders") == 1 for r in caplog.records)
    assert function.waiting() == 0


def test_what_is_due_later_is_nudged_again(function: Function) -> None:
    """While something lingers, the writer nudges itself and does not wait for it."""
    function.books.product("TEA-1")
    function.nudge()
    assert function.products() == []
    assert function.waiting() == 1


def test_a_tenant_that_is_switched_off_is_left_alone(function: Function) -> None:
    """Nothing is pushed for a tenant that the deployment no longer has."""
    function.books.clock.at -= 120_000
    function.books.product("TEA-1")
    function.tenancy.remove_tenant("main")
    function.nudge()
    function.nudge("nobody")
    assert function.products() == []


def test_a_secret_that_makes_no_sense_blocks_nobody(
    function: Function, caplog: pytest.LogCaptureFixture
) -> None:
    """Without a usable token the run ends with an error in the log, and the nudge is used up."""
    function.tenancy.put_tenant("outlet", "2")
    boto3.client("secretsmanager").create_secret(Name="shop/hubspot/outlet", SecretString="oops")
    function.nudge("outlet")
    assert any("shop/hubspot/outlet" in getattr(r, "reason", "") for r in caplog.records)
    assert "oops" not in caplog.text


def test_a_rotated_token_is_read_after_the_old_one_is_refused(function: Function) -> None:
    """When HubSpot no longer takes the token, the next run reads it again."""
    function.books.clock.at -= 120_000
    function.books.product("TEA-1")
    token = function.twin.twin.tokens.pop(function.twin.token)
    function.nudge()
    fresh = "pat-na1-22222222-3333-4444-5555-666666666666"
    function.twin.twin.add_token(fresh, token.portal)
    boto3.client("secretsmanager").put_secret_value(
        SecretId="shop/hubspot/main", SecretString=json.dumps({"token": fresh})
    )
    function.nudge()
    assert [p["properties"]["hs_sku"] for p in function.products()] == ["TEA-1"]
