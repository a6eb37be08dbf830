"""The bucket of the audit's blocks, and the role that reads: nobody can take a block back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.infra.granted import granted
from tests.infra.test_rights import AUDIT, BLOCKS

if TYPE_CHECKING:
    from tests.infra.templates import Resource, Templates


AUDIT_READS = {"BatchGetItem", "GetItem", "Query", "Scan"} | {
    *("DescribeContinuousBackups", "DescribeTable"),
}
BLOCK_READS = {"GetObject", "GetObjectRetention", "GetObjectVersion"} | {
    *("ListBucket", "ListBucketVersions", "GetBucketObjectLockConfiguration"),
    *("GetBucketPublicAccessBlock", "GetEncryptionConfiguration"),
}


def bucket(templates: Templates) -> Resource:
    """Return the one bucket."""
    (found,) = templates.every("AWS::S3::Bucket")
    return found


def statements(templates: Templates) -> list[dict[str, Any]]:
    """Return the statements of the bucket's policy, as they stand on AWS."""
    (policy,) = templates.every("AWS::S3::BucketPolicy")
    listed = policy.properties["PolicyDocument"]["Statement"]
    on_aws = [s["Fn::If"][1] if "Fn::If" in s else s for s in listed]
    return [templates.written(policy.stack, s) for s in on_aws]


def test_blocks_are_locked_encrypted_versioned_and_kept(production: Templates) -> None:
    """Every object is retained from its first moment, under our key, and outlives the stack."""
    found = bucket(production)
    lock = found.properties["ObjectLockConfiguration"]
    retention = {"Mode": "GOVERNANCE", "Days": 400}
    assert lock == {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": retention}}
    assert found.properties["ObjectLockEnabled"] is True
    assert found.properties["VersioningConfiguration"] == {"Status": "Enabled"}
    assert set(found.properties["PublicAccessBlockConfiguration"].values()) == {True}
    (rule,) = found.properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    default = rule["ServerSideEncryptionByDefault"]
    assert default["SSEAlgorithm"] == "aws:kms"
    assert production.written(found.stack, default["KMSMasterKeyID"]) == "<CountersignData/Key.Arn>"
    assert found.body["DeletionPolicy"] == "Retain"


def test_the_mode_of_the_lock_is_a_setting(every_option: Templates) -> None:
    """COMPLIANCE is there for whom nobody may undo it, for as long as the setting says."""
    lock = bucket(every_option).properties["ObjectLockConfiguration"]
    assert lock["Rule"]["DefaultRetention"] == {"Mode": "COMPLIANCE", "Days": 3653}


def test_the_policy_of_the_bucket_only_denies(production: Templates) -> None:
    """To everybody: without TLS, removing, unlocking, and writing over what stands."""
    denied = {}
    for statement in statements(production):
        assert (statement["Effect"], statement["Principal"]) == ("Deny", {"AWS": "*"})
        actions = statement["Action"]
        name = " ".join(actions) if isinstance(actions, list) else actions
        denied[name] = statement.get("Condition")
    assert denied == {
        "s3:*": {"Bool": {"aws:SecureTransport": "false"}},
        "s3:BypassGovernanceRetention s3:DeleteObject s3:DeleteObjectVersion": None,
        "s3:PutObject": {"Null": {"s3:if-none-match": "true"}},
    }


def test_the_auditor_reads_and_writes_nothing(production: Templates) -> None:
    """Guarantee: the role that verifies cannot mend what it finds."""
    (role,) = (r for r in production.every("AWS::IAM::Role") if r.path == "Reader")
    rights = granted(production, role)
    assert rights == {
        "<CountersignData/Audit.Arn>": "dynamodb: BatchGetItem GetItem Query Scan",
        "<CountersignData/Audit.Arn>/index/resource": "dynamodb: Query",
        "<CountersignData/Audit.Arn>/index/principal": "dynamodb: Query",
        "<CountersignAudit/Blocks.Arn>": "s3: ListBucket ListBucketVersions",
        "<CountersignAudit/Blocks.Arn>/blocks/*": (
            "s3: GetObject GetObjectRetention GetObjectVersion"
        ),
        "key for dynamodb": "kms: Decrypt DescribeKey Encrypt GenerateDataKey",
        "key for s3": "kms: Decrypt GenerateDataKey",
    }


def test_nobody_changes_or_removes_audit_entries(production: Templates) -> None:
    """No role can do more with the audit table than read it, or put what it is for.

    Who puts entries can put no blocks, and who puts blocks no entries; nobody does both.
    """
    writers: dict[str, set[str]] = {}
    for role in production.every("AWS::IAM::Role"):
        for resource, actions in granted(production, role).items():
            if f"<{AUDIT}.Arn>" not in resource:
                continue
            if "PutItem" not in actions:
                assert set(actions.split()[1:]) <= AUDIT_READS, role.path
            else:
                assert actions == "dynamodb: PutItem", role.path
                writers.setdefault(role.path, set()).add(resource.split()[1])
    assert writers.pop("AuditSealer/Role") == {"*#BLOCKS#*", "*#CHAIN#*"}
    assert all(kinds == {"*#AUDIT#*"} for kinds in writers.values()), writers


def test_nobody_changes_or_removes_blocks(production: Templates) -> None:
    """The sealer alone puts blocks, and no role has a right to remove or unlock any."""
    for role in production.every("AWS::IAM::Role"):
        for resource, actions in granted(production, role).items():
            if BLOCKS in resource and role.path != "AuditSealer/Role":
                assert set(actions.split()[1:]) <= BLOCK_READS, role.path
