"""The functions of access: keys, behind two doors, and what only a deployer may, behind none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk

from infra import rights as allow
from infra.function import PythonFunction
from infra.share import limited, noted, share
from infra.vended import vended_name

if TYPE_CHECKING:
    from constructs import Construct

    from infra.data import DataStack
    from infra.deployment import Deployment

_READING = ("GetItem", "BatchGetItem", "Query")
_KEYS = ("CREDENTIAL", "CREDENTIALS")
_FIRST_KEY = ("BOOTSTRAP",)
_INCIDENT = ("CUT", "CUTS")


def access_api(scope: Construct, deployment: Deployment, data: DataStack) -> PythonFunction:
    """Make the function that creates, lists, rotates and revokes keys."""
    return PythonFunction(
        scope,
        "access_api",
        deployment=deployment,
        environment={
            "ACCESS_TABLE": data.access.table_name,
            "AUDIT_TABLE": data.audit.table_name,
            "VENDED_ROLE_NAME": vended_name(deployment),
            "GUARD_SECRET_ARN": allow.arn_of(data.guard_secret),
            **share(deployment),
        },
        rights=[
            allow.on_table(data.access, *_READING, "ConditionCheckItem"),
            allow.on_items(data.access, _KEYS, "PutItem"),
            allow.on_items(data.access, ["CREDENTIAL"], "UpdateItem"),
            limited(data.access),
            noted(data.access),
            allow.record(data.audit),
            allow.read_secrets(data.guard_secret),
            allow.key_for(data.key, "dynamodb"),
            allow.key_for(data.key, "secretsmanager"),
        ],
        timeout_seconds=28,
        memory_mb=1024,
    )


def access_admin(scope: Construct, deployment: Deployment, data: DataStack) -> PythonFunction:
    """Make the function that a deployer invokes for a first key and in an incident."""
    function = PythonFunction(
        scope,
        "access_admin",
        deployment=deployment,
        environment={
            "ACCESS_TABLE": data.access.table_name,
            "AUDIT_TABLE": data.audit.table_name,
        },
        rights=[
            allow.on_table(data.access, *_READING),
            allow.on_items(data.access, (*_KEYS, *_FIRST_KEY, *_INCIDENT), "PutItem"),
            allow.record(data.audit),
            allow.key_for(data.key, "dynamodb"),
        ],
        timeout_seconds=30,
    )
    cdk.CfnOutput(scope, "AccessAdminFunction", value=function.function.function_name)
    return function
