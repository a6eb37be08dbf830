"""The webhook door: HubSpot's own deliveries are counted, everything else is 401."""

from __future__ import annotations

import base64
import importlib
import json
import os
import time
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import boto3
import pytest
from moto import mock_aws

from core.crm.client_secrets import LiveSecrets
from core.crm.signature import sign
from core.routes import route
from hubspot_webhook.delivery import counted
from tests.fakes.clock import FakeClock

if TYPE_CHECKING:
    from collections.abc import Iterator

SECRET = "f6e94c08-85d0-4608-bcc6-e1850176e7b8"  # noqa: S105 - HubSpot's published vector
PREVIOUS = "12345678-aaaa-bbbb-cccc-ddddeeeeffff"
PUBLIC_URL = "https://door.example.com/hubspot"
PATH = route("receive_webhooks").path
EVENTS = [
    {"subscriptionType": "object.propertyChange", "objectId": 1, "propertyValue": "ada@x.org"},
    {"subscriptionType": "object.propertyChange", "objectId": 2},
    {"eventType": "contact.creation", "objectId": 3},
    {"subscriptionType": "made.up", "objectId": 4},
]


@pytest.fixture(scope="module")
def module() -> Iterator[Any]:
    """Return the function with two live secrets."""
    with mock_aws():
        secret = boto3.client("secretsmanager").create_secret(
            Name="webhook", SecretString=json.dumps({"current": SECRET, "previous": PREVIOUS})
        )
        environment = {"WEBHOOK_SECRET_ARN": secret["ARN"], "PUBLIC_URL": PUBLIC_URL}
        with patch.dict(os.environ, environment):
            yield importlib.reload(importlib.import_module("hubspot_webhook.handler"))


def delivery(raw: bytes, *, secret: str = SECRET, age_ms: int = 0, **changed: Any) -> Any:
    """Return the event of a signed delivery."""
    timestamp = str(time.time_ns() // 1_000_000 - age_ms)
    return {
        "httpMethod": "POST",
        "path": PATH,
        "headers": {
            "x-hubspot-signature-v3": sign(secret, "POST", PUBLIC_URL + PATH, raw, timestamp),
            "x-hubspot-request-timestamp": timestamp,
        },
        "body": raw.decode(errors="replace"),
        "isBase64Encoded": False,
        "requestContext": {"requestId": "r-1", "stage": "hubspot"},
    } | changed


def test_a_signed_delivery_is_counted_and_answered_204(
    module: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """HubSpot's delivery is accepted; its events are counted by type, their values are not kept."""
    answer = module.handler(delivery(json.dumps(EVENTS).encode()), None)
    assert (answer["statusCode"], answer["body"]) == (204, "")
    written = capsys.readouterr().out
    metrics = [json.loads(line) for line in written.splitlines() if '"_aws"' in line]
    assert {m["type"]: m["HubspotEvents"] for m in metrics} == {
        "object.propertyChange": [2.0],
        "contact.creation": [1.0],
        "other": [1.0],
    }
    assert "ada@x.org" not in written


def test_both_live_secrets_open_the_door(module: Any) -> None:
    """During a rotation HubSpot may sign with either secret."""
    assert module.handler(delivery(b"[]", secret=PREVIOUS), None)["statusCode"] == 204


def test_arbitrary_bytes_arrive_in_base64(module: Any) -> None:
    """The signature is over the bytes that HubSpot sent, however API Gateway hands them over."""
    raw = '[{"subscriptionType": "contact.creation", "v": 1.0, "u": "caf\\u00e9 é"}]'.encode()
    encoded = delivery(raw, body=base64.b64encode(raw).decode(), isBase64Encoded=True)
    assert module.handler(encoded, None)["statusCode"] == 204


def test_headers_are_found_in_any_case_and_in_either_form(module: Any) -> None:
    """Header names have no case; API Gateway sends them in two forms."""
    event = delivery(b"[]")
    event["headers"] = {k.upper(): v for k, v in event["headers"].items()}
    assert module.handler(event, None)["statusCode"] == 204
    event["multiValueHeaders"] = {k: [v] for k, v in event["headers"].items()}
    event["headers"] = None
    assert module.handler(event, None)["statusCode"] == 204


@pytest.mark.parametrize(
    ("body", "kinds"),
    [
        (b"", {"malformed": 1}),
        (b"{}", {"malformed": 1}),
        (b"not json", {"malformed": 1}),
        (b"\xff\xfe", {"malformed": 1}),
        (b"[" * 100_000, {"malformed": 1}),
        (b"[1, null, {}]", {"malformed": 3}),
        (b'[{"subscriptionType": 7}]', {"malformed": 1}),
        (b"[]", {}),
    ],
)
def test_a_signed_body_that_makes_no_sense_is_answered_204(
    module: Any, body: bytes, kinds: dict[str, int]
) -> None:
    """A refusal would buy ten more deliveries of the same; so it is counted and accepted."""
    event = delivery(body, body=base64.b64encode(body).decode(), isBase64Encoded=True)
    event["headers"]["x-hubspot-signature-v3"] = sign(
        SECRET,
        "POST",
        PUBLIC_URL + PATH,
        body,
        event["headers"]["x-hubspot-request-timestamp"],
    )
    assert module.handler(event, None)["statusCode"] == 204
    assert counted(body) == kinds


@pytest.fixture(
    params=[
        {"headers": {}},
        {"headers": None},
        {"headers": {"x-hubspot-signature-v3": "é"}},
        {"httpMethod": "PUT"},
        {"body": "[ ]"},
        {"body": None},
        {"body": "***", "isBase64Encoded": True},
        {"body": "\ud800"},
        {"requestContext": None, "headers": {}},
    ]
)
def tampered(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Return a delivery of which a part is not as HubSpot signed it."""
    event: dict[str, Any] = delivery(b"[]", **request.param)
    return event


def test_whatever_is_not_hubspots_is_401(module: Any, tampered: dict[str, Any]) -> None:
    """Unsigned, tampered or broken: 401 with a problem, never 5xx, and why is not told."""
    answer = module.handler(tampered, None)
    assert answer["statusCode"] == 401
    assert answer["headers"]["Content-Type"] == "application/problem+json"
    assert json.loads(answer["body"])["code"] == "signature"


@pytest.mark.parametrize("age_ms", [301_000, -301_000])
def test_a_replay_after_five_minutes_is_401(module: Any, age_ms: int) -> None:
    """A delivery that is genuine but old, or from the future, is refused."""
    assert module.handler(delivery(b"[]", age_ms=age_ms), None)["statusCode"] == 401


def test_a_header_that_is_sent_twice_is_401(module: Any) -> None:
    """Two signatures in one request: nobody knows which one counts, so none does."""
    event = delivery(b"[]")
    event["multiValueHeaders"] = {k: [v, v] for k, v in event["headers"].items()}
    assert module.handler(event, None)["statusCode"] == 401


def test_secrets_are_read_once_a_minute_whatever_comes() -> None:
    """A flood of unsigned calls reads nothing; a rotation is known a minute later."""
    reads: list[str] = []

    def read(name: str) -> str:
        reads.append(name)
        return json.dumps({"current": f"s{len(reads)}", "previous": None})

    clock = FakeClock()
    live = LiveSecrets(read, "arn", clock)
    assert {live.live() for _ in range(100)} == {("s1",)}
    clock.advance(60_000)
    assert live.live() == ("s2",)
    assert len(reads) == 2
