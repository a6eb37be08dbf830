"""A writer with nothing to do but calls, over a simulated network, on one clock with the twin.

Calls take their time to HubSpot and back, drawn from a seed, so that they overtake each other; all
of it happens in one thread and in no time of the test's.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import TYPE_CHECKING, Any

from core.crm.calls import Action, Call, Input
from core.crm.conveyor import Conveyor
from core.crm.properties import UNIQUE, ObjectType
from core.crm.tally import Tally
from core.hubspot.client import HubspotClient
from core.store.budget import StoredBudget
from hubspot_sync.settings import SENDING_SECONDS
from local.twin.limits import Limiter
from local.twin.neighbours import Neighbour
from tests.support import tables
from tests.support.books import TENANT

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from local.twin.clock import Clock as TwinClock
    from tests.support.direct_twin import DirectTwin

WINDOW_MS = 10_000
START = 1_795_300_500_000


class Killed(BaseException):
    """What a writer that is ended does not live to handle."""


class SimulatedTime:
    """The twin's clock, and what is to happen when; `core.clock.Clock` of the writer."""

    def __init__(self, twin: TwinClock) -> None:
        """Stop the twin's clock."""
        twin.frozen_at, twin.offset = START, 0
        self._twin = twin
        self._events: list[tuple[int, int, Callable[[], None]]] = []
        self._tickets = count()

    def now(self) -> int:
        """Return the time."""
        return self._twin.now()

    def sleep(self, seconds: float) -> None:
        """Let time pass, and happen what is due."""
        until = self.now() + round(seconds * 1000)
        while self._events and self._events[0][0] <= until:
            self.step()
        self._twin.advance(max(until - self.now(), 0))

    def step(self) -> None:
        """Go on to what happens next."""
        at, _, happens = heapq.heappop(self._events)
        self._twin.advance(max(at - self.now(), 0))
        happens()

    def after(self, milliseconds: int, happens: Callable[[], None]) -> None:
        """Let something happen later."""
        entry = (self.now() + milliseconds, next(self._tickets), happens)
        heapq.heappush(self._events, entry)


@dataclass
class Network(Executor):
    """Carries calls: each arrives after `there` ms and its answer comes `back` ms later."""

    time: SimulatedTime
    dice: Random
    there: tuple[int, int]
    back: tuple[int, int]
    left: int | None = None
    """After how many calls the sender is gone; what it has sent arrives all the same."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Send a call."""
        if self.left is not None:
            if self.left == 0:
                raise Killed
            self.left -= 1
        future: Future[Any] = Future()

        def arrive() -> None:
            answer = fn(*args, **kwargs)
            self.time.after(self.dice.randint(*self.back), lambda: future.set_result(answer))

        self.time.after(self.dice.randint(*self.there), arrive)
        return future

    def wait(self, futures: Collection[Future[Any]], return_when: str) -> None:  # noqa: ARG002 - as in concurrent.futures
        """Let time pass until one of the answers is there."""
        while not any(future.done() for future in futures):
            self.time.step()


@dataclass
class Run:
    """One run of the writer: when it began and ended, and what it noticed."""

    began: int
    ended: int = 0
    tally: Tally = field(default_factory=Tally)
    killed: bool = False


@dataclass
class Pace:
    """A writer that always has calls to make, run again and again as by nudges."""

    twin: DirectTwin
    dynamodb: DynamoDBClient
    seed: int
    there: tuple[int, int] = (20, 120)
    back: tuple[int, int] = (20, 400)
    runs: list[Run] = field(default_factory=list)
    arrivals: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Put it together."""
        self.twin.twin.recorder.keep = False
        self.twin.twin.limiter = Limiter()
        self.twin.twin.layers.append(self._note)
        self.dice = Random(self.seed)  # noqa: S311 - dice for a test
        self.time = SimulatedTime(self.twin.twin.clock)
        self.network = Network(self.time, self.dice, self.there, self.back)
        self.hubspot = HubspotClient(self.twin.token, self.twin.url, "2026-09")

    def run(self, *, dies_after: int | None = None, seconds: int = SENDING_SECONDS) -> Run:
        """Run once, like the function; `dies_after` so many calls the process is gone."""
        self.network.left = dies_after
        run = Run(self.time.now())
        self.runs.append(run)
        budget = StoredBudget(self.dynamodb, tables.CORE, TENANT, self.time)
        until = run.began + 1000 * seconds
        conveyor = Conveyor(self.hubspot, budget, self.time, self.network, run.tally, until=until)
        try:
            conveyor.write(_calls(seconds * 25), urgent=True)
        except Killed:
            run.killed = True
        run.ended = self.time.now()
        return run

    def neighbour(self, share: float, *, since: int, until: int | None = None) -> Neighbour:
        """Let another program take a share of the limit between two moments."""
        twin = self.twin.twin
        caller = twin.caller(twin.tokens[self.twin.token])
        made = Neighbour(caller, WINDOW_MS / (caller.burst * share), since, until)
        twin.limiter.neighbours.append(made)
        return made

    @property
    def limited(self) -> int:
        """How many of our calls were answered 429."""
        return sum(run.tally.limited.total() for run in self.runs)

    def windows(self, others: Sequence[int] = ()) -> list[int]:
        """Return the calls that arrived in each full window between a run's first and last one."""
        whole = sorted([*self.arrivals, *others])
        found = []
        for run in self.runs:
            own = [a for a in self.arrivals if run.began <= a <= run.ended]
            for begin in (a for a in own if a + WINDOW_MS <= own[-1]):
                until = bisect_left(whole, begin + WINDOW_MS)
                found.append(until - bisect_left(whole, begin))
        return found

    async def _note(self, exchange: Any, proceed: Any) -> Any:
        answer = await proceed(exchange)
        if answer.status != 429:
            self.arrivals.append(self.time.now())
        return answer


def _calls(number: int) -> list[Call]:
    """Return calls that each write one of a few products."""
    name = UNIQUE[ObjectType.PRODUCTS]
    made = []
    for n in range(number):
        item = Input(str(n), f"p{n % 7}", {"name": str(n)})
        made.append(Call(Action.UPSERT, ObjectType.PRODUCTS, (item,), name))
    return made
