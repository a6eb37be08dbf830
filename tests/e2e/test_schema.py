"""Calls made up from OpenAPI, well formed and not, at each door with its own way of signing in.

PROOF=1 makes 100 of each kind for each route, otherwise a few.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from core.routes import Door, live_at
from tests.e2e.door import signature
from tests.e2e.test_webhook import webhook_headers

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.credentials import Credentials
    from schemathesis import Case

    from core.routes import Route
    from local.system import System

pytestmark = pytest.mark.slow

EXAMPLES = 100 if os.environ.get("PROOF") == "1" else 2
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
DOCUMENT: dict[str, Any] = json.loads(
    (Path(__file__).resolve().parents[2] / "docs/openapi.json").read_text("utf-8")
)
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
SEED = 20_261_122


def tried(route: Route, send: Callable[[Case[Any]], requests.Response]) -> None:
    """Make up calls of a route; each is answered, below 500, as OpenAPI says.

    Left out: that a method that is not declared is answered 405, since API Gateway says 403; and
    the body of a denial by IAM, which the emulator words itself (`tests.e2e.door`).
    """
    operation = SCHEMA[route.path][route.method]
    cases = st.one_of(
        operation.as_strategy(generation_mode=GenerationMode.POSITIVE),
        operation.as_strategy(generation_mode=GenerationMode.NEGATIVE),
    )

    @seed(SEED)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(cases)
    def one(case: Case[Any]) -> None:
        answer = send(case)
        if "x-amzn-errortype" not in answer.headers:
            case.validate_response(answer, checks=CHECKS)

    one()


@pytest.mark.parametrize("route", live_at(Door.SIGNED), ids=lambda r: r.name)
def test_the_signed_door(
    system: System, operator: Credentials, first_key: str, route: Route
) -> None:
    """Whatever two good proofs send, it is answered as documented, and never by a failure."""
    how = {"auth": signature(operator), "headers": {"X-API-Key": first_key}}
    tried(route, _sender(system, system.outputs.signed_url, **how))


@pytest.mark.parametrize("route", live_at(Door.TOKEN), ids=lambda r: r.name)
def test_the_token_door(system: System, first_key: str, route: Route) -> None:
    """Whatever the holder of a key sends, he is answered as documented, never by a failure."""
    url = str(system.outputs.token_url)
    tried(route, _sender(system, url, headers={"X-API-Key": first_key}))


@given(st.one_of(st.binary(max_size=2_000), st.text(max_size=500).map(str.encode)))
@seed(SEED)
@settings(
    max_examples=EXAMPLES * 5,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_the_hubspot_door(system: System, body: bytes) -> None:
    """Whatever HubSpot signs is answered 204, 400 or 413, and what it did not sign 401."""
    url = f"{system.outputs.hubspot_url}/v1/hubspot/webhooks"
    authority = str(system.endpoint.authority)
    good = webhook_headers(system, body)
    signed = requests.post(url, body, headers=good, verify=authority, timeout=30)
    assert signed.status_code in {204, 400, 401, 413}, signed.text
    bad = good | {"X-HubSpot-Signature-v3": good["X-HubSpot-Signature-v3"][::-1]}
    other = requests.post(url, body, headers=bad, verify=authority, timeout=30)
    assert other.status_code == requests.codes.unauthorized, other.text


def _sender(system: System, url: str, **how: Any) -> Callable[[Case[Any]], requests.Response]:
    session = requests.Session()
    session.trust_env = False
    session.verify = str(system.endpoint.authority)
    session.auth = how.get("auth")
    session.headers.update(how.get("headers", {}))

    def send(case: Case[Any]) -> requests.Response:
        made = case.as_transport_kwargs(base_url=url)
        for name in ("Authorization", "X-API-Key"):  # what is made up there is no way to sign in
            made["headers"].pop(name, None)
        return session.request(**made, timeout=30)

    return send
