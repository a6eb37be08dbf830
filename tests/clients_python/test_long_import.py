"""A crew of the import that works for longer than its vended session lasts."""

from __future__ import annotations

import io
import threading
from datetime import timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING

from countersign import Key, vended
from countersign.flavours import vended as vended_module
from countersign.importing.crew import Crew
from countersign.importing.outcomes import Accepted
from countersign.importing.progress import Progress
from tests.clients_python.desk import Desk
from tests.clients_python.people import ALL

if TYPE_CHECKING:
    import pytest

    from countersign import Client, Target
    from countersign.importing.outcomes import Outcome
    from tests.clients_python.gateway import Gateway
    from tests.clients_python.people import People

WORKERS = 4
JOBS = 130
STEP = 14.0
"""Seconds that a job takes: less than a quarter of the margin, for four of them run at once."""


def test_a_crew_outlives_its_sessions(
    gateway: Gateway, people: People, target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half an hour of calls by four workers costs one vend in 14 minutes.

    No call is made with a session that has ended, and each is answered.
    The signing clock, which stands still here, is put right for whichever of them is refused.
    """
    passed, lock = [0.0], threading.Lock()
    monkeypatch.setattr(vended_module, "time", SimpleNamespace(monotonic=lambda: passed[0]))
    desk = Desk(gateway, people)

    def act(client: Client, job: int) -> Outcome:
        client.stock("A")
        with lock:
            passed[0] += STEP
            gateway.ahead = timedelta(seconds=passed[0])
        return Accepted(str(job), 0)

    caller = vended(target, Key(people.key(scopes=frozenset({"credentials:vend"}), vends=ALL)))
    progress = Progress("calls", JOBS, io.StringIO())
    Crew(target, WORKERS, caller).each(range(JOBS), act, progress)
    assert len(desk.calls) == 1 + int(JOBS * STEP / 840)
    assert "ExpiredTokenException" not in gateway.log.values()
