"""How both sides are compared: a schedule, one FIFO queue with a group per tenant, one function."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_

from infra import rights as allow
from infra.data import LISTING_INDEX, STATES_INDEX
from infra.function import PythonFunction
from infra.queues import failures, fifo_pair
from infra.schedule import EveryMinute
from reconcile.settings import FUNCTION_SECONDS, QUEUE_DELAY_SECONDS, VISIBILITY_SECONDS

if TYPE_CHECKING:
    from constructs import Construct

    from infra.data import DataStack
    from infra.deployment import Deployment
    from infra.inbound import InboundStack
    from infra.sync import SyncStack

_ATTEMPTS = 5


class ReconcileStack(cdk.Stack):
    """What finds and mends differences between the store and HubSpot."""

    def __init__(
        self,
        scope: Construct,
        deployment: Deployment,
        data: DataStack,
        sync: SyncStack,
        inbound: InboundStack,
        **kwargs: object,
    ) -> None:
        """Make the stack `<name>Reconcile`."""
        super().__init__(scope, f"{deployment.name}Reconcile", **kwargs)  # type: ignore[arg-type]
        self.failures = failures(self, data.key)
        self.queue, self.dead_letters = fifo_pair(
            self,
            "Stretches",
            data.key,
            visibility=cdk.Duration.seconds(VISIBILITY_SECONDS),
            delay=cdk.Duration.seconds(QUEUE_DELAY_SECONDS),
            attempts=_ATTEMPTS,
        )
        self.reconcile = self._function(deployment, data, sync, inbound)
        lambda_.CfnEventSourceMapping(
            self,
            "Runs",
            function_name=self.reconcile.function.function_arn,
            event_source_arn=self.queue.queue_arn,
            batch_size=1,
        )
        EveryMinute(self, self.reconcile, self.failures)
        name = self.reconcile.function.function_name
        cdk.CfnOutput(self, "HubspotReconcileFunction", value=name)

    def _function(
        self, deployment: Deployment, data: DataStack, sync: SyncStack, inbound: InboundStack
    ) -> PythonFunction:
        """Make the function; a FIFO group is a tenant, so a tenant's run goes on in one place."""
        return PythonFunction(
            self,
            "reconcile",
            deployment=deployment,
            environment={
                "CORE_TABLE": data.core.table_name,
                "ACCESS_TABLE": data.access.table_name,
                "RECONCILE_QUEUE_URL": self.queue.queue_url,
                "INBOUND_QUEUE_URL": inbound.queue.queue_url,
                **sync.hubspot,
                "FIELD_OWNERSHIP": json.dumps(deployment.field_ownership),
                "RECONCILE_FULL_HOURS": str(deployment.reconcile_full_hours),
                "RECONCILE_CHANGES_MINUTES": str(deployment.reconcile_changes_minutes),
            },
            rights=[
                allow.on_table(
                    data.core, "GetItem", "BatchGetItem", "Query", "UpdateItem", "PutItem"
                ),
                allow.query_index(data.core, LISTING_INDEX),
                allow.query_index(data.core, STATES_INDEX),
                allow.on_table(data.access, "Query"),
                allow.read_secrets(*sync.secrets),
                allow.consume(self.queue),
                allow.send(self.queue, self.failures, inbound.queue),
                *(allow.key_for(data.key, s) for s in ("dynamodb", "secretsmanager", "sqs")),
            ],
            timeout_seconds=FUNCTION_SECONDS,
            memory_mb=1024,
        )
