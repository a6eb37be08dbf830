"""A function woken once a minute."""

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


class EveryMinute(Construct):
    """Wakes a function each minute and never catches up: a late nudge says nothing new.

    Without retries a failing function is tried once a minute; each failure is kept in `failures`,
    whose depth raises an alarm. The function needs the right to send there.
    """

    def __init__(self, scope: Construct, woken: PythonFunction, failures: sqs.IQueue) -> None:
        """Make the schedule and the role that may invoke this one function."""
        super().__init__(scope, f"{woken.node.id}EveryMinute")
        function = woken.function
        role = iam.Role(
            self,
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
            self,
            "Schedule",
            schedule_expression="rate(1 minute)",
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
            target=scheduler.CfnSchedule.TargetProperty(
                arn=function.function_arn,
                role_arn=role.role_arn,
                retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                    maximum_event_age_in_seconds=60, maximum_retry_attempts=0
                ),
            ),
        )
        lambda_.CfnEventInvokeConfig(
            self,
            "OnFailure",
            function_name=function.function_name,
            qualifier="$LATEST",
            maximum_event_age_in_seconds=60,
            maximum_retry_attempts=0,
            destination_config=lambda_.CfnEventInvokeConfig.DestinationConfigProperty(
                on_failure=lambda_.CfnEventInvokeConfig.OnFailureProperty(
                    destination=failures.queue_arn
                )
            ),
        )
