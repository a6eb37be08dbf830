"""A call that is killed at any of its writes leaves nothing that one sweep and a retry cannot end.

The process is a real one, ended by SIGKILL; DynamoDB is another process, which sees nothing of it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from core.clock import SystemClock
from core.errors import Conflict
from core.orders.call import LEASE_MS
from core.orders.model import OrderState
from core.orders.plan import CHUNK
from core.orders.release import STALE_AFTER_MS
from tests.crash.dying import KEY
from tests.fakes.clock import FakeClock
from tests.support.warehouse import lines_of, skus, warehouse

if TYPE_CHECKING:
    from tests.support.emulator_dynamodb import Emulated
    from tests.support.warehouse import Warehouse

ROOT = Path(__file__).resolve().parents[2]
STOCK = 3
FAR = 10 * STALE_AFTER_MS


def _writes(count: int) -> int:
    return -(-count // CHUNK)


SMALL = [
    (n, k, w) for n in (1, 40, 41) for k in range(1, _writes(n) + 1) for w in ("before", "after")
]
WHOLE = [(673, k, w) for k in range(1, _writes(673) + 1) for w in ("before", "after")]
SAMPLED = [(673, 9, "before"), (673, 16, "after")]
GREAT = WHOLE if os.environ.get("PROOF") == "1" else SAMPLED


def _killed(emulated: Emulated, prefix: str, count: int, at: int, when: str) -> int:
    """Run the dying call; return how it ended."""
    command = [sys.executable, "-m", "tests.crash.dying", emulated.url, prefix]
    paths = os.pathsep.join([str(ROOT / "functions"), str(ROOT)])
    return subprocess.run(
        [*command, str(count), str(at), when],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": paths},
        check=False,
        capture_output=True,
        timeout=60,
    ).returncode


def _later(emulated: Emulated, prefix: str, millis: int) -> Warehouse:
    """Return the warehouse as a later call finds it."""
    clock = FakeClock(SystemClock().now())
    clock.advance(millis)
    return warehouse(emulated.client(), prefix, clock)


def _dies_and_recovers(emulated: Emulated, count: int, at: int, when: str) -> None:
    """Kill, check, sweep, check, retry, check."""
    prefix = emulated.fresh_tables("crash")
    store = warehouse(emulated.client(), prefix)
    store.stock(skus(count), STOCK)
    assert _killed(emulated, prefix, count, at, when) == -signal.SIGKILL
    landed = at - (when == "before")
    states = store.check()
    if landed == 0:
        assert not states
    elif landed == _writes(count):
        assert states == {"placed": 1}
    else:
        assert states == {"reserving": 1}
        with pytest.raises(Conflict, match="being worked on"):
            store.place(KEY, lines_of(count))
    later = _later(emulated, prefix, FAR)
    assert later.sweep() == (0 < landed < _writes(count))
    swept = later.check()
    assert set(swept) <= {"placed", "released"}
    order = later.place(KEY, lines_of(count))
    assert order.header.state is OrderState.PLACED
    assert order.header.subtotal == 255 * count
    assert later.check() == {"placed": 1}
    again = later.place(KEY, lines_of(count))
    assert again.header.id == order.header.id
    levels = [i for i in later.items() if i["sk"] == "LEVEL#main"]
    assert {(i["available"], i["reserved"]) for i in levels} == {(STOCK - 1, 1)}


@pytest.mark.parametrize(("count", "at", "when"), SMALL)
def test_every_write_of_a_small_order(emulated: Emulated, count: int, at: int, when: str) -> None:
    """Guarantee: orders of 1, 40 and 41 SKUs survive death at each write, before and after it."""
    _dies_and_recovers(emulated, count, at, when)


@pytest.mark.slow
@pytest.mark.parametrize(("count", "at", "when"), GREAT)
def test_writes_of_a_great_order(emulated: Emulated, count: int, at: int, when: str) -> None:
    """Guarantee: an order of 673 SKUs survives death at its writes, before and after each.

    PROOF=1 dies at all 17 of them, otherwise at one in the middle and after the last but one.
    """
    _dies_and_recovers(emulated, count, at, when)


def test_a_retry_after_the_lease_goes_on_without_a_sweep(emulated: Emulated) -> None:
    """Guarantee: when the retry comes before the sweeper, it goes on at the header's chunk."""
    prefix = emulated.fresh_tables("crash")
    store = warehouse(emulated.client(), prefix)
    store.stock(skus(41), STOCK)
    assert _killed(emulated, prefix, 41, 1, "after") == -signal.SIGKILL
    later = _later(emulated, prefix, LEASE_MS + 5_000)
    order = later.place(KEY, lines_of(41))
    assert (order.header.attempt, order.header.chunk) == (1, 2)
    assert later.check() == {"placed": 1}
