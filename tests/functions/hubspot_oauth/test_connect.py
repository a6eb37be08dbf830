"""Letting an app in: PKCE, a state that serves once and for ten minutes, the right portal."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from core.crm.scopes import NEEDED
from local.twin.oauth.apps import s256
from tests.flow.faults import script
from tests.functions.hubspot_oauth.scene import BACK, CLIENT, MINUTE_MS, SECRET, TENANT, Replacing
from tests.support import tables
from tests.support.hubspot_specs import SpecChecker, require_specs
from tests.support.running_twin import PORTAL

if TYPE_CHECKING:
    from io import StringIO

    from tests.functions.hubspot_oauth.scene import Connected

VOID = "The link is void"


def test_an_app_is_let_in(scene: Connected) -> None:
    """Token, end, scopes and portal stand in the tenant's secret, the grant in the app's own."""
    answer = scene.connect()
    assert answer == {"ok": True, "portal": str(PORTAL), "scopes": sorted(NEEDED)}
    assert scene.opens()
    held = scene.held()
    assert held["expires_at"] == scene.clock.now() + 30 * MINUTE_MS
    assert (held["hub_id"], held["scopes"]) == (str(PORTAL), sorted(NEEDED))
    app = scene.held("oauth/")
    assert (app["client_id"], app["client_secret"]) == (CLIENT, SECRET)
    assert app["refresh_token"] in scene.twin.twin.grants.refresh_tokens
    assert not {"refresh_token", "client_secret"} & set(held)


def test_the_link_has_pkce_state_and_the_needed_scopes(scene: Connected) -> None:
    """S256 of a verifier that stays in the store; a state of 256 bits, kept as a digest only."""
    begun = scene.begin()
    asked = dict(parse_qsl(urlsplit(begun["url"]).query))
    assert asked["code_challenge_method"] == "S256"
    assert (asked["client_id"], asked["redirect_uri"]) == (CLIENT, BACK)
    assert asked["state"] == begun["state"]
    assert re.fullmatch(r"[\w-]{43,}", begun["state"])
    assert frozenset(asked["scope"].split()) == NEEDED
    (item,) = (i for i in scene.dynamodb.scan(TableName=tables.ACCESS)["Items"] if "verifier" in i)
    assert s256(item["verifier"]["S"]) == asked["code_challenge"]
    assert re.fullmatch(r"[\w-]{43,128}", item["verifier"]["S"])
    assert item["verifier"]["S"] not in json.dumps(begun)
    assert begun["state"] not in json.dumps(item)


def test_what_is_sent_conforms_to_hubspots_documents(scene: Connected) -> None:
    """Exchange, renewal and revocation are calls that HubSpot's OpenAPI documents have."""
    scene.connect()
    scene.advance(24)
    assert scene.tick() == "renewed"
    scene.tenancy.put_tenant(TENANT, "4711")
    assert not scene.connect()["ok"]
    calls = [c for c in scene.twin.twin.recorder.kept if c["path"].startswith("/oauth/2026-09")]
    assert {c["path"].rpartition("/")[2] for c in calls} == {"token", "revoke"}
    assert SpecChecker(require_specs()).check_all(calls) == []


@pytest.mark.parametrize("state", ["", "wrong", "é", "A" * 43])
def test_a_wrong_state_is_refused_and_the_link_stays_good(scene: Connected, state: str) -> None:
    """Whoever does not know the state gets nothing, and cannot spoil the link of him who does."""
    begun = scene.begin()
    code = scene.code(begun["url"])
    assert VOID in scene.ask("connect.finish", state=state, code=code)["problem"]
    assert scene.issued() == 0
    assert scene.ask("connect.finish", state=begun["state"], code=code)["ok"]


def test_a_link_serves_once(scene: Connected) -> None:
    """The same state and code a second time are refused before HubSpot is asked."""
    begun = scene.begin()
    code = scene.code(begun["url"])
    assert scene.ask("connect.finish", state=begun["state"], code=code)["ok"]
    assert VOID in scene.ask("connect.finish", state=begun["state"], code=code)["problem"]
    assert scene.issued() == 1


def test_a_link_serves_once_for_two_at_once(scene: Connected) -> None:
    """Two who know state and code, both past the first look: one is served, the other refused."""
    begun = scene.begin()
    told = {"state": begun["state"], "code": scene.code(begun["url"])}
    answers: list[dict[str, Any]] = []
    store = scene.module.granting._store

    def behind(tenant: str, *, due_by: int | None) -> Any:
        scene.module.granting._store = store
        answers.append(scene.ask("connect.finish", **told))
        return store.lease(tenant, due_by=due_by)

    scene.module.granting._store = Replacing(store, lease=behind)
    pending = scene.ask("connect.finish", **told)
    assert answers[0]["ok"]
    assert VOID in pending["problem"]
    assert scene.issued() == 1
    assert scene.opens()


def test_a_newer_link_voids_the_older(scene: Connected) -> None:
    """Only the latest link of a tenant leads anywhere."""
    older, newer = scene.begin(), scene.begin()
    code = scene.code(older["url"])
    assert VOID in scene.ask("connect.finish", state=older["state"], code=code)["problem"]
    code = scene.code(newer["url"])
    assert scene.ask("connect.finish", state=newer["state"], code=code)["ok"]


def test_a_link_is_good_for_ten_minutes(scene: Connected) -> None:
    """A millisecond before it still leads in; then it is void, whatever HubSpot would take."""
    for wait, leads_in in ((10 * MINUTE_MS - 1, True), (10 * MINUTE_MS, False)):
        begun = scene.begin()
        code = scene.code(begun["url"])
        scene.clock.advance(wait)
        answer = scene.ask("connect.finish", state=begun["state"], code=code)
        assert answer["ok"] is leads_in
    assert VOID in answer["problem"]
    assert scene.issued() == 1


def test_a_code_of_another_link_is_refused_by_its_verifier(scene: Connected) -> None:
    """PKCE: a code that was given for one challenge is worth nothing with another verifier."""
    stolen = scene.code(scene.begin()["url"])
    begun = scene.begin()
    answer = scene.ask("connect.finish", state=begun["state"], code=stolen)
    assert "HubSpot gives no token" in answer["problem"]
    assert not scene.opens()


def test_another_portal_is_given_back(scene: Connected) -> None:
    """Let into a wrong account, nothing is kept and the grant is revoked at HubSpot."""
    scene.twin.twin.add_portal(2)
    answer = scene.connect(portal=2)
    assert "portal 2, but this tenant's is 1" in answer["problem"]
    assert scene.twin.twin.grants.refresh_tokens == {}
    assert not scene.opens()
    assert "refresh_token" not in scene.held("oauth/")
    assert scene.tick() == "not connected"


@pytest.mark.parametrize(
    "redirect_uri",
    [
        "https://evil.example.com/callback",
        "http://localhost.evil.example.com:8765/callback",
        "http://localhost@evil.example.com:8765/",
        "http://user:pw@localhost:8765/",
        "http://127.0.0.1.nip.io:8765/",
        "http://localhost/callback",
        "http://localhost:99999/callback",
        "http://localhost:8765/callback?x=1",
        "",
    ],
)
def test_the_code_can_only_go_to_the_operators_machine(scene: Connected, redirect_uri: str) -> None:
    """A redirect that leads anywhere else is refused."""
    answer = scene.ask("connect.begin", redirect_uri=redirect_uri)
    assert "http://localhost:<port>" in answer["problem"]


def test_who_and_what_is_not_known_is_refused(scene: Connected) -> None:
    """Another tenant, one that is switched off, another action."""
    assert "no active tenant" in scene.ask("connect.begin", "other", redirect_uri=BACK)["problem"]
    assert "no action" in scene.ask("connect.undo")["problem"]
    scene.tenancy.remove_tenant(TENANT)
    assert "no active tenant" in scene.begin()["problem"]
    assert scene.tick() == "switched off"


def test_an_app_that_is_not_filled_in_is_told(scene: Connected) -> None:
    """Without client id and secret there is no link, and the secret is named."""
    scene.secrets.put_secret_value(
        SecretId=f"oauth/{TENANT}", SecretString='{"client_id": "", "client_secret": "MARKED"}'
    )
    problem = scene.begin()["problem"]
    assert f"oauth/{TENANT}" in problem
    assert "MARKED" not in problem


def test_hubspot_being_away_keeps_the_grant_that_stands(scene: Connected) -> None:
    """A second connection that fails leaves the first one working."""
    scene.connect()
    script(scene.twin.twin, "/oauth/2026-09/token", status=503, times=1)
    assert scene.connect()["problem"] == "Try later."
    assert scene.opens()
    assert scene.tick() == "renewed"
    assert scene.opens()


def test_no_secret_is_in_any_answer_or_log_line(
    scene: Connected, logged: StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    """Tokens, client secret, verifier, code and state: none is written down anywhere."""
    begun = scene.begin()
    (item,) = (i for i in scene.dynamodb.scan(TableName=tables.ACCESS)["Items"] if "verifier" in i)
    code = scene.code(begun["url"])
    answers = [scene.ask("connect.finish", state=begun["state"], code=code)]
    first = scene.held()["token"]
    scene.advance(24)
    answers.append({"tick": scene.tick()})
    refresh = scene.held("oauth/")["refresh_token"]
    scene.twin.twin.grants.refresh_tokens.clear()
    scene.advance(24)
    answers.append({"tick": scene.tick()})
    said = json.dumps(answers) + capsys.readouterr().out + logged.getvalue()
    assert "grant ended" in said
    second, verifier = scene.held()["token"], item["verifier"]["S"]
    for secret in (first, second, refresh, SECRET, verifier, code, begun["state"]):
        assert secret not in said
