"""What looks after the portals' own credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk

from hubspot_oauth.settings import FUNCTION_SECONDS
from infra import rights as allow
from infra.function import PythonFunction
from infra.outputs import numbered
from infra.schedule import EveryHalfDay, EveryMinute
from infra.secrets import oauth_app

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_secretsmanager as secretsmanager
    from aws_cdk import aws_sqs as sqs
    from constructs import Construct

    from infra.data import DataStack
    from infra.deployment import Deployment


def oauth_prefix(deployment: Deployment) -> str:
    """Return how the names of the OAuth apps' own secrets begin; the tenant's id ends them."""
    return f"{deployment.name}/hubspot-oauth/"


def oauth_tenants(deployment: Deployment) -> tuple[str, ...]:
    """Return the tenants whose portal is opened by an OAuth app."""
    return tuple(t.id for t in deployment.tenants if t.hubspot_auth == "oauth")


def oauth_apps(
    scope: Construct, deployment: Deployment, data: DataStack
) -> dict[str, secretsmanager.Secret]:
    """Make the secret of each OAuth app, by tenant."""
    made = {}
    for number, tenant in enumerate(oauth_tenants(deployment)):
        name = f"{oauth_prefix(deployment)}{tenant}"
        made[tenant] = oauth_app(
            scope,
            f"HubspotOauthSecret-{tenant}",
            name=name,
            holds=f"The OAuth app of {tenant}'s portal",
            key=data.key,
        )
        cdk.CfnOutput(scope, numbered("HubspotOauthSecretName", number), value=name)
    return made


def hubspot_oauth(
    scope: Construct,
    deployment: Deployment,
    data: DataStack,
    failures: sqs.IQueue,
    hubspot: Mapping[str, str],
    tokens: Sequence[secretsmanager.Secret],
    apps: Sequence[secretsmanager.Secret],
) -> PythonFunction:
    """Make the one function that gets tokens from HubSpot, each minute and for the deployer.

    `tokens` are the OAuth tenants' secrets; it writes them, and reads the apps' own.
    """
    function = PythonFunction(
        scope,
        "hubspot_oauth",
        deployment=deployment,
        environment={
            "ACCESS_TABLE": data.access.table_name,
            **hubspot,
            "HUBSPOT_APP_URL": deployment.hubspot_app_url,
            "HUBSPOT_OAUTH_SECRET_PREFIX": oauth_prefix(deployment),
            "HUBSPOT_OAUTH_TENANTS": " ".join(oauth_tenants(deployment)),
        },
        rights=[
            allow.on_table(data.access, "GetItem"),
            allow.on_items(data.access, ["OAUTH"], "DeleteItem", "PutItem", "UpdateItem"),
            allow.read_secrets(*apps),
            allow.write_secrets(*apps, *tokens),
            allow.send(failures),
            allow.key_for(data.key, "dynamodb"),
            allow.key_for(data.key, "secretsmanager", writes=True),
            allow.key_for(data.key, "sqs"),
        ],
        timeout_seconds=FUNCTION_SECONDS,
    )
    EveryMinute(scope, function, failures)
    cdk.CfnOutput(scope, "HubspotOauthFunction", value=function.function.function_name)
    return function


def hubspot_check(
    scope: Construct,
    deployment: Deployment,
    data: DataStack,
    failures: sqs.IQueue,
    hubspot: Mapping[str, str],
    tokens: Sequence[secretsmanager.Secret],
    apps: Sequence[secretsmanager.Secret],
) -> PythonFunction:
    """Make the function that looks at every tenant's portal, twice a day and when it is asked.

    Of the OAuth apps' own secrets it sees the age, not the value.
    """
    function = PythonFunction(
        scope,
        "hubspot_check",
        deployment=deployment,
        environment={
            "ACCESS_TABLE": data.access.table_name,
            **hubspot,
            "HUBSPOT_OAUTH_SECRET_PREFIX": oauth_prefix(deployment),
            "HUBSPOT_OAUTH_TENANTS": " ".join(oauth_tenants(deployment)),
        },
        rights=[
            allow.on_table(data.access, "GetItem", "Query"),
            allow.read_secrets(*tokens),
            allow.list_versions(*tokens, *apps),
            allow.send(failures),
            *(allow.key_for(data.key, s) for s in ("dynamodb", "secretsmanager", "sqs")),
        ],
        timeout_seconds=300,
    )
    EveryHalfDay(scope, function, failures)
    cdk.CfnOutput(scope, "HubspotCheckFunction", value=function.function.function_name)
    return function
