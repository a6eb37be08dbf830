"""Tables, key, queues and mappings: nothing is lost, open to others, or without an end."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from hubspot_sync.settings import FUNCTION_SECONDS, QUEUE_DELAY_SECONDS, VISIBILITY_SECONDS
from reconcile import settings as reconcile

if TYPE_CHECKING:
    from tests.infra.templates import Resource, Templates


def tables(templates: Templates) -> dict[str, Resource]:
    """Return the tables by their name in AWS."""
    return {t.properties["TableName"]: t for t in templates.every("AWS::DynamoDB::Table")}


def test_tables_are_on_demand_encrypted_backed_up_and_kept(production: Templates) -> None:
    """No table can be deleted by a stack, read without our key, or lost for want of a backup."""
    assert set(tables(production)) == {
        f"Countersign-{name}" for name in ("core", "access", "audit")
    }
    for name, table in tables(production).items():
        properties = table.properties
        assert properties["BillingMode"] == "PAY_PER_REQUEST", name
        assert properties["PointInTimeRecoverySpecification"] == {
            "PointInTimeRecoveryEnabled": True
        }, name
        encryption = production.written(table.stack, properties["SSESpecification"])
        assert encryption["KMSMasterKeyId"] == "<CountersignData/Key.Arn>", name
        assert properties["DeletionProtectionEnabled"] == {"Fn::If": ["OnAws", True, False]}, name
        assert table.body["DeletionPolicy"] == "Retain", name


def test_the_core_table_has_a_stream_and_sparse_indexes(production: Templates) -> None:
    """The stream shows new items, so that it can be filtered; indexes hold keys only."""
    core = tables(production)["Countersign-core"].properties
    assert core["StreamSpecification"] == {"StreamViewType": "NEW_IMAGE"}
    indexes = {i["IndexName"]: i for i in core["GlobalSecondaryIndexes"]}
    assert {i["Projection"]["ProjectionType"] for i in indexes.values()} == {"KEYS_ONLY"}
    assert [k["AttributeName"] for k in indexes["work"]["KeySchema"]] == ["work_queue", "due_at"]


def test_only_what_expires_has_a_time_to_live(production: Templates) -> None:
    """Audit entries never expire."""
    expiring = {
        name
        for name, table in tables(production).items()
        if table.properties.get("TimeToLiveSpecification", {}).get("Enabled")
    }
    assert expiring == {"Countersign-core", "Countersign-access"}


def test_the_key_rotates_and_is_kept(production: Templates) -> None:
    """One key, rotated by AWS each year, never deleted with a stack."""
    (key,) = production.every("AWS::KMS::Key")
    assert key.properties["EnableKeyRotation"] is True
    assert key.body["DeletionPolicy"] == "Retain"


def test_queues_are_encrypted_and_tls_only(production: Templates) -> None:
    """Each queue has our key and a policy that denies what does not come over TLS."""
    guarded = set()
    for policy in production.every("AWS::SQS::QueuePolicy"):
        for statement in policy.properties["PolicyDocument"]["Statement"]:
            if statement["Effect"] == "Deny" and statement["Principal"] == {"AWS": "*"}:
                assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
                assert statement["Action"] == "sqs:*"
                guarded.add((policy.stack, policy.properties["Queues"][0]["Ref"]))
    queues = list(production.every("AWS::SQS::Queue"))
    assert {(q.stack, q.logical_id) for q in queues} == guarded
    for queue in queues:
        assert "KmsMasterKeyId" in queue.properties, queue.path


def test_every_queue_has_an_end_for_what_fails(production: Templates) -> None:
    """A queue either has dead letters, or is where failures end and keeps them for 14 days."""
    ends = {
        *("Sync/SyncDeadLetters", "Sync/Failures", "Handlers/Failures"),
        "Audit/Failures",
        *("Reconcile/StretchesDeadLetters", "Reconcile/Failures"),
        "Inbound/InboundDeadLetters",
    }
    for queue in production.every("AWS::SQS::Queue"):
        name = f"{queue.stack.removeprefix('Countersign')}/{queue.path}"
        assert ("RedrivePolicy" in queue.properties) == (name not in ends), name
        if name in ends:
            assert queue.properties["MessageRetentionPeriod"] == 14 * 24 * 3600, name


def test_one_writer_per_tenant(production: Templates) -> None:
    """FIFO, one message at a time, hidden for longer than the writer and its last call may last."""
    queue = production.one("AWS::SQS::Queue", "CountersignSync/Sync").properties
    assert queue["FifoQueue"] is True
    assert queue["ContentBasedDeduplication"] is False
    assert queue["DelaySeconds"] == QUEUE_DELAY_SECONDS
    assert queue["VisibilityTimeout"] == VISIBILITY_SECONDS > FUNCTION_SECONDS
    writer = production.one("AWS::Lambda::Function", "CountersignSync/HubspotSync/Function")
    assert writer.properties["Timeout"] == FUNCTION_SECONDS
    mapping = production.one("AWS::Lambda::EventSourceMapping", "CountersignSync/Nudges")
    assert mapping.properties["BatchSize"] == 1


def test_a_notice_that_fails_fails_alone(production: Templates) -> None:
    """Inbound names what failed, is never disturbed while it works, and leaves others room."""
    queue = production.one("AWS::SQS::Queue", "CountersignInbound/Inbound").properties
    assert "FifoQueue" not in queue
    assert queue["RedrivePolicy"]["maxReceiveCount"] == 5
    function = production.one("AWS::Lambda::Function", "CountersignInbound/HubspotInbound/Function")
    mapping = production.one("AWS::Lambda::EventSourceMapping", "CountersignInbound/Notices")
    gathering = mapping.properties["MaximumBatchingWindowInSeconds"]
    assert queue["VisibilityTimeout"] > function.properties["Timeout"] + gathering
    assert mapping.properties["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping.properties["ScalingConfig"] == {"MaximumConcurrency": 4}


def test_only_marked_items_wake_the_nudge(production: Templates) -> None:
    """The stream's filter passes what has a work mark; a record that fails is kept."""
    mapping = production.one("AWS::Lambda::EventSourceMapping", "CountersignSync/MarkedItems")
    (condition,) = mapping.properties["FilterCriteria"]["Filters"]
    marked = {"dynamodb": {"NewImage": {"work_queue": {"S": [{"exists": True}]}}}}
    assert json.loads(condition["Pattern"]) == marked
    assert "OnFailure" in mapping.properties["DestinationConfig"]


def test_a_tenants_run_goes_on_in_one_place(production: Templates) -> None:
    """FIFO, one message at a time, hidden for longer than the function may last."""
    queue = production.one("AWS::SQS::Queue", "CountersignReconcile/Stretches").properties
    assert queue["FifoQueue"] is True
    assert queue["VisibilityTimeout"] == reconcile.VISIBILITY_SECONDS > reconcile.FUNCTION_SECONDS
    function = production.one("AWS::Lambda::Function", "CountersignReconcile/Reconcile/Function")
    assert function.properties["Timeout"] == reconcile.FUNCTION_SECONDS
    mapping = production.one("AWS::Lambda::EventSourceMapping", "CountersignReconcile/Runs")
    assert mapping.properties["BatchSize"] == 1


def test_schedules_wake_one_function_each(production: Templates) -> None:
    """Each may invoke its one function, that of a minute does not catch up; failures are kept."""
    woken: dict[str, tuple[str, int]] = {}
    for schedule in production.every("AWS::Scheduler::Schedule"):
        target = production.written(schedule.stack, schedule.properties["Target"])
        retries = target["RetryPolicy"]["MaximumRetryAttempts"]
        woken[target["Arn"]] = (schedule.properties["ScheduleExpression"], retries)
        (role,) = (
            r
            for r in production.every("AWS::IAM::Role", stack=schedule.stack)
            if f"<{r.stack}/{r.path}.Arn>" == target["RoleArn"]
        )
        (policy,) = role.properties["Policies"]
        (statement,) = policy["PolicyDocument"]["Statement"]
        assert production.written(role.stack, statement["Resource"]) == target["Arn"]
    assert woken == {
        "<CountersignAudit/AuditSealer/Function.Arn>": ("rate(1 minute)", 0),
        "<CountersignHandlers/Sweeper/Function.Arn>": ("rate(1 minute)", 0),
        "<CountersignSync/Nudge/Function.Arn>": ("rate(1 minute)", 0),
        "<CountersignSync/HubspotCheck/Function.Arn>": ("rate(12 hours)", 2),
        "<CountersignReconcile/Reconcile/Function.Arn>": ("rate(1 minute)", 0),
        "<CountersignCompliance/Compliance/Function.Arn>": ("rate(12 hours)", 2),
    }
    kept = list(production.every("AWS::Lambda::EventInvokeConfig"))
    assert len(kept) == len(woken)
    assert all("OnFailure" in k.properties["DestinationConfig"] for k in kept)


def test_an_operators_secret_is_random_until_filled(production: Templates) -> None:
    """No secret is in a template, and none has a value that can be guessed before it is set."""
    for secret in production.every("AWS::SecretsManager::Secret"):
        assert "SecretString" not in secret.properties, secret.path
        assert "GenerateSecretString" in secret.properties, secret.path
        assert "KmsKeyId" in secret.properties, secret.path
        assert secret.body["DeletionPolicy"] == "Retain", secret.path
