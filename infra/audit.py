"""Where the audit's blocks are locked, who seals them, and the role that may read and verify."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3

from infra import rights as allow
from infra.data import AUDIT_INDEXES
from infra.function import PythonFunction
from infra.queues import failures
from infra.schedule import EveryMinute
from infra.where import on_aws

if TYPE_CHECKING:
    from constructs import Construct

    from infra.data import DataStack
    from infra.deployment import Deployment

SEALS = ("BLOCKS", "CHAIN")
"""The kinds of item that sealing writes; entries are none of its business."""

_BLOCKS = "blocks/*"
_LOCKING = ("DeleteObject", "DeleteObjectVersion", "BypassGovernanceRetention")
_READING = ("Query", "Scan", "GetItem", "BatchGetItem")


class AuditStack(cdk.Stack):
    """The bucket with Object Lock, the sealer, and the auditor's role."""

    def __init__(
        self, scope: Construct, deployment: Deployment, data: DataStack, **kwargs: object
    ) -> None:
        """Make the stack `<name>Audit`."""
        super().__init__(scope, f"{deployment.name}Audit", **kwargs)  # type: ignore[arg-type]
        self._deployment, self._data = deployment, data
        self.bucket = self._bucket()
        self.failures = failures(self, data.key)
        self.sealer = self._sealer()
        self.functions = (self.sealer,)
        reader = self._reader()
        cdk.CfnOutput(self, "AuditBucketName", value=self.bucket.bucket_name)
        cdk.CfnOutput(self, "AuditReaderRoleArn", value=reader.role_arn)

    def _bucket(self) -> s3.Bucket:
        days = cdk.Duration.days(self._deployment.audit_lock_days)
        locks = {
            "GOVERNANCE": s3.ObjectLockRetention.governance,
            "COMPLIANCE": s3.ObjectLockRetention.compliance,
        }
        bucket = s3.Bucket(
            self,
            "Blocks",
            encryption=s3.BucketEncryption.KMS,
            encryption_key=self._data.key,
            bucket_key_enabled=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            versioned=True,
            object_lock_default_retention=locks[self._deployment.audit_lock_mode](days),
            removal_policy=cdk.RemovalPolicy.RETAIN,
        )
        bucket.add_to_resource_policy(
            _nobody([bucket.arn_for_objects("*")], *(f"s3:{name}" for name in _LOCKING))
        )
        once = _nobody([bucket.arn_for_objects("*")], "s3:PutObject")
        once.add_condition("Null", {"s3:if-none-match": "true"})
        self._on_aws_only(bucket, once)
        return bucket

    def _on_aws_only(self, bucket: s3.Bucket, statement: iam.PolicyStatement) -> None:
        """Add a statement whose condition the emulator does not know, so that it would deny all."""
        bucket.add_to_resource_policy(statement)
        policy = cast("s3.BucketPolicy", bucket.policy)
        number = len(policy.document.to_json()["Statement"]) - 1
        path = f"PolicyDocument.Statement.{number}"
        conditional = cdk.Fn.condition_if(
            on_aws(self).logical_id, statement.to_statement_json(), cdk.Aws.NO_VALUE
        )
        cast("cdk.CfnResource", policy.node.default_child).add_property_override(path, conditional)

    def _sealer(self) -> PythonFunction:
        data = self._data
        function = PythonFunction(
            self,
            "audit_sealer",
            deployment=self._deployment,
            environment={
                "ACCESS_TABLE": data.access.table_name,
                "AUDIT_TABLE": data.audit.table_name,
                "AUDIT_BUCKET": self.bucket.bucket_name,
            },
            rights=[
                allow.on_table(data.audit, "GetItem", "Query"),
                allow.on_items(data.audit, SEALS, "PutItem"),
                allow.on_table(data.access, "Query"),
                allow.allow([self.bucket.arn_for_objects(_BLOCKS)], "s3:GetObject", "s3:PutObject"),
                allow.send(self.failures),
                allow.key_for(data.key, "dynamodb"),
                allow.key_for(data.key, "s3"),
                allow.key_for(data.key, "sqs"),
            ],
            timeout_seconds=55,
        )
        EveryMinute(self, function, self.failures)
        return function

    def _reader(self) -> iam.Role:
        """Make the role for whoever verifies, searches or exports; it can write nothing."""
        data, audit = self._data, self._data.audit
        statements = [
            allow.on_table(audit, *_READING),
            *(allow.query_index(audit, name) for name, *_ in AUDIT_INDEXES),
            allow.allow([self.bucket.bucket_arn], "s3:ListBucket", "s3:ListBucketVersions"),
            allow.allow(
                [self.bucket.arn_for_objects(_BLOCKS)],
                *("s3:GetObject", "s3:GetObjectVersion", "s3:GetObjectRetention"),
            ),
            allow.key_for(data.key, "dynamodb"),
            allow.key_for(data.key, "s3"),
        ]
        return iam.Role(
            self,
            "Reader",
            description="Reads and verifies the audit; whom this account lets assume it may",
            assumed_by=iam.AccountPrincipal(cdk.Aws.ACCOUNT_ID),
            max_session_duration=cdk.Duration.hours(12),
            inline_policies={"Rights": iam.PolicyDocument(statements=statements)},
        )


def _nobody(resources: list[str], *actions: str) -> iam.PolicyStatement:
    """Deny the actions to everybody, the account's administrators too."""
    return iam.PolicyStatement(
        effect=iam.Effect.DENY,
        principals=[iam.AnyPrincipal()],
        actions=list(actions),
        resources=resources,
    )
