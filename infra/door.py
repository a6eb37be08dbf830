"""A door: one REST API with one way of proving who calls, made from the route table."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from core.routes import IDEMPOTENCY_HEADER, Door, live_at, pages_may_call
from infra import problems
from infra.logs import log_group

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from aws_cdk import aws_iam as iam

    from core.routes import Route
    from infra.deployment import Deployment
    from infra.firewall import FirewallStack

TLS_POLICY = "SecurityPolicy_TLS13_1_2_2021_06"
"""TLS 1.2 or 1.3. HubSpot does not say that its webhooks speak 1.3."""

AUTHORIZATION = {Door.SIGNED: "AWS_IAM", Door.TOKEN: "CUSTOM", Door.HUBSPOT: "NONE"}
"""One type per door: a REST method can have no more. HubSpot signs bodies, which only a handler
sees."""

_ACCESS_LOG = {
    "requestId": "$context.requestId",
    "extendedRequestId": "$context.extendedRequestId",
    "traceId": "$context.xrayTraceId",
    "time": "$context.requestTime",
    "sourceIp": "$context.identity.sourceIp",
    "userAgent": "$context.identity.userAgent",
    "userArn": "$context.identity.userArn",
    "principal": "$context.authorizer.principalId",
    "method": "$context.httpMethod",
    "resourcePath": "$context.resourcePath",
    "status": "$context.status",
    "error": "$context.error.responseType",
    "bytes": "$context.responseLength",
    "latency": "$context.responseLatency",
    "integrationLatency": "$context.integrationLatency",
    "integrationStatus": "$context.integration.status",
    "tlsVersion": "$context.tlsVersion",
    "cipherSuite": "$context.cipherSuite",
}


class DoorApi(Construct):
    """The REST API of a door, whose one stage carries the door's name.

    API Gateway checks parameters only, bodies are the handler's. `policy` is the resource policy.
    The URL is known before the methods are, since a function may need it; `serve` adds them.
    """

    def __init__(
        self,
        scope: Construct,
        door: Door,
        *,
        deployment: Deployment,
        policy: iam.PolicyDocument | None = None,
        firewall: FirewallStack | None = None,
    ) -> None:
        """Make API, stage, logs and the gateway's own answers."""
        super().__init__(scope, f"{door.title()}Door")
        self.door = door
        self._deployment = deployment
        self.api = self._api(policy)
        self._origins = deployment.cors_origins if door is Door.TOKEN else ()
        problems.add_to(self.api, self._origins[0] if len(self._origins) == 1 else None)
        if firewall is not None:
            firewall.guard(self, self.api.deployment_stage)

    def serve(
        self,
        functions: Mapping[str, lambda_.IFunction],
        authorizer: apigateway.IAuthorizer | None = None,
        routes: Iterable[Route] | None = None,
    ) -> None:
        """Add one method for each of the door's live routes, and a permission for each function.

        `functions` maps a function's folder to what answers it; `authorizer` is the token door's;
        `routes` stands in for the live ones where a test looks at what is still to come.
        """
        validator = self.api.add_request_validator("Parameters", validate_request_parameters=True)
        chosen = tuple(live_at(self.door) if routes is None else routes)
        for route in chosen:
            self._method(route, functions[route.function], authorizer, validator)
        for route in chosen if self._origins else ():
            if route.method in pages_may_call(route.path)[:1]:
                self._preflight(route, functions[route.function])
        for folder in sorted({route.function for route in chosen}):
            self._permit(folder, functions[folder])

    @property
    def url(self) -> str:
        """The door's public URL without a slash at its end; `/v1/…` is appended."""
        return url_of(self.api.rest_api_id, self.door)

    @property
    def arn(self) -> str:
        """The API's ARN, to which a policy appends `/stage/METHOD/path`."""
        account = f"{cdk.Aws.REGION}:{cdk.Aws.ACCOUNT_ID}"
        return f"arn:{cdk.Aws.PARTITION}:execute-api:{account}:{self.api.rest_api_id}"

    def _api(self, policy: iam.PolicyDocument | None) -> apigateway.RestApi:
        days = self._deployment.log_retention_days
        access = log_group(self, "AccessLogs", days, keep=True)
        api = apigateway.RestApi(
            self,
            "Api",
            rest_api_name=f"{self._deployment.name}-{self.door}",
            policy=policy,
            cloud_watch_role=False,
            endpoint_configuration=apigateway.EndpointConfiguration(
                types=[apigateway.EndpointType.REGIONAL]
            ),
            # As text, the gateway would mend a broken encoding in silence: HubSpot's signature
            # covers the bytes that were sent, and bad UTF-8 is to be refused, not guessed at.
            binary_media_types=["*/*"],
            deploy_options=apigateway.StageOptions(
                stage_name=self.door.value,
                access_log_destination=apigateway.LogGroupLogDestination(access),
                access_log_format=apigateway.AccessLogFormat.custom(json.dumps(_ACCESS_LOG)),
                logging_level=apigateway.MethodLoggingLevel.ERROR,
                data_trace_enabled=False,
                metrics_enabled=True,
                tracing_enabled=True,
                throttling_rate_limit=self._deployment.throttle_rate,
                throttling_burst_limit=self._deployment.throttle_burst,
            ),
        )
        low_level = cast("apigateway.CfnRestApi", api.node.default_child)
        low_level.security_policy = TLS_POLICY
        low_level.endpoint_access_mode = "STRICT"
        # The local emulator makes this tag the API's id; AWS sees one more tag.
        cdk.Tags.of(api).add("ms-custom-id", f"{self.door}-door")
        api.node.try_remove_child("Endpoint")  # CDK's own output, under a name that means nothing
        execution = log_group(
            self,
            "ExecutionLogs",
            days,
            name=f"API-Gateway-Execution-Logs_{api.rest_api_id}/{self.door}",
        )
        api.deployment_stage.node.add_dependency(execution)
        return api

    def _method(
        self,
        route: Route,
        function: lambda_.IFunction,
        authorizer: apigateway.IAuthorizer | None,
        validator: apigateway.IRequestValidator,
    ) -> None:
        kind = AUTHORIZATION[self.door]
        self.api.root.resource_for_path(route.path).add_method(
            route.method,
            _proxy(function),
            authorization_type=apigateway.AuthorizationType["IAM" if kind == "AWS_IAM" else kind],
            authorizer=authorizer,
            operation_name=route.name,
            request_validator=validator,
            request_parameters=_parameters(route),
        )

    def _preflight(self, route: Route, function: lambda_.IFunction) -> None:
        """Let a browser ask, once for each path; it sends no credentials when it does."""
        self.api.root.resource_for_path(route.path).add_method(
            "OPTIONS",
            _proxy(function),
            authorization_type=apigateway.AuthorizationType.NONE,
            operation_name=f"preflight_{route.name}",
        )

    def _permit(self, folder: str, function: lambda_.IFunction) -> None:
        """Let this API call the function: one statement, whatever the number of routes."""
        lambda_.CfnPermission(
            self,
            f"Permit-{folder}",
            action="lambda:InvokeFunction",
            function_name=function.function_arn,
            principal="apigateway.amazonaws.com",
            source_arn=f"{self.arn}/{self.door}/*",
        )


def url_of(api_id: str, door: Door) -> str:
    """Return API Gateway's own URL of a door, without a slash at its end."""
    return f"https://{api_id}.execute-api.{cdk.Aws.REGION}.{cdk.Aws.URL_SUFFIX}/{door}"


def _proxy(function: lambda_.IFunction) -> apigateway.Integration:
    """Return a plain proxy integration; CDK's own would add two permissions for each method."""
    path = f"path/2015-03-31/functions/{function.function_arn}/invocations"
    return apigateway.Integration(
        type=apigateway.IntegrationType.AWS_PROXY,
        integration_http_method="POST",
        uri=f"arn:{cdk.Aws.PARTITION}:apigateway:{cdk.Aws.REGION}:lambda:{path}",
        options=apigateway.IntegrationOptions(timeout=cdk.Duration.seconds(29)),
    )


def _parameters(route: Route) -> dict[str, bool]:
    """Return a route's parameters as the gateway names them, with whether each is required."""
    found = {f"method.request.path.{name}": True for name in route.path_parameters}
    found |= {f"method.request.querystring.{name}": False for name in route.query}
    if route.idempotent_by_key:
        found[f"method.request.header.{IDEMPOTENCY_HEADER}"] = True
    return found
