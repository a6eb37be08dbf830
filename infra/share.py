"""What a function behind the signed or token door writes of its callers: shares, and last use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra import rights as allow

if TYPE_CHECKING:
    from aws_cdk import aws_dynamodb as dynamodb
    from aws_cdk import aws_iam as iam

    from infra.deployment import Deployment


def share(deployment: Deployment) -> dict[str, str]:
    """Return the environment variables of a principal's share of calls."""
    return {
        "PRINCIPAL_RATE": str(deployment.principal_rate),
        "PRINCIPAL_BURST": str(deployment.principal_burst),
    }


def limited(access: dynamodb.ITable) -> iam.PolicyStatement:
    """Allow writing down what is left of a principal's share, and nothing else there."""
    return allow.on_items(access, ["RATE"], "UpdateItem")


def noted(access: dynamodb.ITable) -> iam.PolicyStatement:
    """Allow writing down when a key was last used, and nothing else there."""
    return allow.on_items(access, ["USED"], "UpdateItem")
