"""401, 403 and 500, told apart on purpose, each with its reason in exactly one line of the log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from core.access import apikey
from core.access.issuer import Issuer
from core.store.issuers import StoredIssuers
from tests.fakes.clock import START
from tests.faults.injector import Fault, injected_into_moto
from tests.support import tables
from tests.support.credentials import make_key
from tests.support.issuer import Behaviour

if TYPE_CHECKING:
    from tests.functions.authorizer.conftest import Desk


def test_a_key_is_let_in_where_its_scope_goes(desk: Desk) -> None:
    """Guarantee: a good key opens its routes, and the handlers are told who it is, in strings."""
    made = desk.key("main", "stock:read", "orders:read", vends={"orders:read"})
    context = desk.context(desk.event(made.text))
    name = f"key/{made.credential.id}"
    assert context == {
        "auth_door": "token",
        "tenant": "main",
        "principal": name,
        "kind": "key",
        "scopes": "orders:read stock:read",
        "vends": "orders:read",
        "gives": "orders:read stock:read",
        "proofs": name,
        "origins": name,
    }
    line = desk.line(desk.event(made.text))
    assert (line["message"], line["reason"], line["route"]) == ("allowed", "allowed", "get_stock")
    assert (line["tenant"], line["proofs"], line["level"]) == ("main", [name], "INFO")


def test_a_token_is_let_in_where_its_scope_goes(desk: Desk) -> None:
    """Guarantee: a token of a client is that client, with what it may do and vend."""
    context = desk.context(desk.event(None, desk.token()))
    assert (context["principal"], context["kind"]) == ("client/portal", "token")
    assert context["scopes"] == "credentials:vend keys:manage stock:read"
    assert context["vends"] == "stock:read"
    assert "subject" not in context


def test_a_user_behind_a_token_is_a_principal_of_his_own(desk: Desk) -> None:
    """Guarantee: a user is told apart from his client, named by a hash, and vends nothing."""
    ann, bob = (desk.context(desk.event(None, desk.token(sub=sub))) for sub in ("ann", "bob"))
    assert ann["principal"] != bob["principal"]
    assert ann["principal"].startswith("client/portal/")
    assert "ann" not in ann["principal"]
    assert (ann["subject"], ann["origins"]) == ("ann", "client/portal")
    assert "vends" not in ann


def test_token_and_key_are_two_proofs(desk: Desk) -> None:
    """Guarantee: of both the caller is the token's, with the scopes that both hold."""
    both = desk.key("main", "stock:read")
    context = desk.context(desk.event(both.text, desk.token()))
    assert context["principal"] == "client/portal"
    assert context["scopes"] == "stock:read"
    assert context["proofs"].split() == ["client/portal", f"key/{both.credential.id}"]
    assert len(context["origins"].split()) == 2


def _bad_keys(desk: Desk) -> dict[str, str]:
    """Return a key for each reason to refuse one."""
    good, cut = desk.key("main", "stock:read"), desk.key("main", "stock:read")
    desk.cut("main", cut.credential.principal_id, START + 1)
    return {
        "key_malformed": good.text[:-1],
        "key_unknown": make_key("main", ["stock:read"]).text,
        "key_wrong": apikey.make("main", good.credential.id, bytes(apikey.SECRET_BYTES)),
        "key_revoked": desk.key("main", "stock:read", active=False).text,
        "key_expired": desk.key("main", "stock:read", expires_at=START).text,
        "key_network": desk.key("main", "stock:read", networks=("192.0.2.0/24",)).text,
        "key_cut": cut.text,
        "tenant_off": desk.key("gone", "stock:read").text,
    }


def _bad_tokens(desk: Desk) -> dict[str, str]:
    """Return a token for some of the reasons to refuse one; `tests/tokens` has them all."""
    now = START // 1000
    desk.cut("main", "client/cut", START + 1)
    StoredIssuers(desk.dynamodb, tables.ACCESS).put_client("main", "off", _issuer_of("off"))
    StoredIssuers(desk.dynamodb, tables.ACCESS).remove_client("main", "off")
    head, claims, _ = desk.token().split(".")
    return {
        "token_malformed": "not-a-token",
        "token_expired": desk.token(iat=now - 200, exp=now - 100),
        "token_issuer_unknown": desk.token(iss="https://elsewhere.example.com"),
        "token_signature_wrong": f"{head}.{claims}.{desk.token(jti='x').split('.')[2]}",
        "token_client_missing": desk.token(client_id=None),
        "token_cut": desk.token(sub="cut", client_id="cut"),
        "token_client_off": desk.token(sub="off", client_id="off"),
    }


def _issuer_of(client: str) -> Issuer:
    return Issuer(
        id="https://login.example.com",
        jwks_url="https://login.example.com/keys",
        algorithms=frozenset({"ES256"}),
        audiences=frozenset({"a"}),
        tenant="main",
        tenants=frozenset({"main"}),
        scopes=frozenset(),
        clients={client: frozenset({"stock:read"})},
    )


def _nobody(desk: Desk, event: dict[str, Any], reason: str) -> None:
    """Check that an event is a 401 for that reason, said in one line."""
    assert desk.status(event) == 401, reason
    line = desk.line(event)
    assert (line["message"], line["reason"], line["level"]) == ("nobody", reason, "WARNING")
    assert line["proofs"] == []


def test_each_bad_key_is_nobody(desk: Desk) -> None:
    """Guarantee: whatever is wrong with a key, the answer is 401, and the log says what it was."""
    for reason, text in _bad_keys(desk).items():
        _nobody(desk, desk.event(text), reason)


def test_each_bad_token_is_nobody(desk: Desk) -> None:
    """Guarantee: whatever is wrong with a token, the answer is 401, and the log says what."""
    for reason, text in _bad_tokens(desk).items():
        _nobody(desk, desk.event(None, text), reason)


def test_a_good_proof_makes_up_for_no_bad_one(desk: Desk) -> None:
    """Guarantee: with two proofs both must hold, also where the route asks for one."""
    good, token = desk.key("main", "stock:read"), desk.token()
    assert desk.status(desk.event(good.text, token)) == 0
    for reason, text in _bad_keys(desk).items():
        _nobody(desk, desk.event(text, token), reason)
    for reason, text in _bad_tokens(desk).items():
        _nobody(desk, desk.event(good.text, text), reason)


def test_nothing_is_nobody(desk: Desk) -> None:
    """Guarantee: a call without key and token is a 401, and so is an empty one of either."""
    _nobody(desk, desk.event(), "nothing_presented")
    _nobody(desk, desk.event(""), "key_malformed")
    _nobody(desk, desk.event(None, ""), "token_scheme")


@pytest.mark.parametrize(
    "sent", ["Basic YTpi", "AWS4-HMAC-SHA256 Credential=x", "Bearer", "Bearer a b"]
)
def test_another_way_of_signing_in_is_nobody(desk: Desk, sent: str) -> None:
    """Guarantee: an Authorization that is no bearer token refuses, even beside a good key."""
    event = desk.event(desk.key("main", "stock:read").text)
    event["headers"]["Authorization"] = sent
    _nobody(desk, event, "token_scheme")


def test_a_credential_is_sent_once(desk: Desk) -> None:
    """Guarantee: of two keys or two tokens the gateway's last one does not hide the first."""
    good, token = desk.key("main", "stock:read").text, desk.token()
    event = desk.event(good)
    event["multiValueHeaders"]["X-Api-Key"] = ["csk_other", good]
    _nobody(desk, event, "key_repeated")
    event = desk.event(None, token)
    event["multiValueHeaders"]["authorization"] = [f"Bearer {token}", f"Bearer {token}"]
    _nobody(desk, event, "token_repeated")


def _denied(desk: Desk, event: dict[str, Any], reason: str) -> None:
    """Check that an event is a 403 for that reason, said in one line."""
    assert desk.status(event) == 403, reason
    line = desk.line(event)
    assert (line["message"], line["reason"], line["level"]) == ("denied", reason, "WARNING")
    assert line["proofs"]


def test_who_is_known_but_may_not_is_denied(desk: Desk) -> None:
    """Guarantee: a known caller without the scope, or with proofs of two tenants, is a 403."""
    reader, foreign = desk.key("main", "orders:read"), desk.key("other", "stock:read")
    _denied(desk, desk.event(reader.text), "scope_missing")
    _denied(desk, desk.event(reader.text, desk.token()), "scope_missing")
    _denied(desk, desk.event(foreign.text, desk.token()), "tenants_differ")


def test_our_own_failure_is_neither(desk: Desk) -> None:
    """Guarantee: when we cannot find out who calls, it is a 500, with the cause in one line."""
    key, token = desk.key("main", "stock:read").text, desk.token()
    for fault in (Fault.THROTTLE, Fault.UNSENT):
        with injected_into_moto(desk.module.dynamodb) as faults:
            faults.operations = frozenset({"GetItem"})
            faults.script = [fault] * 20
            desk.forget()
            assert desk.status(desk.event(key)) == 500
            assert desk.line(desk.event(key))["reason"] == "store_unavailable"
    desk.issuer.behaviour = Behaviour(status=503)
    line = desk.line(desk.event(None, token))
    assert (line["reason"], line["level"]) == ("keys_unavailable", "ERROR")
    assert desk.status(desk.event(None, token)) == 500
    desk.forget()
    desk.dynamodb.delete_table(TableName=tables.ACCESS)
    assert desk.line(desk.event(key))["reason"] == "unforeseen"
    with pytest.raises(desk.module.Failed) as failed:
        desk.module.handler(desk.event(key), None)
    assert not str(failed.value)
    assert failed.value.__suppress_context__


def test_what_cannot_be_checked_is_not_checked_away(desk: Desk) -> None:
    """Guarantee: with issuer's keys out of reach a good key beside the token lets nobody in."""
    desk.issuer.behaviour = Behaviour(status=503)
    assert desk.status(desk.event(desk.key("main", "stock:read").text, desk.token())) == 500
