"""A portal's user at the deployed token door: his own data, until his binding ends."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

import pytest
import requests

from tests.e2e.door import assert_problem

if TYPE_CHECKING:
    from botocore.credentials import Credentials

    from tests.e2e.door import SignedDoor
    from tests.e2e.token_door import TokenDoor
    from tests.e2e.tokens import Tokens

OWN = ("customers:own", "orders:own")


@pytest.fixture(scope="module")
def office(door: SignedDoor, operator: Credentials) -> Any:
    """Return the shop's back office: a call by the operator's role that must succeed."""

    def call(path: str, body: object) -> dict[str, Any]:
        headers = {"Idempotency-Key": secrets.token_hex(8)}
        answer = door.call("POST", path, body, credentials=operator, headers=headers)
        assert answer.status_code in {requests.codes.ok, requests.codes.created}, answer.text
        made: dict[str, Any] = answer.json()
        return made

    return call


def test_a_bound_user_reaches_his_own_and_no_more(
    office: Any,
    door: SignedDoor,
    operator: Credentials,
    token_door: TokenDoor,
    tokens: Tokens,
) -> None:
    """Guarantee: profile, consent and orders of his own; another's as nobody's; then nothing."""
    ann = office("/v1/customers", {"email": "portal-ann@example.org", "first_name": "Ann"})["id"]
    seen = door.call(
        "PATCH", f"/v1/customers/{ann}", {"version": 1, "last_name": "Lee"}, credentials=operator
    )
    assert (seen.status_code, seen.json()["version"]) == (200, 2)
    ben = office("/v1/customers", {"email": "portal-ben@example.org"})["id"]
    token = tokens.make(*OWN, sub="portal|ann")
    assert_problem(token_door.call("GET", "/v1/customers/me", token=token), 403, "forbidden")
    subject = {"issuer": tokens.issuer.id, "subject": "portal|ann"}
    binding = office("/v1/bindings", subject | {"customer_id": ann})

    mine = token_door.call("GET", "/v1/customers/me", token=token)
    assert (mine.status_code, mine.json()["email"]) == (200, "portal-ann@example.org")
    assert token_door.call("GET", "/v1/orders", token=token).json() == {"orders": []}
    said = {"consents": [{"purpose": "newsletter", "state": "withdrawn"}]}
    key = {"Idempotency-Key": secrets.token_hex(8)}
    path = "/v1/customers/me/consents"
    assert token_door.call("POST", path, said, token=token, headers=key).status_code == 201
    theirs = token_door.call("GET", f"/v1/customers/{ben}", token=token)
    assert_problem(theirs, 404, "customer_not_found")
    assert_problem(token_door.call("GET", "/v1/stock", token=token), 403, "forbidden")

    office(f"/v1/bindings/{binding['id']}/revocations", {})
    assert_problem(token_door.call("GET", "/v1/customers/me", token=token), 403, "forbidden")
