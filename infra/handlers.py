"""The functions of no single door: the APIs, access's own, the sweeper, and the registry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_iam as iam

from core.routes import Door, live_at
from infra import rights as allow
from infra.access import access_admin, access_api
from infra.callers import registered
from infra.data import LISTING_INDEX, STATES_INDEX, WORK_INDEX
from infra.door import url_of
from infra.function import PythonFunction
from infra.queues import failures
from infra.schedule import EveryMinute
from infra.share import limited, noted, share
from infra.vended import vended_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from constructs import Construct

    from infra.data import DataStack
    from infra.deployment import Deployment

_STOCK = ("GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem")
_ORDERS = (*_STOCK, "ConditionCheckItem")
"""What is done with the core table; a transaction needs the right to each of its actions."""

_DECLARED = ("CREDENTIAL", "ISSUER", "PORTAL", "ROLE", "TENANT", "TENANTS")
"""The kinds of item that a deployment declares; of credentials, the clients of token issuers."""


class HandlersStack(cdk.Stack):
    """Functions that several doors may lead to, so that no door's stack owns them."""

    def __init__(
        self,
        scope: Construct,
        deployment: Deployment,
        data: DataStack,
        issuers: Iterable[Mapping[str, Any]] = (),
        **kwargs: object,
    ) -> None:
        """Make the stack `<name>Handlers`; `issuers` are those that the deployment makes itself."""
        super().__init__(scope, f"{deployment.name}Handlers", **kwargs)  # type: ignore[arg-type]
        self._deployment, self._data = deployment, data
        self.failures = failures(self, data.key)
        self._tables = {
            "CORE_TABLE": data.core.table_name,
            "ACCESS_TABLE": data.access.table_name,
            "AUDIT_TABLE": data.audit.table_name,
            "STOCK_LINGER_SECONDS": str(deployment.stock_linger_seconds),
            "ORDER_LINGER_SECONDS": str(deployment.order_linger_seconds),
        }
        people = {"BLOCKED_EMAIL_DOMAINS": " ".join(deployment.blocked_email_domains)}
        self.inventory_api = self._api("inventory_api", _STOCK, (LISTING_INDEX,))
        self.orders_api = self._api("orders_api", _ORDERS, (LISTING_INDEX, STATES_INDEX), people)
        self.customers_api = self._api("customers_api", _ORDERS, (LISTING_INDEX,), people)
        self.access_api = access_api(self, deployment, data)
        self.access_admin = access_admin(self, deployment, data)
        self.sweeper = self._sweeper()
        self.registry = self._registry(issuers)
        self.functions = (
            *(self.inventory_api, self.orders_api, self.customers_api),
            *(self.access_api, self.access_admin),
            *(self.sweeper, self.registry),
        )
        self.by_folder = {f.folder: f.function for f in self.functions}
        _gateway_account(self)

    def _api(
        self,
        folder: str,
        operations: Iterable[str],
        indexes: Iterable[str],
        more: Mapping[str, str] | None = None,
    ) -> PythonFunction:
        """Make the function that answers a context's routes and lists by these indexes.

        `more` are variables that not every such function reads.
        """
        data = self._data
        from_hubspot = any(route.function == folder for route in live_at(Door.HUBSPOT))
        return PythonFunction(
            self,
            folder,
            deployment=self._deployment,
            environment={
                **self._tables,
                "VENDED_ROLE_NAME": vended_name(self._deployment),
                "GUARD_SECRET_ARN": allow.arn_of(data.guard_secret),
                **(self._hubspot() if from_hubspot else {}),
                "CORS_ORIGINS": " ".join(self._deployment.cors_origins),
                **share(self._deployment),
                **(more or {}),
            },
            rights=[
                *self._changing(*operations),
                *(allow.query_index(data.core, index) for index in indexes),
                allow.on_table(data.access, "GetItem"),
                limited(data.access),
                noted(data.access),
                allow.read_secrets(
                    data.guard_secret, *([data.webhook_secret] if from_hubspot else [])
                ),
                allow.key_for(data.key, "secretsmanager"),
            ],
            timeout_seconds=28,
            memory_mb=1024,
        )

    def _hubspot(self) -> dict[str, str]:
        """Return the environment of what checks HubSpot's signature."""
        url = self._deployment.hubspot_public_url or url_of("{api}", Door.HUBSPOT)
        return {
            "WEBHOOK_SECRET_ARN": allow.arn_of(self._data.webhook_secret),
            "HUBSPOT_PUBLIC_URL": url,
        }

    def _sweeper(self) -> PythonFunction:
        function = PythonFunction(
            self,
            "sweeper",
            deployment=self._deployment,
            environment=self._tables,
            rights=[
                *self._changing(*_ORDERS),
                allow.query_index(self._data.core, WORK_INDEX),
                allow.on_table(self._data.access, "Query"),
                allow.send(self.failures),
                allow.key_for(self._data.key, "sqs"),
            ],
            timeout_seconds=55,
        )
        EveryMinute(self, function, self.failures)
        return function

    def _registry(self, issuers: Iterable[Mapping[str, Any]]) -> PythonFunction:
        """Make the function that writes tenants and registered roles; a deploy calls it."""
        access = self._data.access
        function = PythonFunction(
            self,
            "registry",
            deployment=self._deployment,
            environment={"ACCESS_TABLE": access.table_name},
            rights=[
                allow.on_items(access, _DECLARED, "PutItem", "UpdateItem"),
                allow.key_for(self._data.key, "dynamodb"),
            ],
            timeout_seconds=60,
        )
        cdk.CustomResource(
            self,
            "Registered",
            service_token=function.function.function_arn,
            resource_type="Custom::CountersignRegistry",
            properties=registered(self._deployment, issuers),
        )
        return function

    def _changing(self, *operations: str) -> list[iam.PolicyStatement]:
        """Return the rights of whoever changes stock or orders, each change with an audit entry."""
        data = self._data
        return [
            allow.on_table(data.core, *operations),
            allow.record(data.audit),
            allow.key_for(data.key, "dynamodb"),
        ]


def _gateway_account(stack: cdk.Stack) -> None:
    """Let API Gateway write logs: one setting per account and region, for every door."""
    writing = ("CreateLogGroup", "CreateLogStream", "PutLogEvents")
    reading = ("DescribeLogGroups", "DescribeLogStreams", "GetLogEvents", "FilterLogEvents")
    here = f"{cdk.Aws.REGION}:{cdk.Aws.ACCOUNT_ID}"
    everywhere = f"arn:{cdk.Aws.PARTITION}:logs:{here}:*"
    role = iam.Role(
        stack,
        "GatewayLogging",
        assumed_by=iam.ServicePrincipal("apigateway.amazonaws.com"),
        inline_policies={
            "Logs": iam.PolicyDocument(
                statements=[allow.allow([everywhere], *(f"logs:{a}" for a in writing + reading))]
            )
        },
    )
    apigateway.CfnAccount(stack, "GatewayAccount", cloud_watch_role_arn=role.role_arn)
