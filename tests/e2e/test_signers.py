"""Three independent signers call every route of the signed door, and are answered alike."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

from local import paths
from tests.e2e.door import REGION, signature
from tests.matrix.routes import ROWS, SIGNED, Row

if TYPE_CHECKING:
    from botocore.credentials import Credentials

    from local.system import System

ROUTES = [row for row in ROWS if SIGNED in row.doors]
QUERIES = (
    {"limit": "5"},
    {"cursor": "a b"},
    {"cursor": "caf\u00e9 \u2615"},
    {"cursor": "a/b?c=d&e+f%20g"},
    {"cursor": "~-._!*'()", "limit": "1"},
    {"cursor": ""},
)
"""Spaces, UTF-8, slashes, what is reserved and what is not, and an empty value."""

SEND = paths.ROOT / "tests" / "e2e" / "sign.mjs"


@pytest.fixture(scope="module")
def calls() -> list[dict[str, Any]]:
    """Return a call of every route, and one route with every kind of query."""
    found = [_call(row) for row in ROUTES]
    stock = next(row for row in ROUTES if row.name == "GET /v1/stock")
    return found + [_call(stock, query) for query in QUERIES]


def _call(row: Row, query: dict[str, str] | None = None) -> dict[str, Any]:
    pairs = "&".join(f"{quote(n, safe='')}={quote(v, safe='')}" for n, v in (query or {}).items())
    body = json.dumps(row.body) if row.body is not None else None
    return {
        "method": row.method,
        "path": row.call + (f"?{pairs}" if pairs else ""),
        "headers": {"Content-Type": "application/json", "Idempotency-Key": "signers"},
        "body": body,
    }


def test_three_signers_are_answered_alike(
    system: System, operator: Credentials, calls: list[dict[str, Any]]
) -> None:
    """Guarantee: no route or query is understood by one well-kept signer and not by another.

    The role holds every scope, so none is refused but the layered ones, by the handler's own 403.
    """
    url = system.outputs.signed_url
    authority = str(system.endpoint.authority)
    by_botocore = [_sent(url, call, _botocore(url, call, operator), authority) for call in calls]
    by_requests = [_sent(url, call, None, authority, operator) for call in calls]
    by_node = _node(url, calls, operator, authority)
    for call, *statuses in zip(calls, by_botocore, by_requests, by_node, strict=True):
        shown = (call["method"], call["path"], statuses)
        assert len(set(statuses)) == 1, shown
        layered = call["path"].startswith("/v1/keys")
        assert (statuses[0] == 403) == layered, shown
        assert statuses[0] < 500, shown


def _botocore(url: str, call: dict[str, Any], credentials: Credentials) -> dict[str, str]:
    request = AWSRequest(call["method"], url + call["path"], call["headers"], call["body"])
    SigV4Auth(credentials, "execute-api", REGION).add_auth(request)
    return dict(request.headers.items())


def _sent(
    url: str,
    call: dict[str, Any],
    headers: dict[str, str] | None,
    authority: str,
    credentials: Credentials | None = None,
) -> int:
    """Send a call as signed, or signed by requests-aws4auth, and return its status."""
    with requests.Session() as session:
        session.trust_env = False
        return session.request(
            call["method"],
            url + call["path"],
            data=call["body"],
            headers=headers or call["headers"],
            auth=None if credentials is None else signature(credentials),
            verify=authority,
            timeout=30,
        ).status_code


def _node(
    url: str, calls: list[dict[str, Any]], credentials: Credentials, authority: str
) -> list[int]:
    """Sign and send by aws4fetch, as the HubSpot functions do, and return the statuses."""
    told = {
        "url": url,
        "region": REGION,
        "calls": calls,
        "accessKeyId": credentials.access_key,
        "secretAccessKey": credentials.secret_key,
        "sessionToken": credentials.token,
    }
    done = subprocess.run(
        ["node", str(SEND)],
        input=json.dumps(told),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
        cwd=paths.ROOT,
        env={"PATH": os.environ["PATH"], "NODE_EXTRA_CA_CERTS": authority},
    )
    found: list[int] = json.loads(done.stdout)
    return found
