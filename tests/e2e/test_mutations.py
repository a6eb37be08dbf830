"""One byte changed at a time in valid requests, at every door: nothing gets in, nothing breaks.

PROOF=1 changes every byte, in two ways; otherwise a seeded sample. Which changes SigV4 calls equal
is decided by `equal`, whose cases are listed there. What the emulator does not compare
(`infra.emulator.NOT_SHOWN`), the payload's hash and the credential scope, is shown with botocore's
own signatures.
"""

from __future__ import annotations

import json
import os
import random
import re
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

from tests.e2e.door import REGION
from tests.e2e.test_webhook import EVENTS, PATH, webhook_headers
from tests.e2e.wire import Message, message, send, signed, spans

if TYPE_CHECKING:
    from collections.abc import Iterator

    from botocore.credentials import Credentials

    from countersign import Client
    from local.system import System

pytestmark = pytest.mark.slow

WHOLE = os.environ.get("PROOF") == "1"
SAMPLED = 60
BIT, CASE = 0x01, 0x20
SEED = 20_261_122
SIGNED_HEADERS = frozenset({"host", "x-amz-date", "x-amz-security-token", "authorization"})
HUBSPOT_HEADERS = frozenset({"x-hubspot-request-timestamp", "x-hubspot-signature-v3"})
KEY_HEADERS = frozenset({"x-api-key"})


def places(sent: Message, url: str, names: frozenset[str]) -> list[tuple[str, int, int]]:
    """Return (part, place, new byte) of each change, or a seeded sample of them.

    What the emulator puts before the door's stage in the path is not ours to change.
    """
    path = urlsplit(url).path
    own = sent.head.index(path.encode()) + path.index("/v1/")
    scope = _scope(sent)
    found = [
        (part, at, sent.head[at] ^ change)
        for part, at in spans(sent, names)
        for change in (BIT, CASE)
        if (part != "request line" or at >= own or at < sent.head.index(b" ")) and at not in scope
    ]
    return found if WHOLE else random.Random(SEED).sample(found, SAMPLED)  # noqa: S311 - a sample


def _scope(sent: Message) -> range:
    """Return where region, service and terminator of the credential scope stand."""
    found = re.search(rb"Credential=[^/]+/\d{8}/(.*?aws4_request)", sent.head)
    return range(*found.span(1)) if found else range(0)


def equal(sent: Message, part: str, at: int, byte: int) -> bool:
    """Return whether the change makes no other request.

    1. The case of a header's name: SigV4 canonicalises names to lower case.
    2. The case of the method: the emulator's HTTP server writes it in capitals before anything is
       checked, so that nothing of ours sees the change.
    """
    if chr(byte).lower() != chr(sent.head[at]).lower():
        return False
    if part == "request line":
        return at < sent.head.index(b" ")
    line = sent.head[sent.head.rfind(b"\n", 0, at) + 1 :]
    return line.index(b":") > at - (len(sent.head) - len(line))


def tried(
    system: System, sent: Message, changes: list[tuple[str, int, int]]
) -> list[tuple[str, int, int, int]]:
    """Send each change and return (part, place, new byte, status)."""
    parts = urlsplit(system.endpoint.url)
    address = (str(parts.hostname), int(parts.port or 443))
    out = partial(send, address=address, authority=str(system.endpoint.authority))
    with ThreadPoolExecutor(4) as pool:
        answers = pool.map(lambda c: out(sent.changed(c[1], c[2]))[0], changes)
        return [(*change, status) for change, status in zip(changes, answers, strict=True)]


def assert_shut(
    sent: Message, answers: list[tuple[str, int, int, int]], *, sigv4: bool = False
) -> None:
    """Check that no change got in, unless it is equal, and that none was answered 5xx."""
    for part, at, byte, status in answers:
        shown = (part, sent.head[max(0, at - 12) : at + 12], chr(byte), status)
        assert status < 500, shown
        if 0 < status < 300:
            assert sigv4, shown
            assert equal(sent, part, at, byte), shown


SKU = "mut 1+a:b@c"
SIGNED_CALLS = (
    ("GET", "/v1/stock?limit=5", b""),
    ("GET", f"/v1/products/{quote(SKU, safe='')}", b""),
    (
        "POST",
        "/v1/orders",
        json.dumps({"currency": "GBP", "lines": [{"sku": SKU, "quantity": 1}]}).encode(),
    ),
)


@pytest.fixture(scope="module", autouse=True)
def product(client: Client) -> None:
    """Have one product there, so that every call here is answered 2xx as long as it gets in."""
    stock = [{"location": "main", "quantity": 50}]
    product = {"name": "Mutation", "price": 100, "currency": "GBP", "opening_stock": stock}
    client.put_product(SKU, product)


@pytest.mark.parametrize(("method", "path", "body"), SIGNED_CALLS)
def test_the_signed_door(
    system: System, caller: Credentials, method: str, path: str, body: bytes
) -> None:
    """A signature is good for its own method, path, query, headers and no other ones."""
    url = system.outputs.signed_url + path
    headers = {"Content-Type": "application/json", "Idempotency-Key": "mutation"} if body else {}
    sent = signed(method, url, caller, headers, body)
    (untouched,) = tried(system, sent, [("", 0, sent.head[0])])
    assert untouched[3] in {200, 201}
    assert_shut(
        sent,
        tried(system, sent, places(sent, url, SIGNED_HEADERS | {n.lower() for n in headers})),
        sigv4=True,
    )


def test_the_token_door(system: System, first_key: str) -> None:
    """An API key with one other character is no key."""
    url = f"{system.outputs.token_url}/v1/stock?limit=5"
    sent = message("GET", url, {"X-API-Key": first_key})
    (untouched,) = tried(system, sent, [("", 0, sent.head[0])])
    assert untouched[3] == 200
    changes = [c for c in places(sent, url, KEY_HEADERS) if c[0] != "request line"]
    in_value = [c for c in changes if not equal(sent, *c)]
    assert_shut(sent, tried(system, sent, in_value))


def test_the_hubspot_door(system: System) -> None:
    """HubSpot's signature is good for its own method, URL, timestamp, and nothing else."""
    url = system.outputs.hubspot_url + PATH
    sent = message("POST", url, webhook_headers(system, EVENTS), EVENTS)
    (untouched,) = tried(system, sent, [("", 0, sent.head[0])])
    assert untouched[3] == 204
    changes = [c for c in places(sent, url, HUBSPOT_HEADERS) if not equal(sent, *c)]
    assert_shut(sent, tried(system, sent, changes))


STAMP = "20261122T000000Z"


def _signature(
    credentials: Credentials, body: bytes, region: str = REGION, service: str = "execute-api"
) -> str:
    """Return botocore's signature of one request at one moment."""
    url = "https://api.example.com/signed/v1/orders"
    request = AWSRequest("POST", url, headers={"X-Amz-Date": STAMP}, data=body)
    request.context["timestamp"] = STAMP
    signer = SigV4Auth(credentials, service, region)
    signed = signer.string_to_sign(request, signer.canonical_request(request))
    return str(signer.signature(signed, request))


def _flipped(text: bytes, seed: int) -> Iterator[bytes]:
    """Yield the text with one bit of one byte flipped, for each byte."""
    for at in range(len(text)):
        bit = 1 << random.Random(seed * 1_000 + at).randrange(7)  # noqa: S311 - a bit to flip
        yield text[:at] + bytes([text[at] ^ bit]) + text[at + 1 :]


@pytest.mark.parametrize("seed", range(3))
def test_a_changed_body_has_another_signature(seed: int, caller: Credentials) -> None:
    """Botocore signs every body differently, so API Gateway refuses a body that was changed."""
    body = SIGNED_CALLS[2][2]
    own = _signature(caller, body)
    assert all(_signature(caller, changed) != own for changed in _flipped(body, seed))


@pytest.mark.parametrize("seed", range(3))
def test_a_changed_scope_has_another_signature(seed: int, caller: Credentials) -> None:
    """The key is derived from region and service, so neither can be changed once it is signed."""
    own = _signature(caller, b"")
    for region in _flipped(REGION.encode(), seed):
        assert _signature(caller, b"", region=region.decode("latin-1")) != own
    for service in _flipped(b"execute-api", seed):
        assert _signature(caller, b"", service=service.decode("latin-1")) != own
