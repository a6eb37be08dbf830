"""Which token a call goes with: rotated, refused, or only the previous one left."""

from __future__ import annotations

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from core.crm.calls import Input, upsert
from core.crm.outcomes import Denied, Ok
from core.crm.properties import ObjectType
from core.errors import Misconfigured
from core.hubspot.client import NotAccepted
from core.hubspot.portals import REMEMBERED_MS, REREAD_MS, Portals
from hubspot_provision.provision import provision
from tests.fakes.clock import FakeClock
from tests.support.direct_twin import direct_twin
from tests.support.running_twin import PORTAL, TOKEN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.running_twin import RunningTwin

(CALL,) = upsert(ObjectType.PRODUCTS, [Input("p1", "p1", {"name": "Tea"})])
NEW, OTHER = "pat-na1-NEW-MARKED", "pat-na1-OTHER-MARKED"
PORTAL_2 = 2


class Operator:
    """Someone who rotates tokens: in HubSpot (the twin) and in the secrets."""

    def __init__(self, twin: RunningTwin) -> None:
        """Begin with one token in HubSpot and in the secret."""
        self.twin = twin
        self.clock = FakeClock()
        self.secrets = {"hs/main": json.dumps({"token": TOKEN, "previous": None})}
        self.reads = 0
        self.portals = Portals("hs/", twin.url, "2026-09", self._read, self.clock)
        provision(self.portals.of("main"), "main", str(PORTAL), "2026-09")

    def _read(self, name: str) -> str:
        self.reads += 1
        return self.secrets[name]

    def put(self, token: str, previous: str | None = None, tenant: str = "main") -> None:
        """Change a secret."""
        self.secrets[f"hs/{tenant}"] = json.dumps({"token": token, "previous": previous})

    def end(self, token: str) -> None:
        """Let HubSpot accept a token no longer."""
        del self.twin.twin.tokens[token]


@pytest.fixture
def operator() -> Iterator[Operator]:
    """Return someone with a portal."""
    with direct_twin() as twin:
        yield Operator(twin)


def test_a_rotation_loses_no_call(operator: Operator) -> None:
    """The new token is in the secret and the old one ends: the next call already goes with it."""
    hubspot = operator.portals.of("main")
    operator.twin.twin.add_token(NEW, PORTAL)
    operator.put(NEW, TOKEN)
    assert isinstance(hubspot.send(CALL).outcome, Ok)
    assert hubspot.token == TOKEN
    operator.end(TOKEN)
    operator.clock.advance(REREAD_MS)
    assert isinstance(hubspot.send(CALL).outcome, Ok)
    assert hubspot.token == NEW


def test_the_new_token_is_taken_within_five_minutes(operator: Operator) -> None:
    """The old one goes out of use by itself, so that it can be ended without haste."""
    operator.twin.twin.add_token(NEW, PORTAL)
    operator.put(NEW, TOKEN)
    operator.clock.advance(REMEMBERED_MS)
    assert operator.portals.of("main").token == NEW


def test_the_previous_token_serves_while_the_current_one_does_not(
    operator: Operator, capsys: pytest.CaptureFixture[str]
) -> None:
    """A wrong new token stops nothing, and a metric says so."""
    operator.put(NEW, TOKEN)
    operator.portals.forget("main")
    hubspot = operator.portals.of("main")
    assert isinstance(hubspot.send(CALL).outcome, Ok)
    assert hubspot.token == TOKEN
    (line,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert (line["tenant"], line["HubspotTokenFallback"]) == ("main", [1.0])


def test_two_dead_tokens_are_a_denial(operator: Operator) -> None:
    """Each call is tried with both, and no more often; what it then says is HubSpot's 401."""
    operator.put(NEW, OTHER)
    operator.portals.forget("main")
    hubspot = operator.portals.of("main")
    for _ in range(2):
        operator.twin.twin.recorder.kept.clear()
        outcome = hubspot.send(CALL).outcome
        assert isinstance(outcome, Denied)
        assert outcome.status == 401
        assert len(operator.twin.twin.recorder.kept) == 2
    with pytest.raises(NotAccepted):
        hubspot.ask("GET", "/account-info/2026-09/details")


def test_a_flood_of_refusals_reads_the_secret_once(operator: Operator) -> None:
    """Twenty calls at once meet a dead token: one look at the secret serves them all."""
    hubspot = operator.portals.of("main")
    operator.end(TOKEN)
    operator.twin.twin.add_token(NEW, PORTAL)
    operator.put(NEW)
    operator.clock.advance(REREAD_MS)
    operator.reads = 0
    with ThreadPoolExecutor(20) as executor:
        replies = list(executor.map(hubspot.send, [CALL] * 20))
    assert all(isinstance(reply.outcome, Ok) for reply in replies)
    assert operator.reads == 1


def test_an_ended_oauth_token_is_not_remembered(operator: Operator) -> None:
    """Past its end the secret is read again soon, without a call that HubSpot would refuse."""
    ends = operator.clock.now() + 60_000
    held: dict[str, Any] = {"token": TOKEN, "previous": None, "expires_at": ends, "scopes": []}
    operator.secrets["hs/main"] = json.dumps(held)
    operator.portals.forget("main")
    operator.portals.of("main")
    operator.put(NEW)
    operator.clock.advance(59_000)
    assert operator.portals.of("main").token == TOKEN
    operator.clock.advance(1_000)
    assert operator.portals.of("main").token == NEW


def test_each_tenant_has_its_own_portal(operator: Operator) -> None:
    """Two tenants never share a client or a token."""
    operator.twin.twin.add_token(NEW, PORTAL_2)
    operator.put(NEW, tenant="second")
    shown = {
        t: operator.portals.of(t).ask("GET", "/account-info/2026-09/details")["portalId"]
        for t in ("main", "second")
    }
    assert shown == {"main": PORTAL, "second": PORTAL_2}


def test_no_token_stands_in_any_word(operator: Operator, caplog: pytest.LogCaptureFixture) -> None:
    """Neither outcomes, errors and log lines nor the representations of what holds tokens."""
    operator.put(NEW, OTHER)
    operator.portals.forget("main")
    hubspot = operator.portals.of("main")
    with caplog.at_level(logging.DEBUG):
        said = [repr(hubspot.send(CALL)), repr(operator.portals.credential("main"))]
        with pytest.raises(Misconfigured) as raised:
            hubspot.ask("GET", "/account-info/2026-09/details")
    said += [raised.value.internal, repr(hubspot), repr(vars(operator.portals)), caplog.text]
    assert "MARKED" not in "".join(said)
