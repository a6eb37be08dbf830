"""What each function's role may do, as a table: one right more or less turns it red."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.infra.granted import granted, listed, policy_statements, roles

if TYPE_CHECKING:
    from tests.infra.templates import Templates

CORE, ACCESS, AUDIT = ("CountersignData/Core", "CountersignData/Access", "CountersignData/Audit")
GUARD = "CountersignData/GuardSecret"
WEBHOOK = "CountersignData/WebhookSecret"
PORTAL = "CountersignSync/HubspotSecret-main"
SYNC = "CountersignSync/Sync"
INBOUND = "CountersignInbound/Inbound"
STRETCHES = "CountersignReconcile/Stretches"
BLOCKS = "CountersignAudit/Blocks"
VENDED = "arn:<AWS::Partition>:iam::<AWS::AccountId>:role/Countersign-vended"

STOCK = "BatchGetItem GetItem PutItem Query UpdateItem"
ORDERS = "BatchGetItem ConditionCheckItem GetItem PutItem Query UpdateItem"
TABLE_KEY = "Decrypt DescribeKey Encrypt GenerateDataKey"

HERE = "<AWS::Region>:<AWS::AccountId>"
SETTINGS = "DescribeContinuousBackups DescribeTable"
"""What says how a table is kept, and nothing of what is in it."""

RIGHTS: dict[str, dict[str, str]] = {
    "Compliance/Compliance": {
        f"<{CORE}.Arn>": f"dynamodb: {SETTINGS}",
        f"<{AUDIT}.Arn>": f"dynamodb: {SETTINGS}",
        f"<{ACCESS}.Arn>": f"dynamodb: BatchGetItem {SETTINGS} GetItem Query",
        f"<{ACCESS}.Arn> *#COMPLIANCE#*": "dynamodb: PutItem",
        "<CountersignAudit/Blocks.Arn>": (
            "s3: GetBucketObjectLockConfiguration GetBucketPublicAccessBlock "
            "GetEncryptionConfiguration"
        ),
        "<CountersignData/Key.Arn>": "kms: GetKeyRotationStatus",
        f"<{GUARD}.Id>": "secretsmanager: DescribeSecret",
        f"<{WEBHOOK}.Id>": "secretsmanager: DescribeSecret",
        f"<{PORTAL}.Id>": "secretsmanager: DescribeSecret",
        f"arn:<AWS::Partition>:cloudformation:{HERE}:stack/Countersign*": (
            "cloudformation: ListStackResources"
        ),
        f"arn:<AWS::Partition>:lambda:{HERE}:function:Countersign*": (
            "lambda: GetFunctionConfiguration"
        ),
        f"arn:<AWS::Partition>:sqs:{HERE}:Countersign*": "sqs: GetQueueAttributes",
        f"arn:<AWS::Partition>:logs:{HERE}:log-group:*": "logs: DescribeLogGroups",
        "arn:<AWS::Partition>:apigateway:<AWS::Region>::/restapis/*/stages": "apigateway: GET",
        "<CountersignHandlers/Failures.Arn>": "sqs: SendMessage",
        "key for dynamodb": f"kms: {TABLE_KEY}",
        "key for sqs": "kms: Decrypt GenerateDataKey",
    },
    "Handlers/InventoryApi": {
        f"<{CORE}.Arn>": f"dynamodb: {STOCK}",
        f"<{CORE}.Arn>/index/listing": "dynamodb: Query",
        f"<{ACCESS}.Arn>": "dynamodb: GetItem",
        f"<{ACCESS}.Arn> *#RATE#*": "dynamodb: UpdateItem",
        f"<{ACCESS}.Arn> *#USED#*": "dynamodb: UpdateItem",
        f"<{AUDIT}.Arn> *#AUDIT#*": "dynamodb: PutItem",
        f"<{WEBHOOK}.Id>": "secretsmanager: GetSecretValue",
        f"<{GUARD}.Id>": "secretsmanager: GetSecretValue",
        "key for dynamodb": f"kms: {TABLE_KEY}",
        "key for secretsmanager": "kms: Decrypt",
    },
    "Handlers/OrdersApi": {
        f"<{CORE}.Arn>": f"dynamodb: {ORDERS}",
        f"<{CORE}.Arn>/index/listing": "dynamodb: Query",
        f"<{CORE}.Arn>/index/states": "dynamodb: Query",
        f"<{ACCESS}.Arn>": "dynamodb: GetItem",
        f"<{ACCESS}.Arn> *#RATE#*": "dynamodb: UpdateItem",
        f"<{ACCESS}.Arn> *#USED#*": "dynamodb: UpdateItem",
        f"<{AUDIT}.Arn> *#AUDIT#*": "dynamodb: PutItem",
        f"<{WEBHOOK}.Id>": "secretsmanager: GetSecretValue",
        f"<{GUARD}.Id>": "secretsmanager: GetSecretValue",
        "key for dynamodb": f"kms: {TABLE_KEY}",
        "key for secretsmanager": "kms: Decrypt",
    },
    "Handlers/CustomersApi": {
        f"<{CORE}.Arn>": f"dynamodb: {ORDERS}",
        f"<{CORE}.Arn>/index/listing": "dynamodb: Query",
        f"<{ACCESS}.Arn>": "dynamodb: GetItem",
        f"<{ACCESS}.Arn> *#RATE#*": "dynamodb: UpdateItem",
        f"<{ACCESS}.Arn> *#USED#*": "dynamodb: UpdateItem",
        f"<{AUDIT}.Arn> *#AUDIT#*": "dynamodb: PutItem",
        f"<{GUARD}.Id>": "secretsmanager: GetSecretValue",
        "key for dynamodb": f"kms: {TABLE_KEY}",
        "key for secretsmanager": "kms: Decrypt",
    },
    "Handlers/AccessApi": {
        f"<{ACCESS}.Arn>": "dynamodb: BatchGetItem ConditionCheckItem GetItem Query",
        f"<{ACCESS}.Arn> *#CREDENTIAL#*": "dynamodb: PutItem UpdateItem",
        f"<{ACCESS}.Arn> *#CREDENTIALS#*": "dynamodb: PutItem",
        f"<{ACCESS}.Arn> *#RATE#*": "dynamodb: UpdateItem",
        f"<{ACCESS}.Arn> *#USED#*": "dynamodb: UpdateItem",
        f"<{AUDIT}.Arn> *#AUDIT#*": "dynamodb: PutItem",
        f"<{GUARD}.Id>": "secretsmanager: GetSecretValue",
        "key for dynamodb": f"kms: {TABLE_KEY}",
        "key for secretsmanager": "kms: Decrypt",
    },
    "Handlers/AccessAdmin": {
        f"<{ACCESS}.Arn>": "dynamodb: BatchGetItem GetItem Query",
        f"<{ACCESS}.Arn> *#BOOTSTRAP#*": "dynamodb: PutItem",
        f"<{ACCESS}.Arn> *#CREDENTIAL#*": "dynamodb: PutItem",
        f"<{ACCESS}.Arn> *#CREDENTIALS#*": "dynamodb: PutItem",
        f"<{ACCESS}.Arn> *#CUT#*": "dynamodb: PutItem",
        f"<{ACCESS}.Arn> *#CUTS#*": "dynamodb: PutItem",
        f"<{AUDIT}.Arn> *#AUDIT#*": "dynamodb: PutItem",
        "key for dynamodb": f"kms: {TABLE_KEY}",
    },
    "Handlers/Sweeper": {
        f"<{CORE}.Arn>": f"dynamodb: {ORDERS}",
        f"<{CORE}.Arn>/index/work": "dynamodb: Query",
        f"<{ACCESS}.Arn>": "dynamodb: Query",
        f"<{AUDIT}.Arn> *#AUDIT#*": "dynamodb: PutItem",
        "<CountersignHandlers/Failures.Arn>": "sqs: SendMessage",
        "key for dynamodb": f"kms: {TABLE_KEY}",
        "key for sqs": "kms: Decrypt GenerateDataKey",
    },
    "Handlers/Registry": {
        **{
            f"<{ACCESS}.Arn> *#{kind}#*": "dynamodb: PutItem UpdateItem"
            for kind in ("CREDENTIAL", "ISSUER", "PORTAL", "ROLE", "TENANT", "TENANTS")
        },
        "key for dynamodb": f"kms: {TABLE_KEY}",
    },
    "TokenDoor/Authorizer": {
        f"<{ACCESS}.Arn>": "dynamodb: GetItem",
        f"<{ACCESS}.Arn> *#USED#*": "dynamodb: UpdateItem",
        "key for dynamodb": f"kms: {TABLE_KEY}",
    },
    "TokenDoor/CredentialsApi": {
        f"<{ACCESS}.Arn>": "dynamodb: GetItem",
        f"<{ACCESS}.Arn> *#RATE#*": "dynamodb: UpdateItem",
        f"<{AUDIT}.Arn> *#AUDIT#*": "dynamodb: PutItem",
        VENDED: "sts: AssumeRole",
        "key for dynamodb": f"kms: {TABLE_KEY}",
    },
    "HubspotDoor/HubspotWebhook": {
        f"<{WEBHOOK}.Id>": "secretsmanager: GetSecretValue",
        f"<{ACCESS}.Arn> *#TENANTS#*": "dynamodb: Query",
        f"<{INBOUND}.Arn>": "sqs: SendMessage",
        "key for dynamodb": f"kms: {TABLE_KEY}",
        "key for secretsmanager": "kms: Decrypt",
        "key for sqs": "kms: Decrypt GenerateDataKey",
    },
    "Inbound/HubspotInbound": {
        f"<{CORE}.Arn>": f"dynamodb: {ORDERS}",
        f"<{ACCESS}.Arn>": "dynamodb: GetItem",
        f"<{AUDIT}.Arn> *#AUDIT#*": "dynamodb: PutItem",
        f"<{GUARD}.Id>": "secretsmanager: GetSecretValue",
        f"<{PORTAL}.Id>": "secretsmanager: GetSecretValue",
        f"<{INBOUND}.Arn>": "sqs: ChangeMessageVisibility DeleteMessage GetQueueAttributes "
        "ReceiveMessage SendMessage",
        "key for dynamodb": f"kms: {TABLE_KEY}",
        "key for secretsmanager": "kms: Decrypt",
        "key for sqs": "kms: Decrypt GenerateDataKey",
    },
    "Audit/AuditSealer": {
        f"<{AUDIT}.Arn>": "dynamodb: GetItem Query",
        f"<{AUDIT}.Arn> *#BLOCKS#*": "dynamodb: PutItem",
        f"<{AUDIT}.Arn> *#CHAIN#*": "dynamodb: PutItem",
        f"<{ACCESS}.Arn>": "dynamodb: Query",
        f"<{BLOCKS}.Arn>/blocks/*": "s3: GetObject PutObject",
        "<CountersignAudit/Failures.Arn>": "sqs: SendMessage",
        "key for dynamodb": f"kms: {TABLE_KEY}",
        "key for s3": "kms: Decrypt GenerateDataKey",
        "key for sqs": "kms: Decrypt GenerateDataKey",
    },
    "Sync/Nudge": {
        f"<{CORE}.StreamArn>": "dynamodb: DescribeStream GetRecords GetShardIterator",
        f"<{CORE}.Arn>/stream/*": "dynamodb: ListStreams",
        f"<{ACCESS}.Arn>": "dynamodb: Query",
        f"<{SYNC}.Arn>": "sqs: SendMessage",
        "<CountersignSync/Failures.Arn>": "sqs: SendMessage",
        "key for dynamodb": f"kms: {TABLE_KEY}",
        "key for sqs": "kms: Decrypt GenerateDataKey",
    },
    "Sync/HubspotSync": {
        f"<{CORE}.Arn>": f"dynamodb: {STOCK}",
        f"<{CORE}.Arn>/index/work": "dynamodb: Query",
        f"<{ACCESS}.Arn>": "dynamodb: GetItem",
        f"<{PORTAL}.Id>": "secretsmanager: GetSecretValue",
        f"<{SYNC}.Arn>": "sqs: ChangeMessageVisibility DeleteMessage GetQueueAttributes "
        "ReceiveMessage SendMessage",
        "key for dynamodb": f"kms: {TABLE_KEY}",
        "key for secretsmanager": "kms: Decrypt",
        "key for sqs": "kms: Decrypt GenerateDataKey",
    },
    "Reconcile/Reconcile": {
        f"<{CORE}.Arn>": f"dynamodb: {STOCK}",
        f"<{CORE}.Arn>/index/listing": "dynamodb: Query",
        f"<{CORE}.Arn>/index/states": "dynamodb: Query",
        f"<{ACCESS}.Arn>": "dynamodb: Query",
        f"<{PORTAL}.Id>": "secretsmanager: GetSecretValue",
        f"<{STRETCHES}.Arn>": "sqs: ChangeMessageVisibility DeleteMessage GetQueueAttributes "
        "ReceiveMessage SendMessage",
        "<CountersignReconcile/Failures.Arn>": "sqs: SendMessage",
        f"<{INBOUND}.Arn>": "sqs: SendMessage",
        "key for dynamodb": f"kms: {TABLE_KEY}",
        "key for secretsmanager": "kms: Decrypt",
        "key for sqs": "kms: Decrypt GenerateDataKey",
    },
    "Sync/HubspotProvision": {
        f"<{ACCESS}.Arn>": "dynamodb: GetItem",
        f"<{PORTAL}.Id>": "secretsmanager: GetSecretValue",
        "key for dynamodb": f"kms: {TABLE_KEY}",
        "key for secretsmanager": "kms: Decrypt",
    },
    "Sync/HubspotCheck": {
        f"<{ACCESS}.Arn>": "dynamodb: GetItem Query",
        f"<{PORTAL}.Id>": "secretsmanager: GetSecretValue ListSecretVersionIds",
        "<CountersignSync/Failures.Arn>": "sqs: SendMessage",
        "key for dynamodb": f"kms: {TABLE_KEY}",
        "key for secretsmanager": "kms: Decrypt",
        "key for sqs": "kms: Decrypt GenerateDataKey",
    },
    "Sync/HubspotParked": {
        f"<{CORE}.Arn>": f"dynamodb: {STOCK}",
        f"<{CORE}.Arn>/index/listing": "dynamodb: Query",
        f"<{ACCESS}.Arn>": "dynamodb: GetItem",
        f"<{AUDIT}.Arn> *#AUDIT#*": "dynamodb: PutItem",
        "key for dynamodb": f"kms: {TABLE_KEY}",
    },
}


def test_each_role_has_exactly_these_rights(production: Templates) -> None:
    """No function's role can do more or less than the table above says."""
    found = {}
    for role in roles(production):
        rights = granted(production, role)
        name = role.path.removesuffix("/Role")
        own_logs = f"<{role.stack}/{name}/Logs.Arn>"
        assert rights.pop(own_logs) == "logs: CreateLogStream PutLogEvents"
        assert rights.pop("*") == "xray: PutTelemetryRecords PutTraceSegments"
        found[f"{role.stack.removeprefix('Countersign')}/{name}"] = rights
    assert found == RIGHTS


def test_rights_stand_in_the_role_itself(production: Templates) -> None:
    """No role is widened from elsewhere: there are no other policies and no managed ones."""
    assert not list(production.every("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"))
    for role in production.every("AWS::IAM::Role"):
        assert "ManagedPolicyArns" not in role.properties
        assert len(role.properties["Policies"]) == 1


def test_no_right_is_a_wildcard(production: Templates) -> None:
    """No action has a star; `*` as a resource only where X-Ray knows no other."""
    for role in production.every("AWS::IAM::Role"):
        for statement in policy_statements(role):
            assert statement["Effect"] == "Allow"
            assert "*" not in json.dumps(statement["Action"])
            if statement["Resource"] == "*":
                assert all(a.startswith("xray:") for a in listed(statement["Action"]))


@pytest.mark.parametrize("kind", ["AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy"])
def test_queue_and_topic_policies_allow_nobody_anything(production: Templates, kind: str) -> None:
    """A queue's policy only denies; a topic's lets CloudWatch of this account publish."""
    for policy in production.every(kind):
        for statement in policy.properties["PolicyDocument"]["Statement"]:
            if statement["Effect"] == "Allow":
                assert statement["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
                assert "aws:SourceAccount" in statement["Condition"]["StringEquals"]
