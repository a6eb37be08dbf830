"""What a cut ends, and how soon: keys, sessions and tokens, on warm functions.

The operator's function writes, the authorizer and the signed door read through their caches; one
clock that the test moves is everybody's.
"""

from __future__ import annotations

import importlib
import os
import secrets
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest

from core.access.clients import client_principal
from core.clock import SystemClock
from core.errors import CountersignError
from core.store.access import StoredRegistry
from core.web.callers import who_calls
from tests.functions.authorizer.scene import ALL, Scene
from tests.support import tables
from tests.support.credentials import make_client, put_credential
from tests.support.doors import ACCOUNT, as_role, event

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.functions.authorizer.conftest import Desk

ROLE = f"role/{ACCOUNT}/Caller"


@pytest.fixture
def scene(desk: Desk) -> Iterator[Scene]:
    """Return a scene in which everything opens and every cache is warm."""
    from core.store.tenancy import StoredTenancy

    names = {"ACCESS_TABLE": tables.ACCESS, "AUDIT_TABLE": tables.AUDIT}
    portal = make_client("main", "portal", ["stock:read"])
    put_credential(desk.dynamodb, tables.ACCESS, portal)
    StoredTenancy(desk.dynamodb, tables.ACCESS).put_role(
        ACCOUNT, "Caller", {"main": ["stock:read"]}
    )
    with (
        patch.dict(os.environ, names),
        patch.object(SystemClock, "now", lambda _: desk.clock.now()),
    ):
        admin = importlib.import_module("access_admin.handler")
        registry = StoredRegistry(desk.dynamodb, tables.ACCESS, desk.clock)
        made = Scene(desk, admin, registry, {})
        made.take()
        yield made


def seconds_until_ended(scene: Scene, expected: set[str]) -> int:
    """Let time pass, 5 s at a time, until only what is expected still opens something."""
    for second in range(0, 120, 5):
        if scene.let_in() == expected:
            return second
        scene.clock.advance(5000)
    raise AssertionError(scene.let_in() ^ expected)


@pytest.mark.parametrize("warm_since", [0, 29])
@pytest.mark.parametrize(
    ("cut", "left"),
    [
        ({"all": True}, {"role"}),
        ({"tenant": "main"}, {"role"}),
        ({"tenant": "main", "principal": "key"}, ALL - {"first key", "session"}),
        ({"tenant": "main", "principal": "client/portal"}, ALL - {"token", "token's session"}),
        ({"tenant": "main", "principal": ROLE}, ALL - {"role"}),
    ],
    ids=["all", "tenant", "key", "client", "role"],
)
def test_a_cut_ends_within_sixty_seconds_what_it_names(
    scene: Scene, cut: dict[str, Any], left: set[str], warm_since: int
) -> None:
    """Guarantee: what a cut names opens nothing after 60 s, however old the caches are.

    What it does not name goes on; what it has ended stays ended.
    """
    assert scene.let_in() == ALL
    scene.clock.advance(warm_since * 1000)
    assert scene.let_in() == ALL
    if cut.get("principal") == "key":
        cut = cut | {"principal": f"key/{scene.shown['id']}"}
    assert scene.ask("incident.revoke", **cut)["ok"]
    assert seconds_until_ended(scene, left) <= 60
    for _ in range(3):
        scene.clock.advance(101_000)
        assert scene.let_in() == left


def test_another_tenants_cut_ends_nothing_here(scene: Scene) -> None:
    """Guarantee: a tenant's incident is its own."""
    scene.ask("incident.revoke", tenant="other")
    scene.clock.advance(61_000)
    assert scene.let_in() == ALL


@pytest.mark.parametrize("cut", [{"all": True}, {"tenant": "main"}], ids=["all", "tenant"])
def test_what_is_issued_after_a_cut_is_good(scene: Scene, cut: dict[str, Any]) -> None:
    """Guarantee: after a cut, and only after one, there is a new first key, at once.

    A token counts again after its issuer's leeway, a client's session after the cut's minute: those
    from before may be from before the cut.
    """
    refused = scene.ask("bootstrap", tenant="main")
    assert refused["error"]["code"] == "already_bootstrapped"
    old = dict(scene.shown)
    scene.ask("incident.revoke", **cut)
    scene.clock.advance(1000)
    scene.take()
    assert scene.ask("bootstrap", tenant="main")["error"]["code"] == "already_bootstrapped"
    scene.clock.advance(60_000)
    assert scene.let_in() == {"first key", "session", "role"}
    later = dict(scene.shown)
    scene.take_from_client()
    assert scene.let_in() == ALL
    scene.shown = old
    assert scene.let_in() == {"role"}
    scene.shown = later
    assert scene.let_in() == {"first key", "session", "role"}


def test_what_was_issued_in_the_second_of_a_cut_is_ended(scene: Scene) -> None:
    """Guarantee: tokens and sessions count in seconds, and a doubt is decided against them."""
    scene.clock.advance(400)
    scene.ask("incident.revoke", tenant="main")
    scene.clock.advance(200)
    scene.take()
    scene.clock.advance(61_000)
    assert scene.let_in() == {"first key", "role"}


@pytest.mark.parametrize(
    "cut",
    [{"all": True}, {"tenant": "main"}, {"tenant": "main", "principal": "client/portal"}],
    ids=["all", "tenant", "client"],
)
def test_what_a_token_vends_while_its_cut_spreads_is_ended(
    scene: Scene, cut: dict[str, Any]
) -> None:
    """Guarantee: a token that a warm authorizer still lets in vends nothing that outlives its cut.

    The session is younger than the cut, so its time of issue alone would not tell.
    """
    assert scene.let_in() == ALL
    scene.ask("incident.revoke", **cut)
    scene.clock.advance(29_000)
    assert "token" in scene.let_in()
    issued = f"{scene.clock.now() // 1000:08x}"
    scene.shown["token's session"] = f"cs1.main.portal.{issued}"
    scene.clock.advance(31_000)
    for _ in range(10):
        assert not {"token", "token's session"} & scene.let_in()
        scene.clock.advance(60_000)


def test_a_restored_role_comes_back(scene: Scene) -> None:
    """Guarantee: within 60 s of being restored a role is let in again."""
    scene.ask("incident.revoke", tenant="main", principal=ROLE)
    seconds_until_ended(scene, ALL - {"role"})
    scene.ask("incident.restore", tenant="main", principal=ROLE)
    assert seconds_until_ended(scene, ALL) <= 60


def test_a_key_made_while_a_cut_spreads_would_be_seen(scene: Scene) -> None:
    """Guarantee: a manager whom a warm cache still lets in makes nothing that outlives the cut."""
    from core.access.keys import KeyDraft
    from core.audit import Act
    from core.keyring.keys import Keyring
    from core.store.keyring import StoredKeyring

    store = StoredKeyring(scene.desk.dynamodb, tables.ACCESS, tables.AUDIT)
    admin = scene.admin
    ring = Keyring(store, scene.clock, admin.ids, admin.random, secrets.token_bytes)
    made = event("POST", "/v1/keys", "/v1/keys", identity=as_role("Caller"))
    made["headers"]["X-API-Key"] = scene.shown["first key"]

    def make() -> None:
        who = who_calls(made, scene.handler, "Vended", scene.clock.now())
        ring.make(Act(who, ""), KeyDraft("mine", ("stock:read",)))

    make()
    scene.ask("incident.revoke", tenant="main")
    refused: list[str] = []
    for _ in range(90):
        scene.clock.advance(1000)
        with pytest.raises(CountersignError) as raised:
            make()
        refused.append(raised.value.code)
    assert 20 < refused.index("unauthenticated") <= 30
    assert set(refused[: refused.index("unauthenticated")]) == {"cut_taking_effect"}
    assert set(refused[refused.index("unauthenticated") :]) == {"unauthenticated"}


CLIENTS = (
    "partner-1",
    "auth0|5f7c8ec7c33c6c004bbafe82",
    "a/b c%2f",
    "größe@example.com",
    "7" * 200,
)


@pytest.mark.parametrize("user", ["", "ana"], ids=["itself", "a user"])
@pytest.mark.parametrize("client", CLIENTS)
def test_any_client_can_be_cut(scene: Scene, client: str, user: str) -> None:
    """Guarantee: whatever an issuer calls its clients, one of them can be ended, and it alone.

    The name that ends it is the one in the log of its calls; a user of it ends with it.
    """
    end = scene.clock.now() // 1000 + 900
    token = scene.desk.token(client_id=client, sub=user or client, exp=end)
    named = scene.desk.line(scene.desk.event(token=token))["proofs"][0]
    assert scene.ask("incident.revoke", tenant="main", principal=client_principal(client))["ok"]
    scene.clock.advance(31_000)
    assert scene.desk.line(scene.desk.event(token=token))["reason"] == "token_cut"
    assert scene.let_in() == ALL
    own = scene.ask("incident.revoke", tenant="main", principal=named)
    assert own["cut"]["principal"] == named


def test_a_client_that_could_not_be_cut_is_nobody(scene: Scene) -> None:
    """Guarantee: no token gets in under a name that is too long to stand in a cut."""
    long = "ü" * 200
    event = scene.desk.event(token=scene.desk.token(client_id=long, sub=long))
    assert scene.desk.status(event) == 401
    assert scene.desk.line(event)["reason"] == "token_client_too_long"


@pytest.mark.parametrize("ahead", [1, 29, 30])
def test_a_token_of_an_issuer_that_is_ahead_is_cut(scene: Scene, ahead: int) -> None:
    """Guarantee: an `iat` from after the cut saves no token that was issued before it.

    How far an issuer may be ahead is its leeway; who is farther ahead has his tokens refused.
    """
    now = scene.clock.now() // 1000
    event = scene.desk.event(token=scene.desk.token(iat=now + ahead, exp=now + 900))
    beyond = scene.desk.event(token=scene.desk.token(iat=now + 31, exp=now + 900))
    assert scene.desk.line(beyond)["reason"] == "token_issued_in_the_future"
    assert scene.desk.status(event) == 0
    scene.ask("incident.revoke", tenant="main")
    scene.clock.advance(31_000)
    assert scene.desk.line(event)["reason"] == "token_cut"
