"""400: what is not well formed is refused field by field, and nothing is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.key_desk import ONE
from tests.support.problems import assert_problem, nothing_written

if TYPE_CHECKING:
    from tests.support.key_desk import KeyDesk
    from tests.support.shop import Shop


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"name": "missing", "scopes": "missing"}),
        (ONE | {"name": ""}, {"name": "string_too_short"}),
        (ONE | {"name": "  "}, {"name": "string_too_short"}),
        (ONE | {"name": "n" * 65}, {"name": "string_too_long"}),
        (ONE | {"name": 1}, {"name": "string_type"}),
        (ONE | {"scopes": []}, {"scopes": "too_short"}),
        (ONE | {"scopes": "stock:read"}, {"scopes": "tuple_type"}),
        (ONE | {"scopes": ["stock:read"] * 51}, {"scopes": "too_long"}),
        (ONE | {"scopes": [None]}, {"scopes.0": "string_type"}),
        (ONE | {"expires_at": "tomorrow"}, {"expires_at": "value_error"}),
        (ONE | {"expires_at": 1_795_300_500}, {"expires_at": "value_error"}),
        (ONE | {"networks": ["10.0.0.0/8"] * 21}, {"networks": "too_long"}),
        (ONE | {"tenant": "other"}, {"tenant": "extra_forbidden"}),
        (ONE | {"origin": "x"}, {"origin": "extra_forbidden"}),
    ],
)
def test_a_malformed_key_is_refused(
    signed_desk: KeyDesk, shop: Shop, body: dict[str, Any], fields: dict[str, str]
) -> None:
    """Guarantee: each field that is wrong is named; nothing is coerced or passed over."""
    with nothing_written(shop):
        reply = signed_desk.call("create_key", body)
    assert_problem(reply, 400, "invalid_body")
    assert reply.fields == fields


@pytest.mark.parametrize("overlap", [-1, 604_801, "60", 1.5, None])
def test_a_malformed_overlap_is_refused(signed_desk: KeyDesk, shop: Shop, overlap: object) -> None:
    """Guarantee: an overlap is said, in whole seconds, and at most a week."""
    made = signed_desk.make()
    body = {} if overlap is None else {"overlap_seconds": overlap}
    with nothing_written(shop):
        reply = signed_desk.call("rotate_key", body, id=made["id"])
    assert_problem(reply, 400, "invalid_body")
    assert list(reply.fields) == ["overlap_seconds"]


@pytest.mark.parametrize("name", ["create_key", "rotate_key", "revoke_key"])
@pytest.mark.parametrize("body", ["{", "[1", "\ufeff{}", '{"a":1}}'])
def test_a_body_that_is_no_json_is_refused(
    signed_desk: KeyDesk, shop: Shop, name: str, body: str
) -> None:
    """Guarantee: what is not JSON is refused before anything is looked at."""
    made = signed_desk.make()
    with nothing_written(shop):
        assert_problem(signed_desk.call(name, body, id=made["id"]), 400, "malformed_body")


def test_a_revocation_says_nothing_in_its_body(signed_desk: KeyDesk, shop: Shop) -> None:
    """Guarantee: a member that would change nothing is refused, not passed over."""
    made = signed_desk.make()
    with nothing_written(shop):
        reply = signed_desk.call("revoke_key", {"at": "later"}, id=made["id"])
    assert_problem(reply, 400, "invalid_body")


def test_a_revocation_carries_an_idempotency_key(signed_desk: KeyDesk, shop: Shop) -> None:
    """Guarantee: as every POST that can be answered again."""
    made = signed_desk.make()
    with nothing_written(shop):
        reply = signed_desk.call("revoke_key", id=made["id"], headers={"Idempotency-Key": ""})
    assert_problem(reply, 400, "idempotency_key_required")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "101"}, "limit"),
        ({"limit": "1e1"}, "limit"),
        ({"prefix": ""}, "prefix"),
        ({"prefix": "\n"}, "prefix"),
        ({"prefix": "0" * 27}, "prefix"),
        ({"cursor": ""}, "cursor"),
    ],
)
def test_a_query_that_is_not_valid_is_refused(
    signed_desk: KeyDesk, query: dict[str, str], field: str
) -> None:
    """Guarantee: a query parameter is right or named."""
    reply = signed_desk.call("list_keys", query=query)
    assert_problem(reply, 400, "invalid_parameter")
    assert list(reply.fields) == [field]


def test_a_secret_in_a_query_is_refused(signed_desk: KeyDesk) -> None:
    """Guarantee: a whole key, or one cut short in its secret, is not looked for, nor told back."""
    made = signed_desk.make()
    for text in (made["key"], made["prefix"] + "_" + made["key"][-49:-40]):
        reply = signed_desk.call("list_keys", query={"prefix": text})
        assert_problem(reply, 400, "invalid_parameter")
        assert text not in reply.text
