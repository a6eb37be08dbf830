"""Layered routes on both doors: two proofs of one tenant and of different origin, or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.door import assert_problem

if TYPE_CHECKING:
    import requests
    from botocore.credentials import Credentials

    from tests.e2e.door import SignedDoor
    from tests.e2e.keys import Keys, MadeKey
    from tests.e2e.token_door import TokenDoor
    from tests.e2e.tokens import Tokens

MANAGE = ("keys:manage", "credentials:vend")


@pytest.fixture(scope="module")
def manager(keys: Keys) -> MadeKey:
    """Return a key that may manage keys, itself and by its sessions."""
    return keys.make("manager", *MANAGE, vends=("keys:manage",))


@pytest.fixture(scope="module")
def session(token_door: TokenDoor, manager: MadeKey) -> Credentials:
    """Return a session that the manager's key has vended."""
    return token_door.vend(key=manager.text).credentials


def listed(
    door: SignedDoor, credentials: Credentials | None, key: str | None = None
) -> requests.Response:
    """List keys, a layered route, at the signed door."""
    headers = {} if key is None else {"X-API-Key": key}
    return door.call("GET", "/v1/keys", credentials=credentials, headers=headers)


def test_a_role_and_a_key_are_two_proofs(
    door: SignedDoor, operator: Credentials, first_key: str
) -> None:
    """SigV4 by a registered role, and any key of the tenant that holds the scope."""
    assert listed(door, operator, first_key).status_code == 200


def test_one_proof_of_two_is_refused(
    door: SignedDoor, operator: Credentials, first_key: str, session: Credentials
) -> None:
    """A role alone, a session alone, and a key alone get nothing."""
    assert_problem(listed(door, operator), 403, "forbidden")
    assert_problem(listed(door, session), 403, "forbidden")
    assert_problem(listed(door, None, first_key), 403)


def test_a_session_and_the_key_that_vended_it_are_one(
    door: SignedDoor, session: Credentials, manager: MadeKey
) -> None:
    """Whoever has stolen the one key has both: its session is no second proof."""
    assert_problem(listed(door, session, manager.text), 403, "forbidden")


def test_a_session_and_a_rotation_of_its_key_are_one(
    door: SignedDoor, session: Credentials, manager: MadeKey, keys: Keys
) -> None:
    """A key and what it was rotated to are one origin, also while both are good."""
    rotated = keys.rotate(manager, 600)
    assert_problem(listed(door, session, rotated.text), 403, "forbidden")


def test_a_session_and_another_key_are_two(
    door: SignedDoor, session: Credentials, first_key: str
) -> None:
    """A key that has nothing to do with the session is a second proof."""
    answer = listed(door, session, first_key)
    assert answer.status_code == 200, answer.text


def test_proofs_of_two_tenants_are_refused(
    door: SignedDoor, operator: Credentials, session: Credentials, second_key: str
) -> None:
    """Each valid in its own tenant; together they prove nothing in either."""
    for first in (operator, session):
        assert_problem(listed(door, first, second_key), 403, "forbidden")


def test_a_second_proof_that_is_wrong_is_refused_where_none_is_needed(
    door: SignedDoor, caller: Credentials, second_key: str
) -> None:
    """Whatever is presented must hold, on every route."""
    stock = "/v1/stock"
    for key, status in (("csk_nonsense", 401), (second_key, 403)):
        answer = door.call("GET", stock, credentials=caller, headers={"X-API-Key": key})
        assert_problem(answer, status)
    assert door.call("GET", stock, credentials=caller).status_code == 200


def test_a_token_and_a_key_are_two_at_the_token_door(
    token_door: TokenDoor, tokens: Tokens, first_key: str
) -> None:
    """Neither alone manages keys; both together do."""
    token = tokens.make("keys:manage")
    answer = token_door.call("GET", "/v1/keys", token=token, key=first_key)
    assert answer.status_code == 200, answer.text
    assert_problem(token_door.call("GET", "/v1/keys", token=token), 403, "forbidden")
    assert_problem(token_door.call("GET", "/v1/keys", key=first_key), 403, "forbidden")


def test_each_of_two_proofs_must_hold_the_scope(
    token_door: TokenDoor, tokens: Tokens, keys: Keys
) -> None:
    """Two proofs are what both of them may, not what either may."""
    reader = keys.make("no manager", "stock:read")
    token = tokens.make("keys:manage")
    answer = token_door.call("GET", "/v1/keys", token=token, key=reader.text)
    assert_problem(answer, 403, "forbidden")


def test_nobody_hands_on_what_he_does_not_hold(
    token_door: TokenDoor, tokens: Tokens, first_key: str
) -> None:
    """A maker whose one proof lacks a scope cannot make a key that has it, or whose sessions do."""
    token = tokens.make("keys:manage", "stock:read")
    for body in (
        {"name": "wide", "scopes": ["stock:write"]},
        {"name": "wide", "scopes": ["stock:read"], "vends": ["orders:place"]},
    ):
        answer = token_door.call("POST", "/v1/keys", body, token=token, key=first_key)
        assert_problem(answer, 403)
    body = {"name": "fits", "scopes": ["stock:read"]}
    answer = token_door.call("POST", "/v1/keys", body, token=token, key=first_key)
    assert answer.status_code == 201, answer.text
