"""Renewing: in time, by one run only, after every crash; and said aloud when it cannot be done."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from core.hubspot.portals import Portals
from hubspot_oauth.settings import LEASE_SECONDS
from tests.flow.faults import script
from tests.functions.hubspot_oauth.scene import TENANT, TOKEN_PATH, Replacing

if TYPE_CHECKING:
    from io import StringIO

    from tests.functions.hubspot_oauth.scene import Connected

LEASE_MINUTES = LEASE_SECONDS / 60


class Killed(BaseException):
    """The process is gone: nothing after this line runs."""


def test_a_token_is_renewed_at_four_fifths_of_its_life(scene: Connected) -> None:
    """Not a minute before, and six minutes before its end; the old one goes on until then."""
    scene.connect()
    first = scene.held()["token"]
    scene.advance(23.9)
    assert scene.tick() == "not due"
    scene.advance(0.1)
    assert scene.tick() == "renewed"
    assert scene.held()["token"] != first
    assert scene.opens()
    path = "/account-info/2026-09/details"
    assert scene.twin.call("GET", path, token=first).status == 200
    assert scene.tick() == "not due"
    assert scene.issued() == 2


def test_hours_pass_without_a_moment_that_the_token_does_not_open(scene: Connected) -> None:
    """The schedule alone keeps it fresh, at one call in 24 minutes."""
    scene.connect()
    for _ in range(4 * 20):
        scene.advance(3)
        scene.tick()
        assert scene.held()["expires_at"] > scene.clock.now()
    assert scene.opens()
    assert scene.issued() == 1 + 10


def test_writers_get_the_new_token_without_renewing_it(scene: Connected) -> None:
    """Who calls HubSpot only reads the secret: at a 401 anew, and the call goes again."""
    scene.connect()
    portals = Portals("hs/", scene.twin.url, "2026-09", lambda _name: _text(scene), scene.clock)
    hubspot = portals.of(TENANT)
    path = "/account-info/2026-09/details"
    scene.advance(24)
    scene.tick()
    scene.twin.twin.tokens.pop(hubspot.token)
    assert hubspot.ask("GET", path)["portalId"] == 1
    assert scene.issued() == 2


def _text(scene: Connected) -> str:
    return json.dumps(scene.held())


def test_two_runs_at_once_renew_once(scene: Connected) -> None:
    """While one asks HubSpot, another finds the lease taken and does nothing."""
    scene.connect()
    scene.advance(24)
    seen: list[str] = []
    vault = scene.module.granting._vault
    read = vault.app

    def meanwhile(tenant: str) -> Any:
        if not seen:
            seen.append("")
            seen[0] = scene.tick()
        return read(tenant)

    scene.module.granting._vault = Replacing(vault, app=meanwhile)
    assert scene.tick() == "renewed"
    assert seen == ["held"]
    assert scene.issued() == 2


def test_connecting_waits_for_a_renewal(scene: Connected) -> None:
    """The lease is one: a link is finished after the renewal, or told to try again, still good."""
    scene.connect()
    begun = scene.begin()
    code = scene.code(begun["url"])
    lease = scene.module.granting._store.lease(TENANT, due_by=None)
    answer = scene.ask("connect.finish", state=begun["state"], code=code)
    assert answer["problem"] == "A renewal is running. Try again."
    scene.module.granting._store.end(TENANT, lease, scene.clock.now())
    assert scene.ask("connect.finish", state=begun["state"], code=code)["ok"]


@pytest.mark.parametrize("scene", ["", "rotates"], indirect=True, ids=["same", "rotates"])
@pytest.mark.parametrize(
    ("verb", "after"),
    [("app", True), ("put_app", True), ("put_token", False), ("put_token", True)],
    ids=["after reading", "after the grant", "before the token", "after the token"],
)
@pytest.mark.parametrize("doing", ["renewing", "connecting"])
def test_a_crash_at_any_write_is_made_good_by_the_next_run(
    scene: Connected, verb: str, doing: str, *, after: bool
) -> None:
    """Once the dead run's lease has ended the token is renewed and opens the portal."""
    scene.connect()
    _killed_at(scene, verb, doing, after=after)
    assert scene.opens()
    scene.module = scene.deployed()
    assert scene.tick() in {"held", "not due"}
    scene.advance(LEASE_MINUTES)
    assert scene.tick() in {"renewed", "not due"}
    assert scene.opens()
    scene.advance(24)
    assert scene.tick() == "renewed"
    assert scene.opens()


def _killed_at(scene: Connected, verb: str, doing: str, *, after: bool) -> None:
    vault = scene.module.granting._vault
    real = getattr(vault, verb)

    def killing(*given: Any) -> Any:
        if after:
            real(*given)
        raise Killed

    begun = scene.begin()
    code = scene.code(begun["url"])
    scene.module.granting._store.end = lambda *_: None  # a dead process gives nothing back
    if doing == "renewing":
        scene.advance(24)
    scene.module.granting._vault = Replacing(vault, **{verb: killing})
    try:
        if doing == "renewing":
            scene.tick()
        else:
            scene.ask("connect.finish", state=begun["state"], code=code)
    except Killed:
        return
    assert verb == "put_app", "only the app's own secret is not always written"


def test_a_crash_between_hubspots_answer_and_the_first_write_costs_one_more_call(
    scene: Connected,
) -> None:
    """HubSpot's refresh tokens stay the same, so the grant outlives an answer that was lost."""
    scene.connect()
    scene.advance(24)
    hubspot = scene.module.granting._hubspot
    renew = hubspot.renew

    def lost(*given: Any) -> Any:
        renew(*given)
        raise Killed

    scene.module.granting._hubspot = Replacing(hubspot, renew=lost)
    scene.module.granting._store.end = lambda *_: None
    with pytest.raises(Killed):
        scene.tick()
    scene.module = scene.deployed()
    scene.advance(LEASE_MINUTES)
    assert scene.tick() == "renewed"
    assert scene.opens()


@pytest.mark.parametrize("scene", ["rotates"], indirect=True)
def test_refresh_tokens_that_change_are_kept(scene: Connected) -> None:
    """Should HubSpot ever give a new refresh token, it replaces the old one each time."""
    scene.connect()
    seen = {scene.held("oauth/")["refresh_token"]}
    for _ in range(3):
        scene.advance(24)
        assert scene.tick() == "renewed"
        seen.add(scene.held("oauth/")["refresh_token"])
    assert len(seen) == 4
    assert scene.opens()


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_hubspot_that_cannot_now_is_asked_again_each_minute(
    scene: Connected, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Five failures in a row still leave a minute; each is counted, the alarm goes off at three."""
    scene.connect()
    scene.advance(24)
    script(scene.twin.twin, TOKEN_PATH, status=status, times=5)
    for _ in range(5):
        assert scene.tick() == "failed"
        scene.advance(1)
    assert scene.opens()
    assert scene.tick() == "renewed"
    assert _counted(capsys, "HubspotRefreshFailed") == 5


def test_a_grant_that_ended_is_told_in_plain_words(
    scene: Connected, logged: StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    """The app was uninstalled: an alarm's metric, a line with HubSpot's reason, a quieter pace."""
    scene.connect()
    scene.advance(24)
    scene.twin.twin.grants.refresh_tokens.clear()
    assert [scene.tick() for _ in range(2)] == ["grant ended", "not due"]
    scene.advance(5)
    assert scene.tick() == "grant ended"
    assert logged.getvalue().count("refused: 400 BAD_REFRESH_TOKEN") == 2
    assert _counted(capsys, "HubspotGrantEnded") == 2
    assert scene.connect()["ok"]
    assert scene.opens()


def _counted(capsys: pytest.CaptureFixture[str], name: str) -> int:
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return sum(name in line for line in lines)
