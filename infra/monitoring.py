"""What wakes someone: alarms on one topic, and a page to look at when they do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions

if TYPE_CHECKING:
    from aws_cdk import aws_sqs as sqs
    from constructs import Construct

    from infra.data import DataStack
    from infra.deployment import Deployment
    from infra.door import DoorApi
    from infra.function import PythonFunction
    from infra.handlers import HandlersStack
    from infra.hubspot_door import HubspotDoorStack
    from infra.reconcile import ReconcileStack
    from infra.signed_door import SignedDoorStack
    from infra.sync import SyncStack
    from infra.token_door import TokenDoorStack

_MINUTE = cdk.Duration.minutes(1)
_FIVE_MINUTES = cdk.Duration.minutes(5)
_DAY = cdk.Duration.days(1)

METRICS_NAMESPACE = "Countersign"

SYNC_ALARMS = (
    ("RecordsParked", "HubSpot refused a record; it waits for a person", "Sum", 1),
    ("HubspotRateLimited", "HubSpot answers 429: another program uses the quota", "Sum", 5),
    ("HubspotQuotaShared", "Another program takes a tenth of HubSpot's quota", "Maximum", 19),
    ("HubspotDown", "HubSpot answers no call; what is owed to it waits", "Sum", 5),
    ("HubspotTokenFallback", "HubSpot accepts only the previous token", "Sum", 1),
    ("SyncLag", "Changes take over ten minutes to reach HubSpot (milliseconds)", "p95", 600_000),
)
"""Name, meaning, statistic over five minutes and threshold of the alarms on sync's own figures."""

CHECK_ALARMS = (
    ("HubspotFindings", "`countersign hubspot check` finds something wrong", 1),
    ("HubspotTokenAgeDays", "HubSpot's token is 90 days old: rotate it", 90),
)
"""Name, meaning and threshold of the alarms on what the check writes twice a day."""

RECONCILE_ALARMS = (
    ("Drift", "Both sides differed though nothing was owed; it is being mended", "Maximum", 1),
    ("DriftLeft", "HubSpot has records of which only a person can judge", "Maximum", 1),
    ("ReconcileOverdue", "Both sides have not been compared for two intervals", "Maximum", 1),
    ("HubspotRateLimited", "HubSpot answers reconcile with 429", "Sum", 5),
)
"""The same of reconcile's figures."""


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
        reconcile: ReconcileStack,
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
            reconcile.reconcile,
        )
        for function in functions:
            self._watch_function(function)
        for name, queue in (
            ("HandlersFailures", handlers.failures),
            ("SyncFailures", sync.failures),
            ("SyncDeadLetters", sync.dead_letters),
            ("ReconcileFailures", reconcile.failures),
            ("ReconcileDeadLetters", reconcile.dead_letters),
        ):
            self._alarm(
                f"{name}NotEmpty",
                "Something failed for good and waits for a person",
                queue.metric_approximate_number_of_messages_visible(period=_MINUTE),
                threshold=1,
            )
        self._watch_sync(sync)
        for tenant in deployment.tenants:
            self._watch_tenant(sync, tenant.id)
            self._watch_reconcile(reconcile, tenant.id)
        self._alarm(
            "ReconcileOldestMessage",
            "A tenant's run of reconcile has waited for its turn for a quarter of an hour",
            reconcile.queue.metric_approximate_age_of_oldest_message(period=_MINUTE),
            threshold=900,
            periods=3,
        )
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

    def _watch_function(self, function: PythonFunction) -> None:
        name, metrics = function.node.id, function.function
        self._alarm(
            f"{name}Errors",
            f"{function.folder} fails again and again",
            metrics.metric_errors(period=_FIVE_MINUTES),
            threshold=3,
        )
        self._alarm(
            f"{name}Throttles",
            f"{function.folder} has no concurrency left",
            metrics.metric_throttles(period=_FIVE_MINUTES),
            threshold=1,
        )

    def _watch_sync(self, sync: SyncStack) -> None:
        self._alarm(
            "SyncOldestMessage",
            "HubSpot falls behind: a tenant's nudge has waited for five minutes",
            sync.queue.metric_approximate_age_of_oldest_message(period=_MINUTE),
            threshold=300,
            periods=3,
        )
        self._alarm(
            "NudgeIteratorAge",
            "The stream of marked items is read late (milliseconds)",
            sync.nudge.function.metric(
                "IteratorAge", statistic=cloudwatch.Stats.MAXIMUM, period=_MINUTE
            ),
            threshold=60_000,
            periods=5,
        )

    def _watch_tenant(self, sync: SyncStack, tenant: str) -> None:
        """Alarm on what sync itself says of a tenant; `core.metrics` writes these figures."""
        for name, meaning, statistic, threshold in SYNC_ALARMS:
            metric = cloudwatch.Metric(
                namespace=METRICS_NAMESPACE,
                metric_name=name,
                dimensions_map={"service": sync.hubspot_sync.folder, "tenant": tenant},
                statistic=statistic,
                period=_FIVE_MINUTES,
            )
            self._alarm(f"{name}{tenant.title()}", meaning, metric, threshold=threshold)
        for name, meaning, threshold in CHECK_ALARMS:
            metric = cloudwatch.Metric(
                namespace=METRICS_NAMESPACE,
                metric_name=name,
                dimensions_map={"service": sync.hubspot_check.folder, "tenant": tenant},
                statistic=cloudwatch.Stats.MAXIMUM,
                period=_DAY,
            )
            self._alarm(f"{name}{tenant.title()}", meaning, metric, threshold=threshold)

    def _watch_reconcile(self, reconcile: ReconcileStack, tenant: str) -> None:
        """Alarm on what reconcile itself says of a tenant."""
        for name, meaning, statistic, threshold in RECONCILE_ALARMS:
            metric = cloudwatch.Metric(
                namespace=METRICS_NAMESPACE,
                metric_name=name,
                dimensions_map={"service": reconcile.reconcile.folder, "tenant": tenant},
                statistic=statistic,
                period=_FIVE_MINUTES,
            )
            self._alarm(f"Reconcile{name}{tenant.title()}", meaning, metric, threshold=threshold)

    def _watch_door(self, door: DoorApi) -> None:
        """Alarm on shares: the average of API Gateway's error metrics is errors per request."""
        name, stage = door.door.title(), door.api.deployment_stage
        average = cloudwatch.Stats.AVERAGE
        self._alarm(
            f"{name}Door5xx",
            "One call in fifty fails on our side",
            stage.metric_server_error(statistic=average, period=_FIVE_MINUTES),
            threshold=0.02,
            periods=2,
        )
        self._alarm(
            f"{name}Door4xx",
            "Half of the calls are refused: a caller is broken, or someone tries",
            stage.metric_client_error(statistic=average, period=_FIVE_MINUTES),
            threshold=0.5,
            periods=3,
        )

    def _alarm(
        self,
        name: str,
        meaning: str,
        metric: cloudwatch.IMetric,
        *,
        threshold: float,
        periods: int = 1,
    ) -> None:
        alarm = cloudwatch.Alarm(
            self,
            name,
            alarm_description=meaning,
            metric=metric,
            threshold=threshold,
            evaluation_periods=periods,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        alarm.add_alarm_action(actions.SnsAction(self.topic))

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


def _duration(function: PythonFunction) -> cloudwatch.Metric:
    return function.function.metric_duration(statistic="p95")


def _graph(title: str, metrics: list[cloudwatch.Metric]) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(title=title, left=metrics, width=8)
