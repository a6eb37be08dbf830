"""The twin without a socket answers as it does over one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import urllib3
from urllib3.exceptions import HTTPError

from core.crm.calls import Action, Call, Input
from core.crm.properties import ObjectType
from core.hubspot.client import HubspotClient
from local.twin.faults.kinds import KNOWN, named
from local.twin.faults.plan import Script
from tests.support.direct_twin import direct_twin
from tests.support.running_twin import RunningTwin, fresh_twin
from tests.twin.test_faults import emails

if TYPE_CHECKING:
    from collections.abc import Iterator

CALL = Call(
    Action.UPSERT,
    ObjectType.CONTACTS,
    tuple(Input(f"k{n}", f"{n}@example.com", {"firstname": "Ann"}) for n in range(4)),
    "email",
)


@pytest.fixture
def direct() -> Iterator[RunningTwin]:
    """Return a twin without a socket, whose clock stands."""
    twin = fresh_twin()
    twin.clock.freeze()
    with direct_twin(twin) as made:
        yield made


def told(twin: RunningTwin, fault: str) -> tuple[Any, list[str]]:
    """Return what the sync's own client makes of a fault, and what was written."""
    twin.twin.clock.frozen_at = 1_800_000_000_000
    twin.twin.faults.scripts.append(Script(named(fault)))
    reply = HubspotClient(twin.token, twin.url, "2026-09").send(CALL)
    outcome: Any = reply.outcome
    errors = getattr(outcome, "errors", None)
    shown = (type(outcome).__name__, errors, getattr(outcome, "status", None), reply.quota)
    return shown, emails(twin)


@pytest.mark.parametrize("fault", KNOWN)
def test_every_fault_is_the_same_over_a_socket_and_without(
    twin: RunningTwin, direct: RunningTwin, fault: str
) -> None:
    """The client cannot tell which it was."""
    assert told(direct, fault) == told(twin, fault)


def test_other_addresses_are_reached_as_ever(direct: RunningTwin, twin: RunningTwin) -> None:
    """Only the twin's own URL is answered without a socket."""
    reply = urllib3.PoolManager().request("GET", f"{twin.url}/_twin/health")
    assert reply.json()["portals"] == [1]
    with pytest.raises(HTTPError):
        urllib3.PoolManager().request("GET", "http://127.0.0.1:1/", retries=False)
    assert direct.call("GET", "/_twin/health").status == 200
