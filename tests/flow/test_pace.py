"""The rate budget against the twin's limits, on one clock that both share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.crm.calls import Action, Call, Input
from core.crm.conveyor import Conveyor
from core.crm.properties import UNIQUE, ObjectType
from core.crm.tally import Tally
from core.crm.verdicts import Landed
from core.hubspot.client import HubspotClient
from core.store.budget import StoredBudget
from local.twin.limits import TIERS, Caller, Limited, Limiter
from tests.fakes.executor import InlineExecutor
from tests.support.books import TENANT
from tests.support.running_twin import PORTAL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.twin.clock import Clock as TwinClock
    from tests.flow.shop import Shop

WINDOW_MS = 10_000
START = 1_795_300_500_000


class SharedClock:
    """The twin's own clock, which moves only when the writer sleeps."""

    def __init__(self, twin: TwinClock) -> None:
        """Stop the twin's clock."""
        twin.frozen_at, twin.offset = START, 0
        self._twin = twin

    def now(self) -> int:
        """Return the time."""
        return self._twin.now()

    def sleep(self, seconds: float) -> None:
        """Move on."""
        self._twin.advance(round(seconds * 1000))


class Writer:
    """A writer with nothing to do but calls, run again and again as by nudges."""

    def __init__(self, shop: Shop) -> None:
        """Put it together."""
        self.shop = shop
        shop.twin.twin.recorder.keep = False
        shop.twin.twin.limiter = Limiter()
        self.clock = SharedClock(shop.twin.twin.clock)
        self.hubspot = HubspotClient(shop.twin.token, shop.twin.url, "2026-09")
        self.arrivals: list[int] = []
        shop.twin.twin.layers.append(self._note)

    def drain(self, count: int) -> None:
        """Make so many calls that land."""
        waiting = list(_calls(count))
        for _ in range(50):
            budget = StoredBudget(self.shop.dynamodb, self.shop.core, TENANT, self.clock)
            until = self.clock.now() + 60_000
            conveyor = Conveyor(
                self.hubspot, budget, self.clock, InlineExecutor(), Tally(), until=until
            )
            verdicts = conveyor.write(waiting, urgent=True)
            waiting = [c for c in waiting if not isinstance(verdicts.get(c.inputs[0].key), Landed)]
            if not waiting:
                return
            self.clock.sleep(4)
        raise AssertionError(f"{len(waiting)} calls never landed")

    async def _note(self, exchange: Any, proceed: Any) -> Any:
        self.arrivals.append(self.clock.now())
        return await proceed(exchange)


def _calls(count: int) -> Iterator[Call]:
    name = UNIQUE[ObjectType.PRODUCTS]
    for number in range(count):
        inputs = (Input(f"p{number % 7}", f"p{number % 7}", {"name": str(number)}),)
        single = Input(f"{number}", inputs[0].id, inputs[0].properties)
        yield Call(Action.UPSERT, ObjectType.PRODUCTS, (single,), name)


def limited(shop: Shop) -> int:
    """Return how many calls were answered 429."""
    return int(shop.twin.call("GET", "/_twin/stats").body["total_429"])


def windows(arrivals: list[int]) -> list[int]:
    """Return the calls in each full window of ten seconds."""
    return [
        sum(1 for a in arrivals if begin <= a < begin + WINDOW_MS)
        for begin in range(arrivals[0], arrivals[-1] - WINDOW_MS, 1_000)
    ]


def test_a_backlog_is_drained_at_the_limit_and_never_above(shop: Shop) -> None:
    """Full windows hold 95 % of HubSpot's limit, and no call is answered 429."""
    writer = Writer(shop)
    writer.drain(450)
    assert limited(shop) == 0
    assert min(windows(writer.arrivals)) >= 0.95 * 190


def test_a_writer_that_was_killed_costs_its_successor_no_429(shop: Shop) -> None:
    """The budget outlives the process that spent it."""
    writer = Writer(shop)
    writer.drain(150)
    writer.drain(150)
    assert limited(shop) == 0


def test_a_lower_tier_is_learned_from_its_headers(shop: Shop) -> None:
    """A portal that allows 100 calls is drained without a 429 all the same."""
    shop.twin.twin.portals[PORTAL].tier = "starter"
    writer = Writer(shop)
    writer.drain(300)
    assert limited(shop) == 0
    assert min(windows(writer.arrivals)) >= 0.9 * 100


def test_another_program_on_the_same_quota_is_noticed(shop: Shop) -> None:
    """Beside a program that takes a steady fifth, together at least 85 % and at most one 429."""
    writer = Writer(shop)
    caller = Caller(TIERS["professional"], PORTAL, shop.twin.token, "private")
    taken: list[int] = []

    async def beside(exchange: Any, proceed: Any) -> Any:
        while (at := START + len(taken) * WINDOW_MS // 38) <= writer.clock.now():
            taken.append(at)
            shop.twin.twin.limiter.take(at, caller, Limited.GENERAL)
        return await proceed(exchange)

    shop.twin.twin.layers.append(beside)
    writer.drain(900)
    assert limited(shop) <= 1
    seconds = (writer.arrivals[-1] - writer.arrivals[0]) / 1_000
    assert (len(writer.arrivals) + len(taken)) / seconds >= 0.85 * 19
