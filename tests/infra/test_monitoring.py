"""What wakes someone: each function, queue end and door has its alarm, and the alarm its topic."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from core import metrics
from infra.monitoring import CHECK_ALARMS, RECONCILE_ALARMS, SYNC_ALARMS

if TYPE_CHECKING:
    import pytest

    from tests.infra.templates import Templates


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
    """Every alarm notifies, none goes off because nothing happened, none uses metric math."""
    for alarm in production.every("AWS::CloudWatch::Alarm"):
        actions = production.written(alarm.stack, alarm.properties["AlarmActions"])
        assert actions == ["<CountersignMonitoring/Alarms>"], alarm.path
        assert alarm.properties["TreatMissingData"] == "notBreaching", alarm.path
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


def test_alarms_on_own_figures_watch_what_is_really_written(
    production: Templates, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Namespace, name and dimensions of each alarm are those of the metric in the emitted EMF."""
    written_by = {
        "hubspot_sync": [name for name, *_ in SYNC_ALARMS],
        "hubspot_check": [name for name, *_ in CHECK_ALARMS],
        "reconcile": [name for name, *_ in RECONCILE_ALARMS],
    }
    for service, names in written_by.items():
        monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", service)
        for name in names:
            metrics.count(name, 1, tenant="main")
    written = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    emitted = {_emitted(line) for line in written}
    watched = {
        (
            a.properties["Namespace"],
            a.properties["MetricName"],
            frozenset((d["Name"], d["Value"]) for d in a.properties["Dimensions"]),
        )
        for a in production.every("AWS::CloudWatch::Alarm")
        if a.properties["Namespace"] == "Countersign"
    }
    assert watched == emitted


def _emitted(line: dict[str, Any]) -> tuple[str, str, frozenset[tuple[str, str]]]:
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    (dimensions,), (metric,) = directive["Dimensions"], directive["Metrics"]
    return (
        directive["Namespace"],
        metric["Name"],
        frozenset((name, line[name]) for name in dimensions),
    )
