"""How changes reach HubSpot: nudges, one FIFO queue, one writer per tenant, portals' tokens."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_

from hubspot_sync.settings import FUNCTION_SECONDS, QUEUE_DELAY_SECONDS, VISIBILITY_SECONDS
from infra import rights as allow
from infra.data import LISTING_INDEX, WORK_INDEX
from infra.function import PythonFunction
from infra.hubspot_credentials import hubspot_check, hubspot_oauth, oauth_apps
from infra.outputs import numbered
from infra.queues import failures, fifo_pair
from infra.schedule import EveryMinute
from infra.secrets import filled_by_operator

if TYPE_CHECKING:
    from aws_cdk import aws_secretsmanager as secretsmanager
    from constructs import Construct

    from infra.data import DataStack
    from infra.deployment import Deployment

_ATTEMPTS = 5
_MARKED = {"dynamodb": {"NewImage": {"work_queue": {"S": [{"exists": True}]}}}}


class SyncStack(cdk.Stack):
    """Everything that speaks to HubSpot of its own accord."""

    def __init__(
        self, scope: Construct, deployment: Deployment, data: DataStack, **kwargs: object
    ) -> None:
        """Make the stack `<name>Sync`."""
        super().__init__(scope, f"{deployment.name}Sync", **kwargs)  # type: ignore[arg-type]
        self._deployment, self._data = deployment, data
        self.secret_prefix = f"{deployment.name}/hubspot/"
        self.secrets = [self._secret(n, t.id) for n, t in enumerate(deployment.tenants)]
        self.oauth_apps = oauth_apps(self, deployment, data)
        self.failures = failures(self, data.key)
        self.queue, self.dead_letters = fifo_pair(
            self,
            "Sync",
            data.key,
            visibility=cdk.Duration.seconds(VISIBILITY_SECONDS),
            delay=cdk.Duration.seconds(QUEUE_DELAY_SECONDS),
            attempts=_ATTEMPTS,
        )
        self.hubspot = {
            "HUBSPOT_SECRET_PREFIX": self.secret_prefix,
            "HUBSPOT_BASE_URL": deployment.hubspot_base_url,
            "HUBSPOT_API_VERSION": deployment.hubspot_api_version,
        }
        self.nudge = self._nudge()
        self.hubspot_sync = self._hubspot_sync()
        self.hubspot_provision = self._hubspot_provision()
        self.hubspot_parked = self._hubspot_parked()
        apps = list(self.oauth_apps.values())
        self.hubspot_check = hubspot_check(
            self, deployment, data, self.failures, self.hubspot, self.secrets, apps
        )
        self.hubspot_oauth = self._hubspot_oauth() if apps else None
        self.functions = (
            self.nudge,
            self.hubspot_sync,
            self.hubspot_provision,
            self.hubspot_parked,
            self.hubspot_check,
            *((self.hubspot_oauth,) if self.hubspot_oauth else ()),
        )

    def _secret(self, number: int, tenant: str) -> secretsmanager.Secret:
        name = f"{self.secret_prefix}{tenant}"
        secret = filled_by_operator(
            self,
            f"HubspotSecret-{tenant}",
            name=name,
            field="token",
            holds=f"The access token of {tenant}'s portal",
            key=self._data.key,
        )
        cdk.CfnOutput(self, numbered("HubspotSecretName", number), value=name)
        return secret

    def _hubspot_oauth(self) -> PythonFunction:
        """Make the function that looks after the OAuth tenants' tokens."""
        tenants = zip(self._deployment.tenants, self.secrets, strict=True)
        tokens = [secret for tenant, secret in tenants if tenant.id in self.oauth_apps]
        apps = list(self.oauth_apps.values())
        return hubspot_oauth(
            self, self._deployment, self._data, self.failures, self.hubspot, tokens, apps
        )

    def _nudge(self) -> PythonFunction:
        """Make the function that turns a marked item, or a minute, into one message per tenant."""
        data = self._data
        function = PythonFunction(
            self,
            "nudge",
            deployment=self._deployment,
            environment={
                "ACCESS_TABLE": data.access.table_name,
                "SYNC_QUEUE_URL": self.queue.queue_url,
            },
            rights=[
                *allow.read_stream(data.core),
                allow.on_table(data.access, "Query"),
                allow.send(self.queue, self.failures),
                allow.key_for(data.key, "dynamodb"),
                allow.key_for(data.key, "sqs"),
            ],
            timeout_seconds=30,
        )
        lambda_.CfnEventSourceMapping(
            self,
            "MarkedItems",
            function_name=function.function.function_arn,
            event_source_arn=data.core.table_stream_arn,
            starting_position="LATEST",
            batch_size=100,
            bisect_batch_on_function_error=True,
            maximum_retry_attempts=3,
            maximum_record_age_in_seconds=300,
            filter_criteria=_filter(_MARKED),
            destination_config=lambda_.CfnEventSourceMapping.DestinationConfigProperty(
                on_failure=lambda_.CfnEventSourceMapping.OnFailureProperty(
                    destination=self.failures.queue_arn
                )
            ),
        )
        EveryMinute(self, function, self.failures)
        return function

    def _hubspot_sync(self) -> PythonFunction:
        """Make the one outbound writer; a FIFO group is a tenant, so a tenant has one at a time."""
        data, deployment = self._data, self._deployment
        function = PythonFunction(
            self,
            "hubspot_sync",
            deployment=deployment,
            environment={
                "CORE_TABLE": data.core.table_name,
                "ACCESS_TABLE": data.access.table_name,
                "SYNC_QUEUE_URL": self.queue.queue_url,
                **self.hubspot,
                "ORDER_LINGER_SECONDS": str(deployment.order_linger_seconds),
                "STOCK_LINGER_SECONDS": str(deployment.stock_linger_seconds),
                "FIELD_OWNERSHIP": json.dumps(deployment.field_ownership),
            },
            rights=[
                allow.on_table(
                    data.core, "GetItem", "BatchGetItem", "Query", "UpdateItem", "PutItem"
                ),
                allow.query_index(data.core, WORK_INDEX),
                allow.on_table(data.access, "GetItem"),
                allow.read_secrets(*self.secrets),
                allow.consume(self.queue),
                allow.send(self.queue),
                *(allow.key_for(data.key, s) for s in ("dynamodb", "secretsmanager", "sqs")),
            ],
            timeout_seconds=FUNCTION_SECONDS,
            memory_mb=1024,
        )
        lambda_.CfnEventSourceMapping(
            self,
            "Nudges",
            function_name=function.function.function_arn,
            event_source_arn=self.queue.queue_arn,
            batch_size=1,
        )
        return function

    def _hubspot_provision(self) -> PythonFunction:
        """Make the function that a deployer invokes to prepare a portal; nothing else may."""
        data = self._data
        function = PythonFunction(
            self,
            "hubspot_provision",
            deployment=self._deployment,
            environment={"ACCESS_TABLE": data.access.table_name, **self.hubspot},
            rights=[
                allow.on_table(data.access, "GetItem"),
                allow.read_secrets(*self.secrets),
                allow.key_for(data.key, "dynamodb"),
                allow.key_for(data.key, "secretsmanager"),
            ],
            timeout_seconds=300,
        )
        name = function.function.function_name
        cdk.CfnOutput(self, "HubspotProvisionFunction", value=name)
        return function

    def _hubspot_parked(self) -> PythonFunction:
        """Make the function by which an operator retries and discards; nothing else invokes it."""
        data = self._data
        function = PythonFunction(
            self,
            "hubspot_parked",
            deployment=self._deployment,
            environment={
                "CORE_TABLE": data.core.table_name,
                "ACCESS_TABLE": data.access.table_name,
                "AUDIT_TABLE": data.audit.table_name,
            },
            rights=[
                allow.on_table(
                    data.core, "GetItem", "BatchGetItem", "Query", "UpdateItem", "PutItem"
                ),
                allow.query_index(data.core, LISTING_INDEX),
                allow.on_table(data.access, "GetItem"),
                allow.record(data.audit),
                allow.key_for(data.key, "dynamodb"),
            ],
            timeout_seconds=300,
        )
        name = function.function.function_name
        cdk.CfnOutput(self, "HubspotParkedFunction", value=name)
        return function


def _filter(pattern: object) -> lambda_.CfnEventSourceMapping.FilterCriteriaProperty:
    kind = lambda_.CfnEventSourceMapping
    return kind.FilterCriteriaProperty(filters=[kind.FilterProperty(pattern=json.dumps(pattern))])
