"""Where everything is kept: three tables under one key, and the secrets that several parts read."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_secretsmanager as secretsmanager

from infra.secrets import filled_by_operator
from infra.where import on_aws

if TYPE_CHECKING:
    from constructs import Construct

    from infra.deployment import Deployment

WORK_INDEX = "work"
LISTING_INDEX = "listing"
STATES_INDEX = "states"

_NUMBER, _STRING = dynamodb.AttributeType.NUMBER, dynamodb.AttributeType.STRING

INDEXES = (
    (WORK_INDEX, "work_queue", "due_at", _NUMBER),
    (LISTING_INDEX, "list_of", "list_by", _STRING),
    (STATES_INDEX, "state_of", "state_by", _STRING),
)
"""Name, partition and sort key of the core table's indexes: what is owed, and what can be listed.

All are sparse and hold keys only: they find, and what they find is read from the table.
"""

AUDIT_INDEXES = (("resource", "of_resource"), ("principal", "of_principal"))
"""Name and partition key of the audit table's indexes, sorted by entry, that is by time."""


class DataStack(cdk.Stack):
    """Tables, key, the guards' secret and the HubSpot app's. All of them outlive the stack.

    Rights are given by table ARN, hence three tables: `core` (stock, orders, customers, work),
    `access` (tenants and who may call) and `audit` (only ever added to). Their names are fixed per
    deployment, since an update of an unnamed table may replace it by an empty one.
    """

    def __init__(self, scope: Construct, deployment: Deployment, **kwargs: object) -> None:
        """Make the stack `<name>Data`."""
        super().__init__(scope, f"{deployment.name}Data", **kwargs)  # type: ignore[arg-type]
        self._prefix = deployment.name
        self.key = _key(self)
        self.core = self._table("Core", expires=True, stream=True)
        _add_indexes(self.core)
        self.access = self._table("Access", expires=True)
        self.audit = self._table("Audit")
        _add_audit_indexes(self.audit)
        self.guard_secret = secretsmanager.Secret(
            self,
            "GuardSecret",
            description="Key of the HMAC under which e-mail addresses and external ids are guarded",
            encryption_key=self.key,
            generate_secret_string=secretsmanager.SecretStringGenerator(
                exclude_punctuation=True, password_length=64
            ),
            removal_policy=cdk.RemovalPolicy.RETAIN,
        )
        self.webhook_secret_name = f"{deployment.name}/hubspot-webhook"
        self.webhook_secret = filled_by_operator(
            self,
            "WebhookSecret",
            name=self.webhook_secret_name,
            field="current",
            holds="The client secret of the HubSpot app",
            key=self.key,
        )

    def _table(
        self,
        name: str,
        *,
        expires: bool = False,
        stream: bool = False,
    ) -> dynamodb.Table:
        table = dynamodb.Table(
            self,
            name,
            table_name=f"{self._prefix}-{name.lower()}",
            partition_key=_attribute("pk"),
            sort_key=_attribute("sk"),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED,
            encryption_key=self.key,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            deletion_protection=True,
            stream=dynamodb.StreamViewType.NEW_IMAGE if stream else None,
            time_to_live_attribute="expires_at" if expires else None,
            removal_policy=cdk.RemovalPolicy.RETAIN,
        )
        protected = cdk.Fn.condition_if(on_aws(self).logical_id, True, False)  # noqa: FBT003 - CloudFormation's own form
        cast("cdk.CfnResource", table.node.default_child).add_property_override(
            "DeletionProtectionEnabled", protected
        )
        cdk.CfnOutput(self, f"{name}TableName", value=table.table_name)
        return table


def _attribute(
    name: str, kind: dynamodb.AttributeType = dynamodb.AttributeType.STRING
) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=kind)


def _add_indexes(table: dynamodb.Table) -> None:
    for name, of, by, kind in INDEXES:
        table.add_global_secondary_index(
            index_name=name,
            partition_key=_attribute(of),
            sort_key=_attribute(by, kind),
            projection_type=dynamodb.ProjectionType.KEYS_ONLY,
        )


def _add_audit_indexes(table: dynamodb.Table) -> None:
    for name, of in AUDIT_INDEXES:
        table.add_global_secondary_index(
            index_name=name,
            partition_key=_attribute(of),
            sort_key=_attribute("sk"),
            projection_type=dynamodb.ProjectionType.KEYS_ONLY,
        )


def _key(stack: cdk.Stack) -> kms.Key:
    """Make the one key, which alarms may also use on their way to the topic."""
    key = kms.Key(
        stack,
        "Key",
        description="Tables, queues and secrets of Countersign",
        enable_key_rotation=True,
        removal_policy=cdk.RemovalPolicy.RETAIN,
    )
    key.add_to_resource_policy(
        iam.PolicyStatement(
            principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
            actions=["kms:Decrypt", "kms:GenerateDataKey"],
            resources=["*"],
            conditions={"StringEquals": {"aws:SourceAccount": cdk.Aws.ACCOUNT_ID}},
        )
    )
    return key
