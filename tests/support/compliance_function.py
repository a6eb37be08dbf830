"""The compliance function on MiniStack, before a small stack that it looks at."""

from __future__ import annotations

import importlib
import json
import os
import time
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import boto3

from core.store.tenancy import StoredTenancy
from tests.fakes.clock import FakeClock
from tests.support import tables

if TYPE_CHECKING:
    from tests.support.emulator_dynamodb import Emulated


def resources(name: str) -> dict[str, Any]:
    """Return one of each of a few kinds, as they must be."""
    kinds: dict[str, tuple[str, dict[str, Any]]] = {
        "Group": ("AWS::Logs::LogGroup", {"LogGroupName": name, "RetentionInDays": 90}),
        "Key": ("AWS::KMS::Key", {"EnableKeyRotation": True}),
        "Queue": ("AWS::SQS::Queue", {"QueueName": name, "KmsMasterKeyId": "alias/aws/sqs"}),
        "Secret": (
            "AWS::SecretsManager::Secret",
            {"Name": name, "SecretString": "x", "KmsKeyId": "k"},
        ),
        "Table": (
            "AWS::DynamoDB::Table",
            {
                "TableName": name,
                "BillingMode": "PAY_PER_REQUEST",
                "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
                "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
                "DeletionProtectionEnabled": True,
                "SSESpecification": {"SSEEnabled": True, "SSEType": "KMS"},
            },
        ),
    }
    return {one: {"Type": kind, "Properties": of} for one, (kind, of) in kinds.items()}


class Looked:
    """The function as deployed, and the account that it looks at; AWS_ENDPOINT_URL names it.

    Without its table the account is wholly as it must be: MiniStack does not keep that a table is
    encrypted under a key.
    """

    def __init__(self, emulated: Emulated, name: str, *, table: bool = True) -> None:
        """Deploy the stack `name`, whose resources have that name, then the function."""
        self.client = boto3.client
        wanted = {k: v for k, v in resources(name).items() if table or k != "Table"}
        cloudformation = boto3.client("cloudformation")
        body = json.dumps({"Resources": wanted})
        cloudformation.create_stack(StackName=name, TemplateBody=body)
        waiter = cloudformation.get_waiter("stack_create_complete")
        waiter.wait(StackName=name, WaiterConfig={"Delay": 1})
        if table:
            self.recovery(name, on=True)
        self.not_kept = {f"table-encrypted {name}"}
        prefix = emulated.fresh_tables("looked")
        self.access, self.audit = prefix + tables.ACCESS, prefix + tables.AUDIT
        StoredTenancy(boto3.client("dynamodb"), self.access).put_tenant("main", "1")
        environment = {"ACCESS_TABLE": self.access, "STACKS": name, "FIXED_SECRETS": ""}
        with patch.dict(os.environ, environment):
            self.module = importlib.reload(importlib.import_module("compliance.handler"))
        self.clock = FakeClock(time.time_ns() // 1_000_000)
        vars(self.module)["clock"] = self.clock

    def recovery(self, name: str, *, on: bool) -> None:
        """Switch a table's point-in-time recovery."""
        boto3.client("dynamodb").update_continuous_backups(
            TableName=name,
            PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": on},
        )

    def failures(self, action: str = "look") -> dict[str, int]:
        """Return what does not hold, with since when, but for what MiniStack does not keep."""
        found = json.loads(json.dumps(self.module.handler({"action": action}, None)))
        named = {f"{f['rule']} {f['resource']}": f["since"] for f in found["failures"]}
        return {name: since for name, since in named.items() if name not in self.not_kept}
