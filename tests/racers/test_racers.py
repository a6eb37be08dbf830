"""Many calls for the last unit: exactly one wins, and nobody is told what is not so.

The real adapter runs over MiniStack's DynamoDB; conflicts, throttles and lost replies, which it
never makes, are injected. PROOF=1 runs 1,000 threads, otherwise 100.
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from core.clock import SystemClock
from core.contention import PATIENCE_MS
from core.errors import Busy, Conflict
from tests.faults.injector import Fault, injected
from tests.support.warehouse import lines_of, skus, warehouse

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.awsrequest import AWSPreparedRequest, AWSResponse

    from tests.faults.injector import Faults
    from tests.support.emulator_dynamodb import Emulated
    from tests.support.warehouse import Warehouse


RACERS = 1_000 if os.environ.get("PROOF") == "1" else 100
ABREAST = 64
"""Calls at once where the time on the wall is measured: on Lambda each has a processor."""

ONE_CALL_MS = 2_000
"""What the slowest single call of the emulator may take under this load."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one racer ended, by its own clock (ms)."""

    code: str
    took: float


def _race(
    store: Warehouse,
    racers: int,
    skus_each: int = 1,
    quantity: int = 1,
    abreast: int = ABREAST,
    not_counted: Callable[[], float] = float,
) -> list[Outcome]:
    """Let all racers place an order at once, each under a key of its own.

    `not_counted` is what of a racer's time is left out (ms), of which there is none by default.
    """
    clock = SystemClock()
    gate = threading.Semaphore(abreast)
    start = threading.Barrier(racers)

    def run(number: int) -> Outcome:
        start.wait()
        with gate:
            began = clock.now() - not_counted()
            try:
                store.place(f"key-{number}", lines_of(skus_each, quantity), seed=number)
                code = "placed"
            except (Busy, Conflict) as refused:
                code = refused.code
            return Outcome(code, clock.now() - not_counted() - began)

    with ThreadPoolExecutor(racers) as pool:
        return list(pool.map(run, range(racers)))


def _dice(share: float, *among: Fault, seed: int = 7) -> object:
    dice = random.Random(seed)  # noqa: S311 - dice for a test
    lock = threading.Lock()

    def decide(_: str) -> Fault | None:
        with lock:
            return dice.choice(among) if dice.random() < share else None

    return decide


@pytest.mark.slow
def test_one_of_many_gets_the_last_unit(emulated: Emulated) -> None:
    """Guarantee: of all that want one unit exactly one gets it; the others hear out of stock.

    Conflicts, throttles and lost replies befall half of all writes. Busy is allowed, false is not:
    nobody spends over three seconds by his own clock, beyond the one call that he is in.
    """
    client = emulated.client(pool=ABREAST)
    store = warehouse(client, emulated.fresh_tables("race"))
    store.stock(skus(1), 1)
    with injected(client) as faults:
        faults.decide = _dice(0.5, Fault.CONFLICT, Fault.CANCELLED, Fault.LOST)  # type: ignore[assignment]  # a closure with dice
        outcomes = _race(store, RACERS)
    codes = Counter(o.code for o in outcomes)
    assert codes["placed"] == 1, codes
    assert set(codes) <= {"placed", "out_of_stock", "stock_busy"}, codes
    assert codes["out_of_stock"] > 0.9 * RACERS, codes
    assert store.check() == {"placed": 1}
    assert max(o.took for o in outcomes) < PATIENCE_MS + ONE_CALL_MS


class InTheStore:
    """How long this thread's calls were in the store's hands (ms)."""

    def __init__(self, faults: Faults) -> None:
        """Stand between the injector and the wire."""
        self._deliver, faults._deliver = faults._deliver, self._timed
        self._mine = threading.local()

    def _timed(self, request: AWSPreparedRequest) -> AWSResponse:
        began = time.monotonic()
        try:
            return self._deliver(request)
        finally:
            took = 1000 * (time.monotonic() - began)
            self._mine.took = self.mine() + took

    def mine(self) -> float:
        """Return this thread's sum."""
        return float(getattr(self._mine, "took", 0))


@pytest.mark.slow
def test_all_at_once_for_the_last_unit(emulated: Emulated) -> None:
    """Guarantee: with every racer let loose in the same moment, again exactly one gets the unit.

    None spends three seconds of his own on his answer: on thinking, waiting his turn for the
    processor, and sleeping between tries. What the store's own queue takes is left out of that
    figure, and of that alone: one emulator process answers all, and 1,000 first reads fill it for
    longer than three seconds whatever a handler does. The test above holds the time on the wall.
    """
    client = emulated.client(pool=RACERS)
    store = warehouse(client, emulated.fresh_tables("race"))
    store.stock(skus(1), 1)
    with injected(client) as faults:
        faults.decide = _dice(0.5, Fault.CONFLICT, Fault.CANCELLED, Fault.LOST)  # type: ignore[assignment]  # a closure with dice
        there = InTheStore(faults)
        outcomes = _race(store, RACERS, abreast=RACERS, not_counted=there.mine)
    codes = Counter(o.code for o in outcomes)
    assert codes["placed"] == 1, codes
    assert set(codes) <= {"placed", "out_of_stock", "stock_busy"}, codes
    assert codes["out_of_stock"] > 0.9 * RACERS, codes
    assert store.check() == {"placed": 1}
    assert max(o.took for o in outcomes) < PATIENCE_MS


@pytest.mark.slow
def test_nobody_is_sold_out_while_stock_remains(emulated: Emulated) -> None:
    """Guarantee: with a unit for everybody, nobody is refused; who is not served was busy.

    Served again with the same key, everybody gets his unit, and nobody gets two.
    """
    client = emulated.client(pool=ABREAST)
    store = warehouse(client, emulated.fresh_tables("race"))
    racers = RACERS // 2
    store.stock(skus(1), racers)
    with injected(client) as faults:
        faults.decide = _dice(0.6, Fault.CONFLICT, Fault.LOST)  # type: ignore[assignment]  # a closure with dice
        codes = Counter(o.code for o in _race(store, racers))
        assert set(codes) <= {"placed", "stock_busy"}, codes
        faults.stop()
        codes = Counter(o.code for o in _race(store, racers))
    assert codes == {"placed": racers}
    assert store.check() == {"placed": racers}
    (level,) = [i for i in store.items() if i["sk"] == "LEVEL#main"]
    assert (level["available"], level["reserved"]) == (0, racers)


@pytest.mark.slow
def test_orders_in_chunks_race_without_a_half_one(emulated: Emulated) -> None:
    """Guarantee: orders of two chunks that fight for stock stand whole or not at all.

    What one gives back another may take; in the end nothing is held by nobody.
    """
    client = emulated.client(pool=ABREAST)
    store = warehouse(client, emulated.fresh_tables("race"))
    store.stock(skus(40), 30)
    store.stock(["S0040"], 3)
    with injected(client) as faults:
        faults.decide = _dice(0.3, Fault.CONFLICT, Fault.LOST)  # type: ignore[assignment]  # a closure with dice
        codes = Counter(o.code for o in _race(store, 24, skus_each=41))
    assert codes["placed"] <= 3, codes
    assert set(codes) <= {"placed", "out_of_stock", "stock_busy"}, codes
    states = store.check()
    assert states["placed"] == codes["placed"]
    assert set(states) <= {"placed", "released", "reserving", "releasing"}
