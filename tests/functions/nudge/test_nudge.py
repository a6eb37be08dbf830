"""The nudge: one message per tenant that has work, and every tenant once a minute."""

from __future__ import annotations

import importlib
import json
import os
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import boto3
import pytest
from moto import mock_aws

from core.errors import Unavailable
from core.store import nudges
from core.store.tenancy import StoredTenancy
from tests.fakes.clock import FakeClock
from tests.support import tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_sqs import SQSClient


@pytest.fixture
def sqs() -> Iterator[SQSClient]:
    """Return moto's SQS, with DynamoDB and its tables beside it."""
    with mock_aws():
        dynamodb = boto3.client("dynamodb")
        tables.create(dynamodb)
        tenancy = StoredTenancy(dynamodb, tables.ACCESS)
        for tenant in ("main", "outlet", "closed"):
            tenancy.put_tenant(tenant, "1")
        tenancy.remove_tenant("closed")
        yield boto3.client("sqs")


@pytest.fixture
def queue(sqs: SQSClient) -> str:
    """Return the URL of a FIFO queue."""
    return sqs.create_queue(QueueName="sync.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]


def invoke(queue: str, event: dict[str, Any]) -> None:
    """Invoke the handler as a fresh function would be."""
    with patch.dict(os.environ, {"ACCESS_TABLE": tables.ACCESS, "SYNC_QUEUE_URL": queue}):
        module = importlib.import_module("nudge.handler")
        module = importlib.reload(module)
    module.handler(event, None)


def nudged(sqs: SQSClient, queue: str) -> list[str]:
    """Return the tenants that were nudged, in any order."""
    found = sqs.receive_message(
        QueueUrl=queue, MaxNumberOfMessages=10, AttributeNames=["MessageGroupId"]
    ).get("Messages", [])
    for message in found:
        assert message["Attributes"]["MessageGroupId"] == json.loads(message["Body"])["tenant"]
    return sorted(json.loads(message["Body"])["tenant"] for message in found)


def record(partition: str) -> dict[str, Any]:
    """Return a stream record of a marked item."""
    keys = {"pk": {"S": partition}, "sk": {"S": "PRODUCT"}}
    return {"eventSource": "aws:dynamodb", "dynamodb": {"Keys": keys}}


def test_many_changes_of_a_tenant_are_one_nudge(sqs: SQSClient, queue: str) -> None:
    """A stream batch nudges each tenant in it once."""
    partitions = ["main#SKU#1", "main#ORDER#2", "outlet#SKU#1", "main#SKU#a b"]
    invoke(queue, {"Records": [record(p) for p in partitions]})
    assert nudged(sqs, queue) == ["main", "outlet"]


def test_the_schedule_nudges_every_active_tenant(sqs: SQSClient, queue: str) -> None:
    """Once a minute each tenant is nudged; one that is switched off is not."""
    invoke(queue, {"source": "aws.scheduler"})
    assert nudged(sqs, queue) == ["main", "outlet"]


def test_nudges_of_one_slot_are_one_and_later_ones_are_not_lost(sqs: SQSClient, queue: str) -> None:
    """Within two seconds a second nudge adds nothing; after them it is a message of its own."""
    clock = FakeClock()
    for wait in (0, 500, 2_000):
        clock.advance(wait)
        nudges.send(sqs, queue, ["main"], clock)
    counts = sqs.get_queue_attributes(
        QueueUrl=queue, AttributeNames=["ApproximateNumberOfMessages"]
    )["Attributes"]
    assert counts["ApproximateNumberOfMessages"] == "2"


def test_more_tenants_than_a_batch_holds(sqs: SQSClient, queue: str) -> None:
    """Twenty-five tenants are nudged by three calls, none left out."""
    nudges.send(sqs, queue, [f"t{n}" for n in range(25)], FakeClock())
    counts = sqs.get_queue_attributes(
        QueueUrl=queue, AttributeNames=["ApproximateNumberOfMessages"]
    )["Attributes"]
    assert counts["ApproximateNumberOfMessages"] == "25"


def test_a_nudge_that_the_queue_does_not_take_raises(sqs: SQSClient, queue: str) -> None:
    """A partial failure is an error, so that the stream's records are tried again."""

    class Failing:
        def send_message_batch(self, **request: Any) -> dict[str, Any]:
            sqs.send_message_batch(QueueUrl=queue, Entries=request["Entries"][:1])
            return {"Failed": [{"Id": "1", "Code": "InternalError", "SenderFault": False}]}

    with pytest.raises(Unavailable, match="outlet"):
        nudges.send(Failing(), queue, ["main", "outlet"], FakeClock())  # type: ignore[arg-type]
