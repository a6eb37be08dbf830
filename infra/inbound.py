"""How changes come back from HubSpot: a queue of notices, and the function that looks at them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_

from hubspot_inbound.settings import BATCH, FUNCTION_SECONDS, GATHER_SECONDS, VISIBILITY_SECONDS
from infra import rights as allow
from infra.function import PythonFunction
from infra.queues import standard_pair

if TYPE_CHECKING:
    from constructs import Construct

    from infra.data import DataStack
    from infra.deployment import Deployment
    from infra.sync import SyncStack

_ATTEMPTS = 5
_AT_ONCE = 4
"""Runs at the same time, so that a burst of webhooks leaves room for the doors."""


class InboundStack(cdk.Stack):
    """The queue between the HubSpot door and inbound, and inbound.

    A standard queue: a notice only says what to look at, so order means nothing, and no notice has
    to wait for another one of its tenant that fails.
    """

    def __init__(
        self,
        scope: Construct,
        deployment: Deployment,
        data: DataStack,
        sync: SyncStack,
        **kwargs: object,
    ) -> None:
        """Make the stack `<name>Inbound`."""
        super().__init__(scope, f"{deployment.name}Inbound", **kwargs)  # type: ignore[arg-type]
        self.queue, self.dead_letters = standard_pair(
            self,
            "Inbound",
            data.key,
            visibility=cdk.Duration.seconds(VISIBILITY_SECONDS),
            attempts=_ATTEMPTS,
        )
        self.function = PythonFunction(
            self,
            "hubspot_inbound",
            deployment=deployment,
            environment={
                "CORE_TABLE": data.core.table_name,
                "ACCESS_TABLE": data.access.table_name,
                "AUDIT_TABLE": data.audit.table_name,
                "INBOUND_QUEUE_URL": self.queue.queue_url,
                "GUARD_SECRET_ARN": allow.arn_of(data.guard_secret),
                **sync.hubspot,
                "ORDER_LINGER_SECONDS": str(deployment.order_linger_seconds),
                "STOCK_LINGER_SECONDS": str(deployment.stock_linger_seconds),
                "FIELD_OWNERSHIP": json.dumps(deployment.field_ownership),
            },
            rights=[
                allow.on_table(
                    data.core,
                    *("GetItem", "BatchGetItem", "Query", "UpdateItem", "PutItem"),
                    "ConditionCheckItem",
                ),
                allow.on_table(data.access, "GetItem"),
                allow.record(data.audit),
                allow.read_secrets(data.guard_secret, *sync.secrets),
                allow.consume(self.queue),
                allow.send(self.queue),
                *(allow.key_for(data.key, s) for s in ("dynamodb", "secretsmanager", "sqs")),
            ],
            timeout_seconds=FUNCTION_SECONDS,
            memory_mb=1024,
        )
        mapping = lambda_.CfnEventSourceMapping
        mapping(
            self,
            "Notices",
            function_name=self.function.function.function_arn,
            event_source_arn=self.queue.queue_arn,
            batch_size=BATCH,
            maximum_batching_window_in_seconds=GATHER_SECONDS,
            function_response_types=["ReportBatchItemFailures"],
            scaling_config=mapping.ScalingConfigProperty(maximum_concurrency=_AT_ONCE),
        )
