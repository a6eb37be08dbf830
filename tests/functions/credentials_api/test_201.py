"""201: fifteen minutes at the signed door, for what the credential vends and no more."""

from __future__ import annotations

import json
import time
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from core.access.session import parse
from core.access.sessionpolicy import session_policy
from tests.support.doors import as_role, ask
from tests.support.problems import assert_safe
from tests.support.shop import ENVIRONMENT, order

if TYPE_CHECKING:
    from tests.functions.credentials_api.conftest import Till

API = ENVIRONMENT["SIGNED_API_ARN"]


def test_credentials_are_whole(till: Till, asked: list[dict[str, Any]]) -> None:
    """Guarantee: the answer holds all that a client needs to sign, and nobody may keep it."""
    before = time.time()
    reply = till.vend()
    assert reply.status == 201, reply.text
    assert set(reply.json) == {
        *("access_key_id", "secret_access_key", "session_token", "expires_at"),
        *("region", "url", "scopes"),
    }
    assert reply.json["region"] == "eu-west-1"
    assert reply.json["url"] == ENVIRONMENT["SIGNED_URL"]
    assert reply.json["scopes"] == ["orders:place", "stock:read"]
    lasts = datetime.fromisoformat(reply.json["expires_at"]).timestamp() - before
    assert 880 < lasts < 960
    assert reply.headers["cache-control"] == "no-store"
    assert_safe(reply)
    assert len(asked) == 1


def test_the_session_is_asked_for_as_designed(till: Till, asked: list[dict[str, Any]]) -> None:
    """Guarantee: the vended role, 15 minutes, our form of name, and a policy of the scopes."""
    till.vend()
    (call,) = asked
    assert call["RoleArn"] == ENVIRONMENT["VENDED_ROLE_ARN"]
    assert call["DurationSeconds"] == 900
    assert call["Policy"] == session_policy(["orders:place", "stock:read"], API)
    name = parse(call["RoleSessionName"])
    assert name is not None
    assert (name.tenant, name.credential) == ("main", till.credential.id)
    assert abs(name.issued - time.time()) < 60
    assert name.scopes == frozenset({"orders:place", "stock:read"})
    assert set(call) == {"RoleArn", "DurationSeconds", "Policy", "RoleSessionName"}


@pytest.mark.parametrize("body", [None, "", "{}", {"scopes": None}])
def test_nothing_asked_for_is_all(till: Till, body: object) -> None:
    """Guarantee: without scopes in the body the session holds what the credential vends."""
    assert till.vend(body).json["scopes"] == ["orders:place", "stock:read"]


def test_less_can_be_asked_for(till: Till, asked: list[dict[str, Any]]) -> None:
    """Guarantee: a session of fewer scopes is cut down to those by its policy."""
    reply = till.vend({"scopes": ["stock:read", "stock:read"]})
    assert reply.json["scopes"] == ["stock:read"]
    assert asked[0]["Policy"] == session_policy(["stock:read"], API)
    assert "/POST/" not in asked[0]["Policy"]


def test_a_vend_is_on_record(till: Till, asked: list[dict[str, Any]]) -> None:
    """Guarantee: the record names who vended which session with which scopes, and no secret."""
    reply = till.vend()
    (entry,) = till.audited
    assert entry["principal"] == f"key/{till.credential.id}"
    assert entry["resource"] == f"session/{asked[0]['RoleSessionName']}"
    assert (entry["door"], entry["result"]) == ("token", "begun")
    assert entry["source_ip"] == "198.51.100.7"
    assert set(entry["fields"]) == {"scopes.orders:place", "scopes.stock:read"}
    for secret in ("access_key_id", "secret_access_key", "session_token"):
        assert reply.json[secret] not in json.dumps(entry, default=str)


def test_the_record_comes_first(till: Till) -> None:
    """Guarantee: when STS is asked the entry stands already."""
    seen: list[int] = []
    events = till.module.sts.meta.events

    def note(**_: Any) -> None:
        seen.append(len(till.audited))

    events.register("before-send.sts.AssumeRole", note)
    try:
        assert till.vend().status == 201
    finally:
        events.unregister("before-send.sts.AssumeRole", note)
    assert seen == [1]


def test_the_session_is_known_at_the_signed_door(till: Till, asked: list[dict[str, Any]]) -> None:
    """Guarantee: what was vended signs in as the key that vended it, with what it vends alone."""
    till.vend()
    till.shop.stock("A", 1)
    session = as_role("Vended", session=asked[0]["RoleSessionName"])
    assert till.shop.door.get_stock("A", identity=session).status == 200
    assert till.shop.door.put_product("B", {}, identity=session).status == 403


def test_a_cut_session_is_cut_at_the_handler_too(till: Till, asked: list[dict[str, Any]]) -> None:
    """Guarantee: with no session policy in its way, a session still does only what it asked for."""
    till.vend({"scopes": ["orders:place"]})
    till.shop.stock("A", 1)
    session = as_role("Vended", session=asked[0]["RoleSessionName"])
    assert till.shop.door.get_stock("A", identity=session).status == 403
    assert till.shop.door.place(order(), identity=session).status == 201


def test_a_cut_session_hands_on_no_more_than_it_holds(
    till: Till, asked: list[dict[str, Any]]
) -> None:
    """Guarantee: whoever steals a session cut to keys makes no key with the rest of its vends."""
    vending = till.another("keys:manage", "stock:read")
    second = till.another(scopes=("keys:manage", "stock:read"))
    wanted = {"name": "mine", "scopes": ["stock:read"]}
    answers = []
    for scopes in (["keys:manage"], ["keys:manage", "stock:read"]):
        till.vend({"scopes": scopes}, key=vending)
        session = as_role("Vended", session=asked[-1]["RoleSessionName"])
        sent = {"X-API-Key": second}
        answers.append(ask(till.shop.door, "create_key", wanted, headers=sent, identity=session))
    assert [answer.status for answer in answers] == [403, 201]
    assert answers[0].fields == {"scopes.0": "not_held"}


def test_nothing_of_the_credentials_is_logged(
    till: Till, capsys: pytest.CaptureFixture[str]
) -> None:
    """Guarantee: neither what came in nor what goes out stands in the log."""
    given = till.vend().json
    logged = capsys.readouterr().out
    for name in ("secret_access_key", "session_token", "access_key_id"):
        assert given[name] not in logged
    assert till.key not in logged
