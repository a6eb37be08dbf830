"""Policy statements by what they allow, each for named resources and single actions."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aws_cdk import aws_dynamodb as dynamodb
    from aws_cdk import aws_kms as kms
    from aws_cdk import aws_secretsmanager as secretsmanager
    from aws_cdk import aws_sqs as sqs

_TABLE_KEY = ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey")


def allow(resources: Iterable[str], *actions: str) -> iam.PolicyStatement:
    """Allow the actions on exactly these resources."""
    return iam.PolicyStatement(actions=list(actions), resources=list(resources))


def on_table(table: dynamodb.ITable, *operations: str) -> iam.PolicyStatement:
    """Allow DynamoDB operations (`GetItem`) on a table's items; its indexes are another right."""
    return allow([table.table_arn], *(f"dynamodb:{name}" for name in operations))


def on_items(table: dynamodb.ITable, kinds: Iterable[str], *operations: str) -> iam.PolicyStatement:
    """Allow operations on items of these kinds only: a partition key is `tenant#KIND#id`.

    DynamoDB supplies `LeadingKeys` with each of its item operations, those of a transaction too.
    """
    statement = on_table(table, *operations)
    patterns = [f"*#{kind}#*" for kind in kinds]
    statement.add_condition("ForAllValues:StringLike", {"dynamodb:LeadingKeys": patterns})
    return statement


def record(audit: dynamodb.ITable) -> iam.PolicyStatement:
    """Allow new entries in the audit, and nothing else there."""
    return on_items(audit, ["AUDIT"], "PutItem")


def query_index(table: dynamodb.ITable, index: str) -> iam.PolicyStatement:
    """Allow queries on one index of the table."""
    return allow([f"{table.table_arn}/index/{index}"], "dynamodb:Query")


def read_stream(table: dynamodb.ITable) -> list[iam.PolicyStatement]:
    """Allow what Lambda checks for before it maps a table's stream to a function."""
    reading = ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator")
    return [
        allow([table.table_stream_arn or ""], *reading),
        allow([f"{table.table_arn}/stream/*"], "dynamodb:ListStreams"),
    ]


def read_secrets(*secrets: secretsmanager.Secret) -> iam.PolicyStatement:
    """Allow the values of these secrets."""
    return allow([arn_of(secret) for secret in secrets], "secretsmanager:GetSecretValue")


def list_versions(*secrets: secretsmanager.Secret) -> iam.PolicyStatement:
    """Allow the dates of these secrets' versions, not their values."""
    return allow([arn_of(secret) for secret in secrets], "secretsmanager:ListSecretVersionIds")


def write_secrets(*secrets: secretsmanager.Secret) -> iam.PolicyStatement:
    """Allow new values of these secrets."""
    return allow([arn_of(secret) for secret in secrets], "secretsmanager:PutSecretValue")


def arn_of(secret: secretsmanager.Secret) -> str:
    """Return the secret's ARN by its attribute: its `Ref` is the name in the local emulator."""
    return cast("secretsmanager.CfnSecret", secret.node.default_child).attr_id


def send(*queues: sqs.IQueue) -> iam.PolicyStatement:
    """Allow messages into the queues."""
    return allow([queue.queue_arn for queue in queues], "sqs:SendMessage")


def consume(queue: sqs.IQueue) -> iam.PolicyStatement:
    """Allow what an event source mapping does with a queue."""
    actions = ("ReceiveMessage", "DeleteMessage", "ChangeMessageVisibility", "GetQueueAttributes")
    return allow([queue.queue_arn], *(f"sqs:{action}" for action in actions))


def key_for(key: kms.IKey, service: str, *, writes: bool = False) -> iam.PolicyStatement:
    """Allow the key only as `service` uses it for the caller: `dynamodb`, `secretsmanager`, ….

    A table's key is asked for all that AWS's own key policy for DynamoDB names; a secret is only
    decrypted, unless it is written; queue and bucket also make data keys, for what is put there.
    """
    actions = {
        "dynamodb": _TABLE_KEY,
        "secretsmanager": ("kms:Decrypt", *(("kms:GenerateDataKey",) if writes else ())),
        "s3": ("kms:Decrypt", "kms:GenerateDataKey"),
        "sqs": ("kms:Decrypt", "kms:GenerateDataKey"),
    }[service]
    statement = allow([key.key_arn], *actions)
    via = f"{service}.{cdk.Aws.REGION}.{cdk.Aws.URL_SUFFIX}"
    statement.add_condition("StringEquals", {"kms:ViaService": via})
    return statement
