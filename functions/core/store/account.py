"""The account's own word on the deployment's resources: real settings, not the template's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from core.compliance.rules import Fact

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

DAY_MS = 86_400_000
_CALLS = Config(connect_timeout=2, read_timeout=10, retries={"mode": "standard"})


class Account:
    """Reads what the deployment's stacks are made of; changes nothing.

    `fixed` names secrets that must not change: an HMAC key under which guards are kept.
    """

    def __init__(self, stacks: Iterable[str], fixed: Iterable[str], now: int) -> None:
        """Keep the parts; `now` is in epoch ms."""
        self._stacks, self._fixed, self._now = tuple(stacks), frozenset(fixed), now

    def facts(self) -> Iterator[Fact]:
        """Yield the settings of each resource; one that cannot be read says why."""
        readers: dict[str, tuple[str, Callable[[str], Mapping[str, Any]]]] = {
            "AWS::DynamoDB::Table": ("table", _table),
            "AWS::Logs::LogGroup": ("log group", _log_group),
            "AWS::SecretsManager::Secret": ("secret", self._secret),
            "AWS::KMS::Key": ("key", _key),
            "AWS::SQS::Queue": ("queue", _queue),
            "AWS::ApiGateway::RestApi": ("stage", _stage),
            "AWS::Lambda::Function": ("function", _function),
            "AWS::S3::Bucket": ("bucket", _bucket),
        }
        for stack in self._stacks:
            for resource in _resources(stack):
                if resource["ResourceType"] in readers:
                    kind, read = readers[resource["ResourceType"]]
                    yield _fact(kind, resource["PhysicalResourceId"], read)

    def _secret(self, name: str) -> Mapping[str, Any]:
        found = _client("secretsmanager").describe_secret(SecretId=name)
        changed = found.get("LastChangedDate") or found["CreatedDate"]
        return {
            "encrypted": "KmsKeyId" in found,
            "rotates": found.get("RotationEnabled", False),
            "age_days": (self._now - int(changed.timestamp() * 1000)) // DAY_MS,
            "fixed": found["ARN"] in self._fixed,
        }


def _client(service: str) -> Any:
    clients: Any = boto3
    return clients.client(service, config=_CALLS)


def _resources(stack: str) -> Iterator[Mapping[str, Any]]:
    pages = _client("cloudformation").get_paginator("list_stack_resources")
    for page in pages.paginate(StackName=stack):
        yield from page["StackResourceSummaries"]


def _fact(kind: str, name: str, read: Callable[[str], Mapping[str, Any]]) -> Fact:
    try:
        return Fact(kind, name, read(name))
    except ClientError as error:
        return Fact(kind, name, error=f"cannot be read: {error.response['Error']['Code']}")
    except (BotoCoreError, LookupError) as error:
        return Fact(kind, name, error=f"cannot be read: {type(error).__name__}")


def _table(name: str) -> Mapping[str, Any]:
    dynamodb = _client("dynamodb")
    table = dynamodb.describe_table(TableName=name)["Table"]
    backups = dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    recovery = backups.get("PointInTimeRecoveryDescription", {})
    return {
        "protected": table.get("DeletionProtectionEnabled", False),
        "encrypted": table.get("SSEDescription", {}).get("SSEType") == "KMS",
        "recovery": recovery.get("PointInTimeRecoveryStatus") == "ENABLED",
    }


def _log_group(name: str) -> Mapping[str, Any]:
    groups = _client("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    (group,) = (g for g in groups if g["logGroupName"] == name)
    return {"days": group.get("retentionInDays")}


def _key(key_id: str) -> Mapping[str, Any]:
    return {"rotates": _client("kms").get_key_rotation_status(KeyId=key_id)["KeyRotationEnabled"]}


def _queue(url: str) -> Mapping[str, Any]:
    asked = ["KmsMasterKeyId"]
    found = _client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=asked)
    return {"encrypted": "KmsMasterKeyId" in found.get("Attributes", {})}


def _stage(api: str) -> Mapping[str, Any]:
    stages = _client("apigateway").get_stages(restApiId=api)["item"]
    return {
        "logged": bool(stages)
        and all(s.get("accessLogSettings", {}).get("destinationArn") for s in stages),
        "traced": bool(stages) and all(s.get("tracingEnabled") for s in stages),
    }


def _function(name: str) -> Mapping[str, Any]:
    found = _client("lambda").get_function_configuration(FunctionName=name)
    return {
        "traced": found.get("TracingConfig", {}).get("Mode") == "Active",
        "logged": bool(found.get("LoggingConfig", {}).get("LogGroup")),
    }


_PUBLIC = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")


def _bucket(name: str) -> Mapping[str, Any]:
    s3 = _client("s3")
    block = s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"]
    rules = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]
    chosen = [r["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] for r in rules]
    lock = s3.get_object_lock_configuration(Bucket=name)["ObjectLockConfiguration"]
    return {
        "private": all(block.get(part) for part in _PUBLIC),
        "encrypted": "aws:kms" in chosen,
        "locked": lock.get("ObjectLockEnabled") == "Enabled",
    }
