"""What an operator's AWS credentials add: the service's own reason, read on moto."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from countersign.doctor import evidence
from countersign.doctor.operator import Evidence, Operator, role_arn, role_of

if TYPE_CHECKING:
    from collections.abc import Iterator

REGION = "eu-west-1"
ROLE = "arn:aws:iam::123456789012:role/hubspot-functions"
REQUEST = "6f1c2a34-0000-4000-8000-000000000001"
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Deny",
            "Principal": {"AWS": "*"},
            "Action": "execute-api:Invoke",
            "Resource": "*",
            "Condition": {"ArnNotLike": {"aws:PrincipalArn": [ROLE]}},
        }
    ],
}
REASON = "key/x lacks orders:read"
LINES = (
    "START RequestId: not JSON",
    json.dumps({"message": "answered", "correlation_id": "another"}),
    json.dumps(
        {"message": "refused", "service": "orders_api", "reason": "key/x lacks orders:read"}
    ),
)


@pytest.fixture
def session() -> Iterator[boto3.Session]:
    """Return a session on moto."""
    with mock_aws():
        yield boto3.Session(region_name=REGION)


def deployed(session: boto3.Session) -> str:
    """Make an API with one function whose log knows the request; return the API's id."""
    gateway, logs = session.client("apigateway"), session.client("logs")
    api = gateway.create_rest_api(name="signed", policy=json.dumps(POLICY))["id"]
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]
    place: dict[str, Any] = {"restApiId": api, "resourceId": root, "httpMethod": "GET"}
    gateway.put_method(**place, authorizationType="AWS_IAM")
    function = _function(session)
    path = f"path/2015-03-31/functions/{function}/invocations"
    gateway.put_integration(
        **place,
        type="AWS_PROXY",
        integrationHttpMethod="POST",
        uri=f"arn:aws:apigateway:{REGION}:lambda:{path}",
    )
    group, stream = "/aws/lambda/orders", "one"
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName=stream)
    now = int(datetime.now(UTC).timestamp() * 1000)
    lines = [*LINES[:2], LINES[2][:-1] + f', "correlation_id": "{REQUEST}"}}']
    logs.put_log_events(
        logGroupName=group,
        logStreamName=stream,
        logEvents=[{"timestamp": now, "message": line} for line in lines],
    )
    return str(api)


def _function(session: boto3.Session) -> str:
    trust = {"Version": "2012-10-17", "Statement": []}
    role = session.client("iam").create_role(
        RoleName="runs", AssumeRolePolicyDocument=json.dumps(trust)
    )["Role"]["Arn"]
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as held:
        held.writestr("handler.py", "")
    made = session.client("lambda").create_function(
        FunctionName="orders",
        Runtime="python3.13",
        Role=role,
        Handler="handler.handler",
        Code={"ZipFile": archive.getvalue()},
    )
    return str(made["FunctionArn"])


def test_the_services_own_reason_is_found_by_request(session: boto3.Session) -> None:
    """From the API to its functions to their logs: the line about this very request is told."""
    api = deployed(session)
    found = Operator(session).evidence(api, REQUEST, datetime.now(UTC))
    assert [line["reason"] for line in found.lines] == [REASON]
    [told] = evidence.findings(found, ROLE)
    assert told.code == "logged"
    assert "orders_api wrote: key/x lacks orders:read" in told.says
    assert Operator(session).evidence(api, "no-such", datetime.now(UTC)).lines == ()


def test_an_unregistered_role_is_found_in_the_policy(session: boto3.Session) -> None:
    """The Deny's exceptions are the registered roles; a role that is not there is named."""
    found = Operator(session).evidence(deployed(session), "no-such", datetime.now(UTC))
    assert found.policy == POLICY
    assert evidence.findings(found, ROLE) == []
    [told] = evidence.findings(found, ROLE.replace("hubspot-functions", "stranger"))
    assert (told.code, "stranger" in told.says) == ("role_unregistered", True)


def test_what_may_not_be_read_is_said(session: boto3.Session) -> None:
    """An API that is not there, or is not shown, is no trace of a stack but a line."""
    found = Operator(session).evidence("nothing", REQUEST, datetime.now(UTC))
    assert found.policy is None
    assert any("resource policy" in line for line in found.unread)


def test_a_session_is_led_back_to_its_role(session: boto3.Session) -> None:
    """STS names the session; policies name the role."""
    arn = "arn:aws-cn:sts::123456789012:assumed-role/hubspot-functions/any.session"
    assert role_arn(arn) == "arn:aws-cn:iam::123456789012:role/hubspot-functions"
    own = session.get_credentials()
    assert own is not None
    assert role_of(session, own.get_frozen_credentials()).startswith("arn:aws:")


@pytest.mark.parametrize("code", sorted(evidence.REASONS))
def test_each_reason_of_the_authorizer_has_words(code: str) -> None:
    """A reason code in a log line is told with its meaning."""
    line = {"service": "authorizer", "reason": f"key refused: {code}: csk_main_x"}
    [told] = evidence.findings(Evidence(lines=(line,)), "")
    assert evidence.REASONS[code] in told.says


def test_a_role_without_a_policy_is_found() -> None:
    """IAM's own simulation says that the role's policies do not allow the call."""
    [told] = evidence.findings(Evidence(decision="implicitDeny"), ROLE)
    assert (told.code, "implicitDeny" in told.says) == ("role_policy", True)
    assert evidence.findings(Evidence(decision="allowed"), ROLE) == []
