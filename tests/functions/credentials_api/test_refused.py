"""What is not vended: by status, with nothing recorded and nothing given."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import boto3
import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from core.access import handover
from core.access.principal import Kind, Principal
from core.access.scopes import VENDABLE
from core.routes import Door
from core.store import keys, table
from core.store.sts import sts_client
from tests.faults.injector import Fault, injected_into_moto
from tests.support import tables
from tests.support.doors import event, token_event
from tests.support.problems import assert_problem, nothing_written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.functions.credentials_api.conftest import Till


@pytest.fixture(autouse=True)
def _nothing_given(till: Till, asked: list[dict[str, Any]]) -> Iterator[None]:
    """Hold every test of this file to it: what is refused was not asked of STS."""
    yield
    assert not [call for call in asked if not call.get("expected")]
    assert till.module is not None


def test_nobody_is_401(till: Till) -> None:
    """Guarantee: without a good key there is nothing, and no trace."""
    with nothing_written(till.shop):
        assert till.vend(key=till.key[:-1]).status == 401


def test_a_credential_that_vends_nothing_is_403(till: Till) -> None:
    """Guarantee: the scope alone vends nothing: `vends` says what a session may hold."""
    for key in (till.another(), till.another("keys:manage", scopes=("stock:read",))):
        assert till.vend(key=key).status == 403
    reply = till.vend(key=till.another())
    assert_problem(reply, 403, "forbidden")
    assert not till.audited


def test_what_is_not_held_is_403_and_never_left_out(till: Till) -> None:
    """Guarantee: asking for more than is held gets nothing at all, and says which."""
    reply = till.vend({"scopes": ["stock:read", "orders:manage", "keys:manage"]})
    assert_problem(reply, 403, "forbidden")
    assert reply.fields == {"scopes.1": "not_held", "scopes.2": "not_held"}
    assert not till.audited


def test_a_scope_that_no_session_holds_is_422(till: Till) -> None:
    """Guarantee: an unknown scope, and one that opens nothing when signed, are told by field."""
    reply = till.vend({"scopes": ["stock:read", "moon:walk", "credentials:vend"]})
    assert_problem(reply, 422, "unknown_scope")
    assert reply.fields == {"scopes.1": "unknown_scope", "scopes.2": "not_vendable"}


@pytest.mark.parametrize(
    "body",
    [
        "[]",
        "{",
        '"stock:read"',
        {"scopes": []},
        {"scopes": "stock:read"},
        {"scopes": ["*"]},
        {"scopes": ["stock:*"]},
        {"scopes": ["stock:read"] * 51},
        {"scopes": [None]},
        {"scope": ["stock:read"]},
        {"scopes": ["stock:read"], "duration": 43_200},
    ],
)
def test_a_malformed_body_is_400(till: Till, body: object) -> None:
    """Guarantee: a body that is not as it should be is refused before anything is given."""
    assert till.vend(body).status == 400
    assert not till.audited


def test_what_a_policy_cannot_hold_is_422(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guarantee: too many scopes for one policy are refused, not cut and not widened."""
    monkeypatch.setattr("core.access.sessionpolicy.MAX_LENGTH", 300)
    reply = till.vend(key=till.another(*VENDABLE))
    assert_problem(reply, 422, "too_many_scopes")
    assert not till.audited


def test_a_record_that_cannot_be_written_vends_nothing(till: Till) -> None:
    """Guarantee: without an audit entry STS is not even asked."""
    for fault in (Fault.CONFLICT, Fault.THROTTLE, Fault.UNSENT, Fault.LOST):
        with injected_into_moto(till.module.dynamodb) as faults:
            faults.decide = dict.fromkeys(["TransactWriteItems"], fault).get
            reply = till.vend()
        assert_problem(reply, 503, "record_unavailable")
        assert reply.headers["retry-after"] == "1"


def _sts_fails(till: Till, asked: list[dict[str, Any]], error: Exception) -> Any:
    def fail(**_: Any) -> None:
        for call in asked:
            call["expected"] = True
        raise error

    events = till.module.sts.meta.events
    events.register("before-send.sts.AssumeRole", fail, unique_id="fail")
    try:
        return till.vend()
    finally:
        events.unregister("before-send.sts.AssumeRole", unique_id="fail")


def _refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "arn:aws:iam::1:role/x"}}, "AssumeRole")


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (_refusal("PackedPolicyTooLarge"), 422, "too_many_scopes"),
        (_refusal("PackedPolicyTooLargeException"), 422, "too_many_scopes"),
        (_refusal("AccessDenied"), 503, "credentials_unavailable"),
        (_refusal("RegionDisabledException"), 503, "credentials_unavailable"),
        (_refusal("Throttling"), 503, "credentials_unavailable"),
        (ConnectTimeoutError(endpoint_url="https://sts"), 503, "credentials_unavailable"),
    ],
    ids=lambda v: str(v)[:40] if not isinstance(v, ClientError) else v.response["Error"]["Code"],
)
def test_what_sts_refuses_is_told_apart(
    till: Till, asked: list[dict[str, Any]], error: Exception, status: int, code: str
) -> None:
    """Guarantee: a policy that STS cannot hold is the caller's, all else of STS's is a 503.

    The entry stays: what was begun is on record, though nothing was given.
    """
    assert_problem(_sts_fails(till, asked, error), status, code)
    assert len(till.audited) == 1


def test_vending_has_a_limit_of_its_own(till: Till, asked: list[dict[str, Any]]) -> None:
    """Guarantee: a credential vends so many a minute; another one's share is untouched."""
    endpoints = importlib.import_module("credentials_api.handler")
    few = endpoints.Limit.per_second(2 / 60, 2)
    with patch.object(till.module.vending.share, "_limit", few):
        assert [till.vend().status for _ in range(2)] == [201, 201]
        reply = till.vend()
        assert_problem(reply, 429, "too_many_requests")
        assert 1 <= int(reply.headers["retry-after"]) <= 30
        assert len(till.audited) == 2
        assert till.vend(key=till.another("stock:read")).status == 201
    for call in asked:
        call["expected"] = True
    assert len(asked) == 3


def _by_token(till: Till, **change: Any) -> int:
    said: dict[str, Any] = {
        "tenant": "main",
        "id": "client/portal",
        "kind": Kind.TOKEN,
        "door": Door.TOKEN,
        "scopes": frozenset({"credentials:vend"}),
        "vends": frozenset({"stock:read"}),
        "proofs": ("client/portal",),
        "origins": frozenset({"client/portal"}),
    } | change
    made = token_event("POST", "/v1/credentials", "/v1/credentials")
    made["requestContext"]["authorizer"] = handover.written(Principal(**said))
    return till.shop.door.call(made).status


def test_a_token_vends_for_its_client_alone(till: Till, asked: list[dict[str, Any]]) -> None:
    """Guarantee: a client's session names the client; a user, or an odd id, names none."""
    assert _by_token(till) == 201
    assert asked[0]["RoleSessionName"].startswith("cs1.main.portal.")
    asked[0]["expected"] = True
    for odd in (
        "client/portal/0123456789abcdef",
        "client/Portal",
        "client/a.b",
        "role/1/R",
        "key/",
    ):
        assert _by_token(till, proofs=(odd,)) == 403


@pytest.mark.parametrize(("tenant", "principal"), [("-", "all"), ("main", "client/portal")])
def test_a_client_vends_nothing_just_after_a_cut(till: Till, tenant: str, principal: str) -> None:
    """Guarantee: a token that is still believed buys no session in a cut's first minute."""
    home = keys.cut(tenant, principal)
    cut: dict[str, Any] = {"pk": home.pk, "sk": home.sk, "tenant": tenant, "principal": principal}
    cut |= {"valid_from": till.module.clock.now(), "changed_at": 1, "reason": "", "by": ""}
    till.shop.dynamodb.put_item(TableName=tables.ACCESS, Item=table.to_wire(cut))
    assert _by_token(till) == 503
    assert not till.audited


def test_the_signed_door_does_not_vend(till: Till) -> None:
    """Guarantee: a session cannot lengthen itself: the route is the token door's alone."""
    reply = till.shop.door.call(event("POST", "/v1/credentials", "/v1/credentials"))
    assert reply.status == 404


def test_sts_is_asked_near_by_and_not_for_long() -> None:
    """Guarantee: the region's own endpoint, and time-outs that end below the function's 15 s."""
    client = sts_client()
    assert client.meta.endpoint_url == "https://sts.eu-west-1.amazonaws.com"
    config: Any = client.meta.config
    attempts = config.retries["total_max_attempts"]
    assert (config.connect_timeout + config.read_timeout) * attempts < 10
    assert boto3.client("sts").meta.endpoint_url == client.meta.endpoint_url
