"""What looks twice a day whether the account is as the other stacks meant it to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager

from infra import rights as allow
from infra.function import PythonFunction
from infra.schedule import EveryHalfDay

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from aws_cdk import aws_iam as iam
    from constructs import Construct

    from infra.data import DataStack
    from infra.deployment import Deployment
    from infra.handlers import HandlersStack

_BUCKET = (
    "s3:GetBucketObjectLockConfiguration",
    "s3:GetBucketPublicAccessBlock",
    "s3:GetEncryptionConfiguration",
)


class ComplianceStack(cdk.Stack):
    """One function that reads settings of everything and values of nothing."""

    def __init__(
        self,
        scope: Construct,
        deployment: Deployment,
        data: DataStack,
        handlers: HandlersStack,
        looked_at: Sequence[cdk.Stack],
        **kwargs: object,
    ) -> None:
        """Make the stack `<name>Compliance`; `looked_at` are the stacks that it reports on."""
        super().__init__(scope, f"{deployment.name}Compliance", **kwargs)  # type: ignore[arg-type]
        self.compliance = PythonFunction(
            self,
            "compliance",
            deployment=deployment,
            environment={
                "ACCESS_TABLE": data.access.table_name,
                "STACKS": " ".join(stack.stack_name for stack in looked_at),
                "FIXED_SECRETS": allow.arn_of(data.guard_secret),
            },
            rights=[
                allow.on_table(data.access, "BatchGetItem", "GetItem", "Query"),
                allow.on_items(data.access, ["COMPLIANCE"], "PutItem"),
                allow.key_for(data.key, "dynamodb"),
                allow.send(handlers.failures),
                allow.key_for(data.key, "sqs"),
                *_reading(deployment, data, looked_at),
            ],
            timeout_seconds=300,
        )
        EveryHalfDay(self, self.compliance, handlers.failures)
        name = self.compliance.function.function_name
        cdk.CfnOutput(self, "ComplianceFunction", value=name)


def _reading(
    deployment: Deployment, data: DataStack, looked_at: Iterable[cdk.Stack]
) -> Iterator[iam.PolicyStatement]:
    """Yield the rights to settings: by ARN where there is one, else by the deployment's name.

    CloudFormation begins the names of stacks, functions and queues with it.
    """
    tables = [table.table_arn for table in (data.core, data.access, data.audit)]
    yield allow.allow(tables, "dynamodb:DescribeContinuousBackups", "dynamodb:DescribeTable")
    yield allow.allow([data.key.key_arn], "kms:GetKeyRotationStatus")
    nodes = [node for stack in looked_at for node in stack.node.find_all()]
    secrets = [allow.arn_of(n) for n in nodes if isinstance(n, secretsmanager.Secret)]
    yield allow.allow(secrets, "secretsmanager:DescribeSecret")
    if buckets := [node.bucket_arn for node in nodes if isinstance(node, s3.Bucket)]:
        yield allow.allow(buckets, *_BUCKET)
    for resource, action in settings_by_name(deployment.name):
        yield allow.allow([resource], action)


def settings_by_name(name: str) -> Iterator[tuple[str, str]]:
    """Yield each pattern of ARNs, and the one action that reads settings there."""
    here = f"{cdk.Aws.REGION}:{cdk.Aws.ACCOUNT_ID}"
    start = f"arn:{cdk.Aws.PARTITION}"
    yield f"{start}:cloudformation:{here}:stack/{name}*", "cloudformation:ListStackResources"
    yield f"{start}:lambda:{here}:function:{name}*", "lambda:GetFunctionConfiguration"
    yield f"{start}:sqs:{here}:{name}*", "sqs:GetQueueAttributes"
    yield f"{start}:logs:{here}:log-group:*", "logs:DescribeLogGroups"
    yield f"{start}:apigateway:{cdk.Aws.REGION}::/restapis/*/stages", "apigateway:GET"
