"""What a browser is told by the deployed doors, and what every answer carries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests

from core.web.problems import SAFETY_HEADERS
from tests.e2e.conftest import PAGE

if TYPE_CHECKING:
    from local.system import System

ALLOWED = "Access-Control-Allow-Origin"
STRANGER = "https://evil.example"


def sent(system: System, method: str, door: str, path: str, **headers: str) -> requests.Response:
    """Send a call without credentials."""
    url = str(getattr(system.outputs, f"{door}_url")) + path
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.request(
        method, url, headers=named, verify=str(system.endpoint.authority), timeout=30
    )


@pytest.mark.parametrize(("origin", "allowed"), [(PAGE, PAGE), (STRANGER, None)])
def test_a_preflight_needs_no_credentials_and_a_listed_page(
    system: System, origin: str, allowed: str | None
) -> None:
    """Guarantee: a browser may ask before it calls, and only the listed page's may go on."""
    asked = {"Origin": origin, "Access_Control_Request_Method": "POST"}
    answer = sent(system, "OPTIONS", "token", "/v1/orders", **asked)
    assert (answer.status_code, answer.headers.get(ALLOWED)) == (204, allowed)
    assert ("POST" in answer.headers.get("Access-Control-Allow-Methods", "")) == bool(allowed)


def test_a_page_can_read_that_its_token_has_expired(system: System) -> None:
    """Guarantee: the gateway's own refusal names the one listed origin, never whoever asks."""
    for origin in (PAGE, STRANGER):
        answer = sent(system, "GET", "token", "/v1/orders", Origin=origin, Authorization="Bearer x")
        assert (answer.status_code, answer.headers[ALLOWED]) == (401, PAGE)


@pytest.mark.parametrize("door", ["signed", "hubspot"])
def test_no_other_door_speaks_to_pages(system: System, door: str) -> None:
    """Guarantee: a page gets neither a preflight nor an answer from these."""
    for method in ("OPTIONS", "GET"):
        answer = sent(system, method, door, "/v1/orders", Origin=PAGE)
        assert answer.status_code in {401, 403}
        assert ALLOWED not in answer.headers


@pytest.mark.parametrize(
    ("door", "path"), [("signed", "/v1/orders"), ("token", "/v1/orders"), ("hubspot", "/v1/orders")]
)
def test_a_refusal_carries_what_keeps_it_safe(system: System, door: str, path: str) -> None:
    """Guarantee: the gateway's own answers have the headers that the handlers' have."""
    answer = sent(system, "GET", door, path)
    assert answer.status_code in {401, 403}
    for name, value in SAFETY_HEADERS.items():
        assert answer.headers[name].replace(" 'none'", "") == value.replace(" 'none'", "")
