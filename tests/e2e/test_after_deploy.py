"""What `local/fixups.py` has set, and how functions run here: read from the emulator itself."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING

import pytest

from local.outputs import Outputs
from tests.e2e.door import assert_problem
from tests.e2e.probe import zipped

if TYPE_CHECKING:
    from local.system import System
    from tests.e2e.door import SignedDoor

TABLES = ("Countersign-core", "Countersign-access", "Countersign-audit")


@pytest.mark.parametrize("table", TABLES)
def test_tables_can_be_restored_to_a_moment(system: System, table: str) -> None:
    """Point-in-time recovery is on, as the templates say."""
    client = system.endpoint.session().client("dynamodb")
    found = client.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
    assert found["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"


def test_idempotency_records_expire(system: System) -> None:
    """Time to live is on for the attribute that the records carry."""
    client = system.endpoint.session().client("dynamodb")
    found = client.describe_time_to_live(TableName="Countersign-core")["TimeToLiveDescription"]
    assert found == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires_at"}


def test_the_gateway_checks_parameters_itself(system: System, door: SignedDoor) -> None:
    """A call without its required header ends at the gateway, with no function started."""
    answer = door.call("POST", "/v1/orders", {})
    assert_problem(answer, 400, "invalid_request")
    assert "header or parameter" in answer.json()["detail"]
    assert system.outputs.signed_url in door.url


def test_the_outputs_are_what_clients_are_promised(system: System) -> None:
    """Names and meanings of `.local/outputs.json` do not change under anybody's feet."""
    found = json.loads(system.outputs_file.read_text())
    assert found == {name: getattr(system.outputs, name) for name in Outputs.__slots__}
    promised = {"signed_url", "token_url", "hubspot_url", "hubspot_twin_url", "region"}
    promised |= {"aws_endpoint_url", "caller_role_arn", "operator_role_arn", "tenant"}
    assert promised | {"access_admin_function", "vended_role_arn"} <= set(found)
    for door in ("signed_url", "token_url", "hubspot_url"):
        assert found[door].startswith(found["aws_endpoint_url"])


def test_a_function_sees_its_bundle_and_boto3_alone(system: System) -> None:
    """A package that a bundle lacks is missing here as it would be in Lambda."""
    client = system.endpoint.session().client("lambda")
    name, code = f"probe-{uuid.uuid4().hex[:8]}", "import importlib.util as u\n"
    code += "def handler(e, c): return [n for n in e if u.find_spec(n)]\n"
    role = client.list_functions()["Functions"][0]["Role"]
    client.create_function(
        FunctionName=name,
        Role=role,
        Runtime="python3.11",
        Handler="index.handler",
        Code={"ZipFile": zipped(code)},
    )
    asked = ["boto3", "ministack", "pydantic", "aws_lambda_powertools", "requests", "core"]
    answer = client.invoke(FunctionName=name, Payload=json.dumps(asked).encode())
    client.delete_function(FunctionName=name)
    assert json.loads(answer["Payload"].read()) == ["boto3"]
