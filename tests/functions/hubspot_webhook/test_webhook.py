"""The webhook door: HubSpot's own deliveries are queued, everything else is 401."""

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
from botocore.exceptions import ReadTimeoutError
from moto import mock_aws

from core.contention import Contended
from core.crm.client_secrets import LiveSecrets
from core.crm.events import sorted_events
from core.crm.signature import sign
from core.routes import route
from core.store.tenancy import StoredTenancy
from hubspot_webhook.delivery import listed
from tests.fakes.clock import FakeClock
from tests.support import tables

if TYPE_CHECKING:
    from collections.abc import Iterator

SECRET = "f6e94c08-85d0-4608-bcc6-e1850176e7b8"  # noqa: S105 - HubSpot's published vector
PREVIOUS = "12345678-aaaa-bbbb-cccc-ddddeeeeffff"
PUBLIC_URL = "https://door.example.com/hubspot"
PATH = route("receive_webhooks").path
CHANGE = {"subscriptionType": "object.propertyChange", "objectTypeId": "0-123", "portalId": 7}
EVENTS = [
    CHANGE | {"objectId": 1, "propertyName": "email", "propertyValue": "ada@x.org"},
    CHANGE | {"objectId": 1, "propertyName": "phone", "propertyValue": "+442079460000"},
    CHANGE | {"objectId": 2, "changeSource": "INTEGRATION", "sourceId": "appId:5", "appId": 5},
    CHANGE | {"objectId": 3, "portalId": 8},
    {"eventType": "contact.deletion", "objectId": 4, "portalId": 7},
    {"eventType": "contact.creation", "objectId": 5, "portalId": 7},
    {"subscriptionType": "made.up", "objectId": 6, "portalId": 7},
    {"subscriptionType": "object.propertyChange", "objectTypeId": "0-2", "objectId": 7},
    {"subscriptionType": "contact.deletion", "objectId": "8", "portalId": 7},
]


@pytest.fixture(scope="module")
def module() -> Iterator[Any]:
    """Return the function with two live secrets, one portal, and its queue."""
    with mock_aws():
        secret = boto3.client("secretsmanager").create_secret(
            Name="webhook", SecretString=json.dumps({"current": SECRET, "previous": PREVIOUS})
        )
        dynamodb = boto3.client("dynamodb")
        tables.create(dynamodb)
        StoredTenancy(dynamodb, tables.ACCESS).put_tenant("main", "7")
        queue = boto3.client("sqs").create_queue(QueueName="inbound")["QueueUrl"]
        environment = {
            "WEBHOOK_SECRET_ARN": secret["ARN"],
            "PUBLIC_URL": PUBLIC_URL,
            "ACCESS_TABLE": tables.ACCESS,
            "INBOUND_QUEUE_URL": queue,
        }
        with patch.dict(os.environ, environment):
            yield importlib.reload(importlib.import_module("hubspot_webhook.handler"))


def queued(module: Any) -> list[dict[str, Any]]:
    """Return the messages that wait in the queue, and empty it."""
    url = module.settings.inbound_queue_url
    sqs = boto3.client("sqs")
    found: list[dict[str, Any]] = []
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        found += [json.loads(m["Body"]) for m in messages]
        for message in messages:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return sorted(found, key=lambda m: str(m["id"]))


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


def test_a_signed_delivery_is_queued_and_answered_204(
    module: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each record that may have changed is queued once, by its id alone; the rest is counted."""
    answer = module.handler(delivery(json.dumps(EVENTS).encode()), None)
    assert (answer["statusCode"], answer["body"]) == (204, "")
    written = capsys.readouterr().out
    metrics = [json.loads(line) for line in written.splitlines() if '"_aws"' in line]
    assert {m["type"]: m["HubspotEvents"] for m in metrics} == {
        "object.propertyChange": [2.0],
        "contact.deletion": [1.0],
        "own": [1.0],
        "unregistered": [1.0],
        "other": [3.0],
        "malformed": [1.0],
    }
    messages = queued(module)
    assert [(m["tenant"], m["type"], m["id"]) for m in messages] == [
        ("main", "orders", "1"),
        ("main", "contacts", "4"),
    ]
    for text in (written, json.dumps(messages)):
        assert "ada@x.org" not in text
        assert "2079460000" not in text


def test_a_hundred_events_are_a_hundred_messages(module: Any) -> None:
    """The largest delivery that HubSpot makes fits, each record by itself."""
    events = [CHANGE | {"objectId": 1000 + n} for n in range(100)]
    assert module.handler(delivery(json.dumps(events).encode()), None)["statusCode"] == 204
    assert [m["id"] for m in queued(module)] == [str(1000 + n) for n in range(100)]


def test_a_privacy_deletion_is_queued_as_such(module: Any) -> None:
    """It is the one event that a look cannot show; a merge names all that took part."""
    gone = {"subscriptionType": "contact.privacyDeletion", "objectId": 9, "portalId": 7}
    merged = {
        "subscriptionType": "object.merge",
        "objectTypeId": "0-1",
        "portalId": 7,
        "objectId": 1,
        "primaryObjectId": 1,
        "mergedObjectIds": [2, 3],
        "newObjectId": 4,
    }
    module.handler(delivery(json.dumps([gone, merged]).encode()), None)
    told = [(m["id"], m.get("event", "")) for m in queued(module)]
    assert told == [("1", ""), ("2", ""), ("3", ""), ("4", ""), ("9", "privacyDeletion")]


@pytest.mark.parametrize("part", ["queue", "registry"])
def test_what_cannot_be_queued_is_delivered_again(module: Any, part: str) -> None:
    """Row 12: no 2xx before the notice is safe: HubSpot tries again for a day."""
    broken = {
        "queue": patch.object(
            module.sqs, "send_message_batch", side_effect=ReadTimeoutError(endpoint_url=PUBLIC_URL)
        ),
        "registry": patch.object(module.portals, "of", side_effect=Contended),
    }[part]
    event = delivery(json.dumps([CHANGE | {"objectId": 1}]).encode())
    with broken:
        answer = module.handler(event, None)
    assert answer["statusCode"] == 503
    assert PUBLIC_URL not in answer["body"]
    assert module.handler(event, None)["statusCode"] == 204
    assert len(queued(module)) == 1


def test_every_single_byte_mutation_of_a_delivery_is_401(module: Any) -> None:
    """Rows 9 and 10: whichever bit of body, signature or timestamp is turned: refused."""
    event = delivery(json.dumps(EVENTS[:1]).encode())
    body = event["body"].encode()
    turned = [
        event
        | {
            "body": base64.b64encode(
                body[:n] + bytes([body[n] ^ (1 << bit)]) + body[n + 1 :]
            ).decode(),
            "isBase64Encoded": True,
        }
        for n in range(len(body))
        for bit in range(8)
    ]
    for name, value in event["headers"].items():
        for n, character in enumerate(value):
            for bit in range(7):
                changed = value[:n] + chr(ord(character) ^ (1 << bit)) + value[n + 1 :]
                turned.append(event | {"headers": event["headers"] | {name: changed}})
    assert {module.handler(one, None)["statusCode"] for one in turned} == {401}
    assert queued(module) == []
    assert module.handler(event, None)["statusCode"] == 204
    assert len(queued(module)) == 1


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
    found = sorted_events(listed(body), lambda _: None, 0)
    assert found.counts == kinds


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
