"""The HubSpot door: only what HubSpot has signed, for this URL, just now."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import TYPE_CHECKING

import pytest
import requests

from tests.e2e.door import assert_problem

if TYPE_CHECKING:
    from local.system import System

EVENTS = json.dumps(
    [{"eventId": 1, "subscriptionType": "object.creation", "objectTypeId": "0-1", "objectId": 7}]
).encode()
PATH = "/v1/hubspot/webhooks"


def webhook_headers(
    system: System,
    body: bytes,
    *,
    secret: str | None = None,
    age: float = 0,
    signed: bytes = b"",
) -> dict[str, str]:
    """Return the headers that HubSpot sends; `signed` is what the signature is made over."""
    url = system.outputs.hubspot_url + PATH
    timestamp = str(int((time.time() - age) * 1000))
    source = b"POST" + url.encode() + (signed or body) + timestamp.encode()
    key = (secret or system.portal.client_secret).encode()
    signature = base64.b64encode(hmac.new(key, source, hashlib.sha256).digest()).decode()
    return {
        "Content-Type": "application/json",
        "X-HubSpot-Request-Timestamp": timestamp,
        "X-HubSpot-Signature-v3": signature,
    }


def sent(
    system: System, body: bytes, *, secret: str | None = None, age: float = 0, signed: bytes = b""
) -> requests.Response:
    """Send a webhook; `signed` is the body that the signature is made over, if another."""
    url = system.outputs.hubspot_url + PATH
    headers = webhook_headers(system, body, secret=secret, age=age, signed=signed)
    return requests.post(
        url, data=body, headers=headers, verify=str(system.endpoint.authority), timeout=30
    )


def test_a_signed_webhook_is_taken(system: System) -> None:
    """HubSpot is answered 204 at once, so it does not send the batch again."""
    answer = sent(system, EVENTS)
    assert answer.status_code == 204, answer.text
    assert answer.content == b""


@pytest.mark.parametrize(
    ("secret", "age", "signed"),
    [("another secret", 0, b""), (None, 600, b""), (None, 0, b"[]")],
    ids=["another secret", "ten minutes old", "another body"],
)
def test_a_webhook_that_hubspot_did_not_sign_is_refused(
    system: System, secret: str | None, age: float, signed: bytes
) -> None:
    """A wrong key, an old signature and a changed body all end at the door."""
    answer = sent(system, EVENTS, secret=secret, age=age, signed=signed)
    assert_problem(answer, 401)


def test_a_webhook_without_a_signature_is_refused(system: System) -> None:
    """The door is open to the internet, so the signature is everything."""
    url = system.outputs.hubspot_url + PATH
    answer = requests.post(url, data=EVENTS, verify=str(system.endpoint.authority), timeout=30)
    assert_problem(answer, 401)
