"""The audit as deployed: the sealer's role seals, the auditor's verifies, nobody else writes."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from countersign.auditing.locked import LockedChain
from countersign.auditing.table import AuditTable
from countersign.auditing.verify import Verification
from countersign.target import Target

if TYPE_CHECKING:
    import boto3

    from countersign import Client
    from local.system import System

SEALER = "AuditSealer"
BEFORE = 30 * 60_000


@pytest.fixture(scope="module")
def auditor(system: System) -> boto3.Session:
    """Return a session of the auditor's role."""
    outputs = system.outputs
    target = Target(
        url="",
        region=outputs.region,
        role_arn=outputs.audit_reader_role_arn,
        aws_endpoint_url=outputs.aws_endpoint_url,
        aws_ca_bundle=outputs.aws_ca_bundle,
        aws_key="test",
    )
    return target.assumed()


def _seal(system: System) -> dict[str, Any]:
    """Wake the sealer as its schedule does; return what it says."""
    client = system.endpoint.session().client("lambda")
    names = [f["FunctionName"] for f in client.list_functions()["Functions"]]
    (name,) = (name for name in names if SEALER in name)
    answer = client.invoke(FunctionName=name, Payload=b"{}")
    read: dict[str, Any] = json.loads(answer["Payload"].read())
    assert "FunctionError" not in answer, read
    return read


def test_what_callers_do_is_sealed_and_verified(
    system: System, client: Client, auditor: boto3.Session
) -> None:
    """Guarantee: under their own roles the sealer locks blocks and the auditor finds all well.

    What is locked stays, even when the account's root asks.
    """
    product = client.put_product("AUDIT-1", {"name": "Mug", "price": 255, "currency": "GBP"})
    dynamodb = system.endpoint.session().client("dynamodb")
    (entry,) = _entries(dynamodb, system.outputs.audit_table, f"product/{product['id']}")
    old = time.strftime("%Y%m%d%H%M", time.gmtime(time.time() - BEFORE / 1000))
    late = {**entry, "pk": {"S": f"main#AUDIT#{old}"}}
    dynamodb.put_item(TableName=system.outputs.audit_table, Item=late)
    assert _seal(system)["entries"] >= 1
    verification = Verification(
        AuditTable(auditor.client("dynamodb"), system.outputs.audit_table),
        LockedChain(auditor.client("s3"), system.outputs.audit_bucket),
    )
    assert list(verification.findings()) == []
    assert verification.summary()["blocks"] >= 1
    s3 = system.endpoint.session().client("s3")
    version = s3.list_object_versions(Bucket=system.outputs.audit_bucket)["Versions"][0]
    with pytest.raises(ClientError, match="AccessDenied"):  # although root asks
        s3.delete_object(
            Bucket=system.outputs.audit_bucket,
            Key=version["Key"],
            VersionId=version["VersionId"],
        )


def test_the_auditor_can_change_nothing(system: System, auditor: boto3.Session) -> None:
    """Guarantee: IAM refuses the auditor's role every write."""
    outputs = system.outputs
    key = {"pk": {"S": "main#AUDIT#x"}, "sk": {"S": "x"}}
    with pytest.raises(ClientError, match="AccessDenied"):
        auditor.client("dynamodb").put_item(TableName=outputs.audit_table, Item=key)
    with pytest.raises(ClientError, match="AccessDenied"):
        auditor.client("s3").put_object(Bucket=outputs.audit_bucket, Key="blocks/x", Body=b"")


def _entries(dynamodb: Any, table: str, resource: str) -> list[dict[str, Any]]:
    """Return the entries about something, through the index."""
    found = dynamodb.query(
        TableName=table,
        IndexName="resource",
        KeyConditionExpression="of_resource = :of",
        ExpressionAttributeValues={":of": {"S": f"main#{resource}"}},
    )
    keys = [{"pk": one["pk"], "sk": one["sk"]} for one in found["Items"]]
    return [dynamodb.get_item(TableName=table, Key=key)["Item"] for key in keys]
