"""What looks after the portals' own credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk

from infra import rights as allow
from infra.function import PythonFunction
from infra.schedule import EveryHalfDay

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


def hubspot_check(
    scope: Construct,
    deployment: Deployment,
    data: DataStack,
    failures: sqs.IQueue,
    hubspot: Mapping[str, str],
    secrets: Sequence[secretsmanager.Secret],
) -> PythonFunction:
    """Make the function that looks at every tenant's portal, twice a day and when it is asked."""
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
            allow.read_secrets(*secrets),
            allow.list_versions(*secrets),
            allow.send(failures),
            *(allow.key_for(data.key, s) for s in ("dynamodb", "secretsmanager", "sqs")),
        ],
        timeout_seconds=300,
    )
    EveryHalfDay(scope, function, failures)
    cdk.CfnOutput(scope, "HubspotCheckFunction", value=function.function.function_name)
    return function
