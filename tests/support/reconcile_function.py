"""The reconcile function as deployed, with its queue, secrets and tables in moto."""

from __future__ import annotations

import importlib
import json
import os
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import boto3

from core.clock import SystemClock
from core.store.tenancy import StoredTenancy
from hubspot_provision.provision import provision
from tests.fakes.clock import FakeClock
from tests.support import tables
from tests.support.books import Books
from tests.support.running_twin import PORTAL

if TYPE_CHECKING:
    from tests.support.running_twin import RunningTwin

TENANTS = {"main": PORTAL, "outlet": 2}
"""Tenants and their portals."""


class Function:
    """The function; use it within `quick_moto`."""

    def __init__(self, twin: RunningTwin, *, full_hours: int = 24) -> None:
        """Deploy it, with a ready portal for each tenant and a tenant that is switched off."""
        self.twin = twin
        dynamodb = boto3.client("dynamodb")
        tables.create(dynamodb)
        tenancy = StoredTenancy(dynamodb, tables.ACCESS)
        self.sqs = boto3.client("sqs")
        made = self.sqs.create_queue(QueueName="r.fifo", Attributes={"FifoQueue": "true"})
        self.queue = made["QueueUrl"]
        self.books = Books(dynamodb, FakeClock(SystemClock().now()))
        environment = {
            "CORE_TABLE": tables.CORE,
            "ACCESS_TABLE": tables.ACCESS,
            "RECONCILE_QUEUE_URL": self.queue,
            "INBOUND_QUEUE_URL": self.queue,
            "HUBSPOT_SECRET_PREFIX": "shop/hubspot/",
            "HUBSPOT_BASE_URL": twin.url,
            "HUBSPOT_API_VERSION": "2026-09",
            "FIELD_OWNERSHIP": "{}",
            "RECONCILE_FULL_HOURS": str(full_hours),
            "RECONCILE_CHANGES_MINUTES": "60",
            "POWERTOOLS_SERVICE_NAME": "reconcile",
        }
        with patch.dict(os.environ, environment):
            self.module = importlib.reload(importlib.import_module("reconcile.handler"))
        for tenant, portal in TENANTS.items():
            token = twin.token[:-1] + str(portal)
            twin.twin.add_token(token, portal)
            boto3.client("secretsmanager").create_secret(
                Name=f"shop/hubspot/{tenant}", SecretString=json.dumps({"token": token})
            )
            tenancy.put_tenant(tenant, str(portal))
            provision(self.module.portals.of(tenant), tenant, str(portal), "2026-09")
        tenancy.put_tenant("closed", "3")
        tenancy.remove_tenant("closed")

    def invoke(self, **event: Any) -> Any:
        """Invoke it with an event, by default the schedule's."""
        return self.module.handler(event, None)

    def take(self) -> list[str]:
        """Take the queue's messages, hand each to the function, and return their tenants."""
        answer = self.sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10)
        messages = answer.get("Messages", [])
        for message in messages:
            self.invoke(Records=[{"body": message["Body"]}])
            handle = message["ReceiptHandle"]
            self.sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=handle)
        return sorted(json.loads(m["Body"])["tenant"] for m in messages)
