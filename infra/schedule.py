"""A function woken at fixed times: every minute, or every half day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from infra.rights import allow

if TYPE_CHECKING:
    from aws_cdk import aws_sqs as sqs

    from infra.function import PythonFunction

_HOUR = 3_600


class EveryMinute(Construct):
    """Wakes a function each minute and never catches up: a late nudge says nothing new.

    Without retries a failing function is tried once a minute; each failure is kept in `failures`,
    whose depth raises an alarm. The function needs the right to send there.
    """

    def __init__(self, scope: Construct, woken: PythonFunction, failures: sqs.IQueue) -> None:
        """Make the schedule and the role that may invoke this one function."""
        super().__init__(scope, f"{woken.node.id}EveryMinute")
        _schedule(self, woken, "rate(1 minute)", age_seconds=60, retries=0)
        _keep_failures(self, woken, failures, age_seconds=60, retries=0)


class EveryHalfDay(Construct):
    """Wakes a function twice a day, so that every day of an alarm has its figure.

    A failure is tried twice more, then kept in `failures`. The function needs the right to send
    there.
    """

    def __init__(self, scope: Construct, woken: PythonFunction, failures: sqs.IQueue) -> None:
        """Make the schedule and the role that may invoke this one function."""
        super().__init__(scope, f"{woken.node.id}EveryHalfDay")
        _schedule(self, woken, "rate(12 hours)", age_seconds=_HOUR, retries=2)
        _keep_failures(self, woken, failures, age_seconds=_HOUR, retries=2)


def _schedule(
    scope: Construct, woken: PythonFunction, expression: str, *, age_seconds: int, retries: int
) -> None:
    function = woken.function
    role = iam.Role(
        scope,
        "Role",
        assumed_by=iam.ServicePrincipal(
            "scheduler.amazonaws.com",
            conditions={"StringEquals": {"aws:SourceAccount": cdk.Aws.ACCOUNT_ID}},
        ),
        inline_policies={
            "Invoke": iam.PolicyDocument(
                statements=[allow([function.function_arn], "lambda:InvokeFunction")]
            )
        },
    )
    scheduler.CfnSchedule(
        scope,
        "Schedule",
        schedule_expression=expression,
        flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
        target=scheduler.CfnSchedule.TargetProperty(
            arn=function.function_arn,
            role_arn=role.role_arn,
            retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                maximum_event_age_in_seconds=age_seconds, maximum_retry_attempts=retries
            ),
        ),
    )


def _keep_failures(
    scope: Construct,
    woken: PythonFunction,
    failures: sqs.IQueue,
    *,
    age_seconds: int,
    retries: int,
) -> None:
    lambda_.CfnEventInvokeConfig(
        scope,
        "OnFailure",
        function_name=woken.function.function_name,
        qualifier="$LATEST",
        maximum_event_age_in_seconds=age_seconds,
        maximum_retry_attempts=retries,
        destination_config=lambda_.CfnEventInvokeConfig.DestinationConfigProperty(
            on_failure=lambda_.CfnEventInvokeConfig.OnFailureProperty(
                destination=failures.queue_arn
            )
        ),
    )
