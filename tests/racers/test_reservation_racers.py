"""Many calls that end one reservation at once: exactly one does, whatever the store answers."""

from __future__ import annotations

import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from core.contention import Contended
from core.errors import Busy, Conflict
from core.inventory.reservation import Hold, ReservationState
from tests.faults.injector import Fault, injected
from tests.support.stockroom import TENANT, Room

if TYPE_CHECKING:
    from tests.support.emulator_dynamodb import Emulated

pytestmark = pytest.mark.slow

RACERS = 60
ROUNDS = 5
COMMITTED, RELEASED = ReservationState.COMMITTED, ReservationState.RELEASED


def commit(room: Room, reservation_id: str) -> str:
    """Commit; return what came of it."""
    return str(room.reserving.end(room.act(), room.ticket(), reservation_id, COMMITTED).state)


def release(room: Room, reservation_id: str) -> str:
    """Release; return what came of it."""
    return str(room.reserving.end(room.act(), room.ticket(), reservation_id, RELEASED).state)


def expire(room: Room, reservation_id: str) -> str:
    """Sweep; return what came of it."""
    return "expired" if room.reserving.expire(TENANT, reservation_id) else "not due"


def race(room: Room, reservation_id: str) -> Counter[str]:
    """Let commits, releases and sweepers loose on one reservation whose time ends meanwhile."""
    start = threading.Barrier(RACERS)

    def run(number: int) -> str:
        start.wait()
        room.clock.advance(100)
        try:
            return (commit, release, expire)[number % 3](room, reservation_id)
        except (Busy, Conflict) as refused:
            return refused.code
        except Contended:
            return "contended"

    with ThreadPoolExecutor(RACERS) as pool:
        return Counter(pool.map(run, range(RACERS)))


def test_of_all_that_end_a_reservation_one_counts(emulated: Emulated) -> None:
    """Guarantee: one call at most is told yes, and stock and ledger say what that call did.

    A third of all writes meets a conflict or loses its reply. A sweeper whose reply is lost tells
    nobody; whoever commits or releases learns what came of it.
    """
    client = emulated.client(pool=RACERS)
    room = Room(client, emulated.fresh_tables("reservations"))
    room.put("A", main=RACERS)
    dice = random.Random(7)  # noqa: S311 - dice for a test
    for _ in range(ROUNDS):
        before = room.level()
        held = room.reserving.reserve(room.act(), room.ticket(), [Hold("A", "main", 3)], 3)
        with injected(client) as faults:
            faults.decide = lambda _: (
                dice.choice([Fault.CONFLICT, Fault.LOST]) if dice.random() < 1 / 3 else None
            )
            told = race(room, held.id)
        room.clock.advance(60_000)
        room.reserving.expire(TENANT, held.id)
        state = room.reserving.read(TENANT, held.id).state
        yes = {s: told[s] for s in ("committed", "released", "expired") if told[s]}
        assert sum(yes.values()) <= 1, told
        assert set(yes) <= {str(state)}, told
        after = room.level()
        assert after.reserved == before.reserved
        assert after.on_hand == before.on_hand - (3 if state is COMMITTED else 0)
        room.assert_balanced("A")
