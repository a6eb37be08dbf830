"""Log groups: every one has a retention, none is left to AWS to make on first use."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import aws_cdk as cdk
from aws_cdk import aws_logs as logs

if TYPE_CHECKING:
    from constructs import Construct


def log_group(
    scope: Construct, construct_id: str, days: int, *, keep: bool = False, name: str | None = None
) -> logs.LogGroup:
    """Make a log group; `keep` leaves it behind when the stack goes, as records of calls are."""
    group = logs.LogGroup(
        scope,
        construct_id,
        log_group_name=name,
        removal_policy=cdk.RemovalPolicy.RETAIN if keep else cdk.RemovalPolicy.DESTROY,
    )
    cast("logs.CfnLogGroup", group.node.default_child).retention_in_days = days
    return group
