"""Who may call the signed door: registered roles, their names, rights and form in policies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from core.routes import Door, live_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from constructs import Construct

    from core.routes import Route
    from infra.deployment import Caller, Deployment


def role_arn(deployment: Deployment, caller: Caller) -> str:
    """Return the caller's role ARN.

    A role that the deployment makes has a name known beforehand, so that the registry and the
    door's policy need not wait for each other's stack.
    """
    if caller.role_arn:
        return caller.role_arn
    return f"arn:{cdk.Aws.PARTITION}:iam::{cdk.Aws.ACCOUNT_ID}:role/{made_name(deployment, caller)}"


def made_name(deployment: Deployment, caller: Caller) -> str:
    """Return the name of a role that the deployment makes."""
    return f"{deployment.name}-{caller.name}"


def principals(deployment: Deployment, caller: Caller) -> tuple[str, str]:
    """Return what `aws:PrincipalArn` may be for the caller.

    AWS puts the role's ARN there; the local emulator puts the session's. The second form can match
    nothing on AWS.
    """
    account = caller.account or cdk.Aws.ACCOUNT_ID
    name = caller.role_name or made_name(deployment, caller)
    session = f"arn:{cdk.Aws.PARTITION}:sts::{account}:assumed-role/{name}/*"
    return role_arn(deployment, caller), session


def registered(deployment: Deployment, issuers: Iterable[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """Return the properties of the registry's custom resource, as `registry.declaration` reads.

    `issuers` are those that the deployment makes itself, beside the ones of its settings.
    """
    tenants = [
        {
            "Id": t.id,
            "HubspotPortalId": t.hubspot_portal_id,
            "HubspotReads": list(t.hubspot_reads),
        }
        | ({"PhoneRegion": t.phone_region} if t.phone_region else {})
        for t in deployment.tenants
    ]
    roles = [
        {
            "Account": caller.account or cdk.Aws.ACCOUNT_ID,
            "Name": caller.role_name or made_name(deployment, caller),
            "Tenants": {tenant: list(scopes) for tenant, scopes in caller.grants.items()},
        }
        for caller in deployment.callers
    ]
    return {"Tenants": tenants, "Roles": roles, "Issuers": [*deployment.issuers, *issuers]}


def routes_of(caller: Caller, routes: Iterable[Route] | None = None) -> tuple[Route, ...]:
    """Return the signed door's routes that the caller's scopes open, in the table's order."""
    at_door = live_at(Door.SIGNED) if routes is None else routes
    return tuple(route for route in at_door if route.scope in caller.scopes)


def invoke(api_arn: str, routes: Iterable[Route]) -> list[iam.PolicyStatement]:
    """Allow calls of exactly these routes at the signed door of the API."""
    methods = [f"{api_arn}/{Door.SIGNED}/{r.method}{method_path(r)}" for r in routes]
    if not methods:
        return []
    return [iam.PolicyStatement(actions=["execute-api:Invoke"], resources=methods)]


def method_path(route: Route) -> str:
    """Return a route's path as a policy names it: `*` for each parameter."""
    return "/".join("*" if part.startswith("{") else part for part in route.path.split("/"))


class CallerRole(iam.Role):
    """A role that the deployment makes for a caller: the account's own IAM decides who takes it."""

    def __init__(
        self, scope: Construct, deployment: Deployment, caller: Caller, api_arn: str
    ) -> None:
        """Make the role with rights on its scopes' routes and no other."""
        super().__init__(
            scope,
            f"Caller-{caller.name}",
            role_name=made_name(deployment, caller),
            description=f"Calls Countersign's signed door as {caller.name}",
            assumed_by=iam.AccountRootPrincipal(),
            inline_policies={"Routes": iam.PolicyDocument(statements=statements)}
            if (statements := invoke(api_arn, routes_of(caller)))
            else None,
        )
