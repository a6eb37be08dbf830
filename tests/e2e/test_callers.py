"""Who gets through the signed door, and who does not."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from botocore.credentials import Credentials

from tests.e2e.door import assert_denied_by_iam, assert_problem
from tests.e2e.roles import assumed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from countersign import Client
    from local.system import System
    from tests.e2e.door import SignedDoor

SKU = "DOOR-1"
STOCK = f"/v1/stock/{SKU}"


@pytest.fixture(scope="module", autouse=True)
def product(client: Client) -> None:
    """Have one product there to be read."""
    client.put_product(
        SKU,
        {
            "name": "Door",
            "price": 100,
            "currency": "GBP",
            "opening_stock": [{"location": "main", "quantity": 5}],
        },
    )


@pytest.fixture(scope="module")
def stranger(system: System) -> Iterator[Credentials]:
    """Make a role of the same account that IAM lets call any API, and that nobody registered."""
    iam = system.endpoint.session().client("iam")
    root = system.outputs.caller_role_arn.split(":role/")[0] + ":root"
    trust = {"Effect": "Allow", "Principal": {"AWS": root}, "Action": "sts:AssumeRole"}
    right = {"Effect": "Allow", "Action": "execute-api:*", "Resource": "*"}
    role = iam.create_role(
        RoleName="stranger", AssumeRolePolicyDocument=json.dumps(_policy(trust))
    )["Role"]
    iam.put_role_policy(
        RoleName="stranger", PolicyName="Any", PolicyDocument=json.dumps(_policy(right))
    )
    yield assumed(system, role["Arn"])
    iam.delete_role_policy(RoleName="stranger", PolicyName="Any")
    iam.delete_role(RoleName="stranger")


def _policy(statement: Mapping[str, object]) -> dict[str, object]:
    return {"Version": "2012-10-17", "Statement": [statement]}


def test_the_registered_role_gets_through(door: SignedDoor) -> None:
    """A call signed by the registered role is answered."""
    answer = door.call("GET", STOCK)
    assert answer.status_code == 200, answer.text
    assert answer.json()["available"] == 5


def test_an_unsigned_call_is_refused(door: SignedDoor) -> None:
    """Without a signature nothing is read or written."""
    assert_problem(door.call("GET", STOCK, credentials=None), 403)


def test_a_wrong_secret_is_refused(door: SignedDoor, caller: Credentials) -> None:
    """Knowing the access key and the token is not enough."""
    forged = Credentials(caller.access_key, "x" * 40, caller.token)
    assert_problem(door.call("GET", STOCK, credentials=forged), 403)


def test_a_wrong_token_is_refused(door: SignedDoor, caller: Credentials) -> None:
    """The session token of another session does not go with these keys."""
    forged = Credentials(caller.access_key, caller.secret_key, str(caller.token)[::-1])
    assert_problem(door.call("GET", STOCK, credentials=forged), 403)


@pytest.mark.parametrize("minutes", [20, -20], ids=["expired", "from the future"])
def test_a_signature_of_another_time_is_refused(door: SignedDoor, minutes: int) -> None:
    """A signature counts for five minutes either side of its time, so a recorded call is stale."""
    assert_problem(door.call("GET", STOCK, signed_ago=timedelta(minutes=minutes)), 403)


def test_another_role_of_the_account_is_refused(door: SignedDoor, stranger: Credentials) -> None:
    """Being allowed to call every API of the account is not being registered here."""
    assert_denied_by_iam(door.call("GET", STOCK, credentials=stranger))


def test_a_tenant_that_was_not_granted_is_refused(door: SignedDoor) -> None:
    """The registered role holds nothing for another tenant, whether that exists or not."""
    answer = door.call("GET", STOCK, headers={"Countersign-Tenant": "other"})
    assert_problem(answer, 403)


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/v1/nothing"), ("DELETE", STOCK), ("POST", STOCK)]
)
def test_an_undeclared_route_is_refused(door: SignedDoor, method: str, path: str) -> None:
    """What the route table does not name does not exist, even for the registered role."""
    assert_denied_by_iam(door.call(method, path))
    assert_problem(door.call(method, path, credentials=None), 403)


def test_a_bearer_token_does_not_open_the_signed_door(door: SignedDoor) -> None:
    """One door, one way of proving who calls."""
    answer = door.call("GET", STOCK, credentials=None, headers={"Authorization": "Bearer abc"})
    assert_problem(answer, 403)
