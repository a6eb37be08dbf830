"""The role whose sessions are vended: trusted to one function alone, under names of our form."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from core.routes import Door, live_at
from infra.callers import invoke
from infra.checks import VENDED

if TYPE_CHECKING:
    from constructs import Construct

    from infra.deployment import Deployment

SESSION_NAMES = "cs1.*"
"""How the names of vended sessions begin, as `core.access.session` makes them."""


def vended_name(deployment: Deployment) -> str:
    """Return the role's name, known beforehand: handlers and the signed door's policy name it."""
    return f"{deployment.name}-{VENDED}"


def vended_arn(deployment: Deployment) -> str:
    """Return the role's ARN."""
    return f"arn:{cdk.Aws.PARTITION}:iam::{cdk.Aws.ACCOUNT_ID}:role/{vended_name(deployment)}"


def vended_principals(deployment: Deployment) -> tuple[str, str]:
    """Return what `aws:PrincipalArn` may be for a vended session: on AWS and on the emulator."""
    account = f"arn:{cdk.Aws.PARTITION}:sts::{cdk.Aws.ACCOUNT_ID}"
    return vended_arn(deployment), f"{account}:assumed-role/{vended_name(deployment)}/*"


class VendedRole(iam.Role):
    """May call every live route of the signed door; each session's own policy cuts that down."""

    def __init__(
        self, scope: Construct, deployment: Deployment, vending: iam.IRole, api_arn: str
    ) -> None:
        """Make the role, which only the role `vending` may assume."""
        routes = live_at(Door.SIGNED)
        super().__init__(
            scope,
            "Vended",
            role_name=vended_name(deployment),
            description="Sessions for the signed door, vended by credentials_api",
            assumed_by=iam.ArnPrincipal(vending.role_arn).with_conditions(
                {"StringLike": {"sts:RoleSessionName": SESSION_NAMES}}
            ),
            max_session_duration=cdk.Duration.hours(1),
            inline_policies={"Routes": iam.PolicyDocument(statements=invoke(api_arn, routes))},
        )
