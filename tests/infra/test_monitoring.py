"""What wakes someone: each function, queue end and door has its alarm, and the alarm its topic."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from infra import ROOT
from infra.alarm import Of
from infra.alarms import ALARMS, BY_NAME, own
from infra.deployment import DeploymentError
from tests.infra.synth import deployment, synthesized
from tests.infra.templates import Templates

if TYPE_CHECKING:
    from pathlib import Path

    from infra.alarm import Alarm


def test_every_function_and_every_end_of_failures_has_an_alarm(production: Templates) -> None:
    """A function that fails or is throttled, and a message that nobody could handle, are told."""
    watched: dict[str, set[str]] = {}
    for alarm in production.every("AWS::CloudWatch::Alarm"):
        (dimension, *_) = alarm.properties["Dimensions"]
        subject = production.written(alarm.stack, dimension["Value"])
        watched.setdefault(subject, set()).add(alarm.properties["MetricName"])
    for function in production.every("AWS::Lambda::Function"):
        assert watched[f"<{function.stack}/{function.path}>"] >= {"Errors", "Throttles"}
    for queue in production.every("AWS::SQS::Queue"):
        name = f"<{queue.stack}/{queue.path}.QueueName>"
        end = "RedrivePolicy" not in queue.properties
        expected = "ApproximateNumberOfMessagesVisible" if end else "ApproximateAgeOfOldestMessage"
        assert expected in watched[name], name


def test_alarms_reach_the_topic_and_stay_quiet_without_data(production: Templates) -> None:
    """Every alarm notifies, none uses metric math, and silence alarms of the sealer alone."""
    for alarm in production.every("AWS::CloudWatch::Alarm"):
        actions = production.written(alarm.stack, alarm.properties["AlarmActions"])
        assert actions == ["<CountersignMonitoring/Alarms>"], alarm.path
        silent = "breaching" if alarm.path == "AuditUnsealedAge" else "notBreaching"
        assert alarm.properties["TreatMissingData"] == silent, alarm.path
        assert "Metrics" not in alarm.properties, alarm.path


def test_doors_alarm_on_shares(production: Templates) -> None:
    """All doors have a share of failures and of refusals above which someone is woken."""
    found = {
        (a.path, a.properties["MetricName"], a.properties["Statistic"], a.properties["Threshold"])
        for a in production.every("AWS::CloudWatch::Alarm")
        if a.properties["Namespace"] == "AWS/ApiGateway"
    }
    assert found == {
        ("SignedDoor5xx", "5XXError", "Average", 0.02),
        ("SignedDoor4xx", "4XXError", "Average", 0.5),
        ("TokenDoor5xx", "5XXError", "Average", 0.02),
        ("TokenDoor4xx", "4XXError", "Average", 0.5),
        ("HubspotDoor5xx", "5XXError", "Average", 0.02),
        ("HubspotDoor4xx", "4XXError", "Average", 0.5),
    }


def test_the_topic_is_encrypted_and_cloudwatch_may_use_its_key(production: Templates) -> None:
    """Without the right to the key, alarms would be lost on their way."""
    (topic,) = production.every("AWS::SNS::Topic")
    assert "KmsMasterKeyId" in topic.properties
    (key,) = production.every("AWS::KMS::Key")
    assert "cloudwatch.amazonaws.com" in json.dumps(key.properties["KeyPolicy"])


def test_an_address_is_told_if_there_is_one(production: Templates, every_option: Templates) -> None:
    """The setting alarm_email subscribes; without it nobody is subscribed by accident."""
    assert not list(production.every("AWS::SNS::Subscription"))
    (subscription,) = every_option.every("AWS::SNS::Subscription")
    assert subscription.properties["Endpoint"] == "ops@example.com"


def test_each_alarm_of_the_table_is_made(production: Templates, every_option: Templates) -> None:
    """The stack makes an alarm for each row and each thing that it exists for, as the row says."""
    for templates, tenants in ((production, ["main"]), (every_option, ["main", "second"])):
        made = {a.path: a.properties for a in templates.every("AWS::CloudWatch::Alarm")}
        for row in own(Of.DEPLOYMENT):
            assert made[row.name].items() >= _as_row(row).items()
        for row in own(Of.TENANT):
            for tenant in tenants:
                found = made[f"{row.name}{tenant.title()}"]
                assert found.items() >= _as_row(row, tenant=tenant).items()
        for row in ALARMS:
            assert [path for path in made if row.name in path], row.name


def _as_row(row: Alarm, **dimensions: str) -> dict[str, Any]:
    wanted = {"service": row.service, **row.dimensions, **dimensions}
    kind = "ExtendedStatistic" if row.statistic.startswith("p") else "Statistic"
    return {
        "Namespace": "Countersign",
        "MetricName": row.watched,
        "Dimensions": [{"Name": n, "Value": v} for n, v in sorted(wanted.items())],
        kind: row.statistic,
        "Threshold": row.threshold,
        "Period": row.period,
        "EvaluationPeriods": row.periods,
        "AlarmDescription": row.description,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
    }


def test_a_deployment_can_move_a_threshold(tmp_path: Path) -> None:
    """The setting alarm_thresholds reaches the alarm, and no other."""
    synthesized(tmp_path, {"alarm_thresholds": {"DeniedCalls": 200}})
    made = {
        a.path: a.properties["Threshold"]
        for a in Templates.read(tmp_path / "cdk.out").every("AWS::CloudWatch::Alarm")
    }
    assert made["DeniedCallsMain"] == 200
    assert made["SignatureFailures"] == BY_NAME["SignatureFailures"].threshold


@pytest.mark.parametrize("wrong", [{"Nothing": 1}, {"DeniedCalls": 0}, {"DeniedCalls": "many"}])
def test_a_threshold_of_no_alarm_is_refused(wrong: dict[str, Any]) -> None:
    """A slip in an alarm's name is told at synth, and does not leave the alarm as it was."""
    with pytest.raises(DeploymentError, match="alarm_thresholds"):
        deployment({"alarm_thresholds": wrong})


def test_each_notice_leads_to_its_entry() -> None:
    """The anchor in an alarm's description is a heading of docs/alarms.md with something to do."""
    text = (ROOT / "docs" / "alarms.md").read_text("utf-8")
    entries = {entry.partition("\n")[0].lower(): entry for entry in text.split("\n## ")[1:]}
    for row in ALARMS:
        anchor = row.description.rpartition("#")[2]
        assert "**First**" in entries[anchor], row.name
