"""What wakes someone: alarms on one topic, and a page to look at when they do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions

from infra.alarm import Of
from infra.alarms import BY_NAME, own

if TYPE_CHECKING:
    from aws_cdk import aws_sqs as sqs
    from constructs import Construct

    from infra.alarm import Alarm
    from infra.audit import AuditStack
    from infra.compliance import ComplianceStack
    from infra.data import DataStack
    from infra.deployment import Deployment
    from infra.door import DoorApi
    from infra.function import PythonFunction
    from infra.handlers import HandlersStack
    from infra.hubspot_door import HubspotDoorStack
    from infra.inbound import InboundStack
    from infra.reconcile import ReconcileStack
    from infra.signed_door import SignedDoorStack
    from infra.sync import SyncStack
    from infra.token_door import TokenDoorStack

METRICS_NAMESPACE = "Countersign"

_SILENCE = {
    True: cloudwatch.TreatMissingData.BREACHING,
    False: cloudwatch.TreatMissingData.NOT_BREACHING,
}


class MonitoringStack(cdk.Stack):
    """Alarms per function, queue and door. None uses metric math, which hides what is wrong."""

    def __init__(
        self,
        scope: Construct,
        deployment: Deployment,
        data: DataStack,
        handlers: HandlersStack,
        doors: tuple[SignedDoorStack, TokenDoorStack, HubspotDoorStack],
        sync: SyncStack,
        inbound: InboundStack,
        reconcile: ReconcileStack,
        audit: AuditStack,
        compliance: ComplianceStack,
        **kwargs: object,
    ) -> None:
        """Make the stack `<name>Monitoring`."""
        super().__init__(scope, f"{deployment.name}Monitoring", **kwargs)  # type: ignore[arg-type]
        self.topic = self._topic(deployment, data)
        _, token, hubspot = doors
        functions = (
            *handlers.functions,
            *token.functions,
            hubspot.function,
            *sync.functions,
            inbound.function,
            reconcile.reconcile,
            *audit.functions,
            compliance.compliance,
        )
        self._thresholds = deployment.alarm_thresholds
        for function in functions:
            name, figures = function.node.id, function.function
            self._watch("Errors", figures.metric_errors(), name)
            self._watch("Throttles", figures.metric_throttles(), name)
        for name, queue in (
            ("HandlersFailures", handlers.failures),
            ("SyncFailures", sync.failures),
            ("SyncDeadLetters", sync.dead_letters),
            ("InboundDeadLetters", inbound.dead_letters),
            ("ReconcileFailures", reconcile.failures),
            ("ReconcileDeadLetters", reconcile.dead_letters),
            ("AuditFailures", audit.failures),
        ):
            waiting = queue.metric_approximate_number_of_messages_visible()
            self._watch("NotEmpty", waiting, name)
        self._watch_sync(sync)
        looks = inbound.queue.metric_approximate_age_of_oldest_message()
        self._watch("OldestMessage", looks, "Inbound")
        turns = reconcile.queue.metric_approximate_age_of_oldest_message()
        self._watch("ReconcileOldestMessage", turns)
        for alarm in own(Of.DEPLOYMENT):
            self._watch(alarm.name, _own(alarm))
        for tenant in deployment.tenants:
            for alarm in own(Of.TENANT):
                self._watch(alarm.name, _own(alarm, tenant=tenant.id), after=tenant.id.title())
        apis = tuple(stack.door for stack in doors)
        for door in apis:
            self._watch_door(door)
        self._dashboard(deployment, functions, apis, sync.queue)

    def _topic(self, deployment: Deployment, data: DataStack) -> sns.Topic:
        topic = sns.Topic(self, "Alarms", master_key=data.key, enforce_ssl=True)
        topic.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[topic.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": cdk.Aws.ACCOUNT_ID}},
            )
        )
        if deployment.alarm_email:
            topic.add_subscription(subscriptions.EmailSubscription(deployment.alarm_email))
        cdk.CfnOutput(self, "AlarmTopicArn", value=topic.topic_arn)
        return topic

    def _watch_sync(self, sync: SyncStack) -> None:
        waiting = sync.queue.metric_approximate_age_of_oldest_message()
        self._watch("OldestMessage", waiting, "Sync")
        self._watch("NudgeIteratorAge", sync.nudge.function.metric("IteratorAge"))

    def _watch_door(self, door: DoorApi) -> None:
        """Alarm on shares: the average of API Gateway's error metrics is errors per request."""
        name, stage = door.door.title(), door.api.deployment_stage
        self._watch("Door5xx", stage.metric_server_error(), name)
        self._watch("Door4xx", stage.metric_client_error(), name)

    def _watch(
        self, name: str, metric: cloudwatch.Metric, subject: str = "", *, after: str = ""
    ) -> None:
        """Make the alarm of that name in the table, for a subject."""
        alarm = BY_NAME[name]
        made = cloudwatch.Alarm(
            self,
            f"{subject}{name}{after}",
            alarm_description=alarm.description,
            metric=metric.with_(
                statistic=alarm.statistic, period=cdk.Duration.seconds(alarm.period)
            ),
            threshold=self._thresholds.get(name, alarm.threshold),
            evaluation_periods=alarm.periods,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=_SILENCE[alarm.silence_alarms],
        )
        made.add_alarm_action(actions.SnsAction(self.topic))

    def _dashboard(
        self,
        deployment: Deployment,
        functions: tuple[PythonFunction, ...],
        doors: tuple[DoorApi, ...],
        queue: sqs.Queue,
    ) -> None:
        stages = [door.api.deployment_stage for door in doors]
        rows: list[list[cloudwatch.IWidget]] = [
            [
                _graph("Calls", [s.metric_count() for s in stages]),
                _graph("Latency, p95", [s.metric_latency(statistic="p95") for s in stages]),
                _graph("Failures on our side", [s.metric_server_error() for s in stages]),
            ],
            [
                _graph("Duration, p95", [_duration(f) for f in functions]),
                _graph("Errors", [f.function.metric_errors() for f in functions]),
                _graph("Age of nudges", [queue.metric_approximate_age_of_oldest_message()]),
            ],
        ]
        cloudwatch.Dashboard(self, "Overview", dashboard_name=deployment.name, widgets=rows)


def _own(alarm: Alarm, **dimensions: str) -> cloudwatch.Metric:
    """Return a figure that `core.metrics` writes."""
    return cloudwatch.Metric(
        namespace=METRICS_NAMESPACE,
        metric_name=alarm.watched,
        dimensions_map={"service": alarm.service, **alarm.dimensions, **dimensions},
    )


def _duration(function: PythonFunction) -> cloudwatch.Metric:
    return function.function.metric_duration(statistic="p95")


def _graph(title: str, metrics: list[cloudwatch.Metric]) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(title=title, left=metrics, width=8)
