"""The inbound function: notices in, both sides in step; what cannot be settled comes back."""

from __future__ import annotations

import importlib
import json
import os
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import boto3
import pytest
from moto import mock_aws

from core.clock import SystemClock
from core.crm.inbound.products import Products
from core.errors import Unavailable
from core.store import keys, table
from core.store.tenancy import StoredTenancy
from hubspot_provision.provision import provision
from tests.fakes.clock import FakeClock
from tests.support import tables
from tests.support.books import TENANT, Books
from tests.support.running_twin import RunningTwin, running_twin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.crm.inbound.cases import Case

CONTEXT = SimpleNamespace(aws_request_id="run-1")


class Function:
    """The function as deployed, with its queue, secrets and tables."""

    def __init__(self, twin: RunningTwin) -> None:
        """Deploy it into moto."""
        self.twin = twin
        dynamodb = boto3.client("dynamodb")
        tables.create(dynamodb)
        self.tenancy = StoredTenancy(dynamodb, tables.ACCESS)
        self.tenancy.put_tenant("main", "1")
        self.sqs = boto3.client("sqs")
        self.queue = self.sqs.create_queue(QueueName="inbound")["QueueUrl"]
        secrets = boto3.client("secretsmanager")
        secrets.create_secret(
            Name="shop/hubspot/main", SecretString=json.dumps({"token": twin.token})
        )
        guard = secrets.create_secret(Name="guard", SecretString="guard")["ARN"]
        self.books = Books(dynamodb, FakeClock(SystemClock().now()))
        environment = {
            "CORE_TABLE": tables.CORE,
            "ACCESS_TABLE": tables.ACCESS,
            "AUDIT_TABLE": tables.AUDIT,
            "INBOUND_QUEUE_URL": self.queue,
            "GUARD_SECRET_ARN": guard,
            "HUBSPOT_SECRET_PREFIX": "shop/hubspot/",
            "HUBSPOT_BASE_URL": twin.url,
            "HUBSPOT_API_VERSION": "2026-09",
            "ORDER_LINGER_SECONDS": "5",
            "STOCK_LINGER_SECONDS": "60",
            "FIELD_OWNERSHIP": "{}",
        }
        with patch.dict(os.environ, environment):
            self.module = importlib.reload(importlib.import_module("hubspot_inbound.handler"))
        provision(self.module.portals.of("main"), "main", "1", "2026-09")

    def take(self, *bodies: str) -> list[str]:
        """Invoke it with messages; return the ids of those that failed."""
        records = [
            {"messageId": f"m{n}", "body": body, "attributes": {"SentTimestamp": "1"}}
            for n, body in enumerate(bodies)
        ]
        answer = self.module.handler({"Records": records}, CONTEXT)
        return [f["itemIdentifier"] for f in answer["batchItemFailures"]]

    def waiting(self) -> int:
        """Return how many notices wait in the queue, delayed ones too."""
        found = self.sqs.get_queue_attributes(QueueUrl=self.queue, AttributeNames=["All"])
        told = found["Attributes"]
        return int(told["ApproximateNumberOfMessages"]) + int(
            told["ApproximateNumberOfMessagesDelayed"]
        )


@pytest.fixture
def function() -> Iterator[Function]:
    """Return the function, deployed."""
    with mock_aws(), running_twin() as twin:
        yield Function(twin)


def look(hubspot_id: str, **more: Any) -> str:
    """Return the message that asks for a look at a product."""
    return json.dumps({"tenant": "main", "type": "products", "id": hubspot_id, **more})


def test_notices_are_settled_measured_and_logged(
    function: Function, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """What is nobody of ours is counted as such; duplicates in a batch are one look."""
    assert function.take(look("1"), look("1"), look("2")) == []
    written = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    counted = {m["result"]: m["InboundLooks"] for m in written if "InboundLooks" in m}
    assert counted == {"foreign": [2.0]}
    assert any("InboundLag" in m for m in written)
    assert any(getattr(r, "results", {}) == {"foreign": 2} for r in caplog.records)
    assert function.waiting() == 0


@pytest.mark.parametrize(
    "body",
    ["", "[]", '{"tenant": "main"}', look("x"), '{"tenant":"main","type":"deals","id":"1"}'],
)
def test_a_message_that_makes_no_sense_fails_alone(function: Function, body: str) -> None:
    """It goes back to the queue and from there to the dead letters; the others are settled."""
    assert function.take(body, look("1")) == ["m0"]


def test_an_outage_kills_no_notice(function: Function) -> None:
    """While HubSpot cannot be asked, notices are queued again with a delay, and none has failed."""
    function.twin.call("POST", "/_twin/faults/outage", {"for_ms": 300_000})
    assert function.take(look("1"), look("2")) == []
    assert function.waiting() == 2


def test_a_budget_that_is_spent_waits(function: Function) -> None:
    """A limit is obeyed before HubSpot says 429, and no run sleeps it out."""
    budget = "core.store.budget.StoredBudget.reserve"
    grant = SimpleNamespace(starts=(), until=SystemClock().now() + 60_000)
    with patch(budget, return_value=grant):
        assert function.take(look("1")) == []
    assert function.waiting() == 1
    assert not function.twin.call("GET", "/_twin/stats").body.get("rate_limited")


def test_a_queue_that_takes_nothing_back_keeps_the_message(function: Function) -> None:
    """Then the message itself comes back when its visibility ends: nothing is lost."""
    function.twin.call("POST", "/_twin/faults/outage", {"for_ms": 300_000})
    lost = Unavailable("notices_lost", "Try later.")
    with patch.object(function.module.noticing, "send", side_effect=lost):
        assert function.take(look("1")) == ["m0"]


def test_a_poisoned_record_fails_alone(function: Function) -> None:
    """Whatever breaks with one record leaves the others their turn."""
    made = [
        function.twin.call("POST", "/crm/objects/2026-09/products", sku | {"associations": []})
        for sku in (
            {"properties": {"countersign_sku": s, "countersign_product_id": s}} for s in "AB"
        )
    ]
    good, bad = (reply.body["id"] for reply in made)
    for name in "AB":
        product = function.books.product(name)
        function.books.dynamodb.update_item(
            TableName=tables.CORE,
            Key=table.wire_key(keys.product(TENANT, name)),
            UpdateExpression="SET id = :id",
            ExpressionAttributeValues={":id": {"S": name}},
        )
        assert product.sku == name
    real = Products.settle

    def settle(kind: Products, case: Case, found: Any) -> Any:
        if case.asked == bad:
            raise ZeroDivisionError
        return real(kind, case, found)

    with patch.object(Products, "settle", settle):
        assert function.take(look(good), look(bad), look(bad)) == ["m1", "m2"]


def test_a_tenant_that_is_switched_off_is_left_alone(function: Function) -> None:
    """Its notices are used up; nobody asks HubSpot."""
    function.tenancy.remove_tenant("main")
    assert function.take(look("1")) == []
    assert function.waiting() == 0
