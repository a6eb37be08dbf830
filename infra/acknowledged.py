"""What cdk-nag finds and why it stays: one row per finding and resource, never a stack or the app.

Rows that a setting makes (another tenant, another caller, a route) are made from the same setting.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from core.routes import Door, live_at, pages_may_call
from infra.callers import method_path, routes_of
from infra.hubspot_credentials import oauth_tenants

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.deployment import Deployment

NEWEST_RUNTIME = "python3.14"
"""The newest Python that Lambda runs, as the pinned cdk-nag knows it."""

FUNCTIONS = {
    "Handlers": (
        *("InventoryApi", "OrdersApi", "CustomersApi", "AccessApi", "AccessAdmin"),
        *("Sweeper", "Registry"),
    ),
    "TokenDoor": ("Authorizer", "CredentialsApi"),
    "HubspotDoor": ("HubspotWebhook",),
    "Inbound": ("HubspotInbound",),
    "Audit": ("AuditSealer",),
    "Sync": ("Nudge", "HubspotSync", "HubspotProvision", "HubspotParked", "HubspotCheck"),
    "Reconcile": ("Reconcile",),
    "Compliance": ("Compliance",),
}
"""Each stack's functions by construct id."""

NO_DEAD_LETTERS = {
    "InventoryApi": "API Gateway waits for its answer, so a failure reaches the caller",
    "OrdersApi": "API Gateway waits for its answer, so a failure reaches the caller",
    "CustomersApi": "API Gateway waits for its answer, so a failure reaches the caller",
    "AccessApi": "API Gateway waits for its answer, so a failure reaches the caller",
    "AccessAdmin": "the deployer's command waits for its answer",
    "Authorizer": "API Gateway waits for its answer; a failure is a 500 for the caller",
    "CredentialsApi": "API Gateway waits for its answer, so a failure reaches the caller",
    "HubspotWebhook": "API Gateway waits for its answer; HubSpot hears of a failure and retries",
    "Registry": "CloudFormation waits for its answer and fails the deploy without one",
    "HubspotProvision": "the deployer's command waits for its answer",
    "HubspotParked": "the operator's command waits for its answer",
    "HubspotCheck": "its failures go to Failures, as the destination of asynchronous calls",
    "Compliance": "its failures go to Failures, as the destination of asynchronous calls",
    "HubspotOauth": "its failures go to Failures, as the destination of asynchronous calls",
    "HubspotSync": "its queue keeps a failed message and moves it to SyncDeadLetters",
    "HubspotInbound": "its queue keeps a failed notice and moves it to InboundDeadLetters",
    "Sweeper": "its failures go to Failures, as the destination of asynchronous calls",
    "Reconcile": "its failures go to Failures, or with its queue's to StretchesDeadLetters",
    "AuditSealer": "its failures go to Failures, as the destination of asynchronous calls",
    "Nudge": "its failures go to Failures, as the destination of asynchronous calls and the stream",
}
"""Where a failed call of each function ends, since none has a dead-letter queue of its own."""


class Acknowledged(NamedTuple):
    """One finding that stays: its id, the construct path of the resource, and why."""

    finding: str
    path: str
    reason: str


def acknowledged(deployment: Deployment) -> tuple[Acknowledged, ...]:
    """Return every row for a deployment; a row that matches nothing fails the synth."""
    rows = (
        *_secrets(deployment),
        *_queues(),
        *(row for f in _functions(deployment) for row in f),
        *_doors(deployment),
        *_callers(deployment),
        *_vended(deployment),
        *_audit(),
        *_alarms(deployment),
        *_compliance(deployment),
    )
    return tuple(Acknowledged(r.finding, f"{deployment.name}{r.path}", r.reason) for r in rows)


def _secrets(deployment: Deployment) -> Iterator[Acknowledged]:
    rule = "AwsSolutions-SMG4"
    yield Acknowledged(
        rule,
        "Data/GuardSecret/Resource",
        "the key of every uniqueness guard: another key would forget who is already known",
    )
    yield Acknowledged(
        rule,
        "Data/WebhookSecret/Resource",
        "HubSpot issues it and offers no way to rotate it; previous is kept for a change by hand",
    )
    for tenant in deployment.tenants:
        yield Acknowledged(
            rule,
            f"Sync/HubspotSecret-{tenant.id}/Resource",
            "HubSpot issues it and rotates it in its own page; an operator puts the new one here",
        )
    for tenant_id in oauth_tenants(deployment):
        yield Acknowledged(
            rule,
            f"Sync/HubspotOauthSecret-{tenant_id}/Resource",
            "HubSpot issues the client secret; the token that it leads to is renewed all the time",
        )


def _queues() -> Iterator[Acknowledged]:
    end = "it is where failures end; its depth raises an alarm"
    for stack in ("Audit", "Handlers", "Sync", "Reconcile"):
        yield Acknowledged("AwsSolutions-SQS3", f"{stack}/Failures/Resource", end)
        yield Acknowledged("Serverless-SQSRedrivePolicy", f"{stack}/Failures/Resource", end)
    for path in (
        "Sync/SyncDeadLetters",
        "Reconcile/StretchesDeadLetters",
        "Inbound/InboundDeadLetters",
    ):
        yield Acknowledged("Serverless-SQSRedrivePolicy", f"{path}/Resource", end)
    for mapping in ("Sync/Nudges", "Reconcile/Runs", "Inbound/Notices"):
        yield Acknowledged(
            "Serverless-LambdaEventSourceMappingDestination",
            mapping,
            "a queue's mapping has no destination; the queue's redrive policy moves what fails",
        )


def _functions(deployment: Deployment) -> Iterator[Iterator[Acknowledged]]:
    for stack, names in FUNCTIONS.items():
        optional = ("HubspotOauth",) if stack == "Sync" and oauth_tenants(deployment) else ()
        for name in (*names, *optional):
            yield _function(deployment, f"{stack}/{name}", NO_DEAD_LETTERS[name])
    stream = f"{deployment.name}Data:ExportsOutputFnGetAttCoreC65142A7ArnA1AA4B71/stream/*"
    yield iter(
        (
            Acknowledged(
                f"AwsSolutions-IAM5[Resource::{stream}]",
                "Sync/Nudge/Role/Resource",
                "Lambda lists the streams of this one table before it reads one of them",
            ),
            Acknowledged(
                "AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:logs:<AWS::Region>:"
                "<AWS::AccountId>:*]",
                "Handlers/GatewayLogging/Resource",
                "API Gateway has one logging role per region, for the log groups of every API",
            ),
        )
    )


def _compliance(deployment: Deployment) -> Iterator[Acknowledged]:
    """Yield what is read by the deployment's name, or by no name where there is none."""
    here, name = "<AWS::Region>:<AWS::AccountId>", deployment.name
    for resource, reason in (
        (f"cloudformation:{here}:stack/{name}*", "one action that lists the deployment's stacks"),
        (f"lambda:{here}:function:{name}*", "one action that reads its functions' settings"),
        (f"sqs:{here}:{name}*", "one action that reads its queues' settings"),
        (f"logs:{here}:log-group:*", "log groups can only be listed, all or none"),
        ("apigateway:<AWS::Region>::/restapis/*/stages", "stages are listed by generated ids"),
    ):
        yield Acknowledged(
            f"AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:{resource}]",
            "Compliance/Compliance/Role/Resource",
            reason,
        )


def _function(deployment: Deployment, path: str, no_dead_letters: str) -> Iterator[Acknowledged]:
    traces = "X-Ray knows no resources: its two write actions can only be allowed on *"
    yield Acknowledged("AwsSolutions-IAM5[Resource::*]", f"{path}/Role/Resource", traces)
    yield Acknowledged("Serverless-LambdaStarPermissions", f"{path}/Role/Resource", traces)
    yield Acknowledged("Serverless-LambdaDLQ", f"{path}/Function/Resource", no_dead_letters)
    if deployment.runtime != NEWEST_RUNTIME:
        for rule in ("AwsSolutions-L1", "Serverless-LambdaLatestVersion"):
            yield Acknowledged(
                rule,
                f"{path}/Function/Resource",
                "the runtime is a setting, by default that of the Python which tested the code",
            )


def _doors(deployment: Deployment) -> Iterator[Acknowledged]:
    for door in Door:
        stack = f"{door.title()}Door"
        api = f"{stack}/{stack}/Api"
        yield Acknowledged(
            "AwsSolutions-APIG2",
            f"{api}/Resource",
            "the gateway checks parameters; bodies are checked by pydantic, field by field",
        )
        if not deployment.firewall:
            yield Acknowledged(
                "AwsSolutions-APIG3",
                f"{api}/DeploymentStage.{door}/Resource",
                "the web ACL is a setting (waf_*); without it the stage throttle stands",
            )
        for route in live_at(door):
            method = f"{api}/Default{route.path}/{route.method}/Resource"
            yield Acknowledged("AwsSolutions-COG4", method, _NO_COGNITO[door])
            if door is Door.HUBSPOT:
                yield Acknowledged("AwsSolutions-APIG4", method, _NO_COGNITO[door])
    if deployment.cors_origins:
        for path in dict.fromkeys(r.path for r in live_at(Door.TOKEN) if pages_may_call(r.path)):
            yield Acknowledged(
                "AwsSolutions-APIG4",
                f"TokenDoor/TokenDoor/Api/Default{path}/OPTIONS/Resource",
                "a browser that asks first sends no credentials",
            )


_NO_COGNITO = {
    Door.SIGNED: "callers sign with SigV4, which IAM checks",
    Door.TOKEN: "our own authorizer checks keys and tokens, of Cognito too where it is an issuer",
    Door.HUBSPOT: "HubSpot proves itself by a signature over the body, which no authorizer sees",
}


def _callers(deployment: Deployment) -> Iterator[Acknowledged]:
    api = "arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:<SignedDoorApi1FFA1A5A>"
    for caller in deployment.callers:
        for route in routes_of(caller) if caller.create else ():
            if route.path_parameters:
                method = f"{api}/{Door.SIGNED}/{route.method}{method_path(route)}"
                yield Acknowledged(
                    f"AwsSolutions-IAM5[Resource::{method}]",
                    f"SignedDoor/Caller-{caller.name}/Resource",
                    f"the * is the path parameter of {route.name}, one of the caller's routes",
                )


def _vended(deployment: Deployment) -> Iterator[Acknowledged]:
    signed = f"{deployment.name}SignedDoor:ExportsOutputRefSignedDoorApi1FFA1A5A7B9C4B9E"
    api = f"arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:{signed}"
    for route in live_at(Door.SIGNED):
        if route.path_parameters:
            method = f"{api}/{Door.SIGNED}/{route.method}{method_path(route)}"
            yield Acknowledged(
                f"AwsSolutions-IAM5[Resource::{method}]",
                "TokenDoor/Vended/Resource",
                f"the * is the path parameter of {route.name}; each session's policy cuts further",
            )


def _audit() -> Iterator[Acknowledged]:
    yield Acknowledged(
        "AwsSolutions-S1",
        "Audit/Blocks/Resource",
        "its keys are only put by the sealer; who reads is CloudTrail's data events to tell",
    )
    for path, what in (("AuditSealer/Role", "puts"), ("Reader", "reads")):
        yield Acknowledged(
            "AwsSolutions-IAM5[Resource::<Blocks32B0A367.Arn>/blocks/*]",
            f"Audit/{path}/Resource",
            f"it {what} the blocks of every tenant, each under its height",
        )


def _alarms(deployment: Deployment) -> Iterator[Acknowledged]:
    if deployment.alarm_email:
        yield Acknowledged(
            "Serverless-SNSRedrivePolicy",
            f"Monitoring/Alarms/{deployment.alarm_email}/Resource",
            "an e-mail that cannot be delivered has no use later; the alarm itself stays on",
        )
