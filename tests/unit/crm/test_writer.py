"""The writer's run: every lane in turn, no idle waiting, and the word when to come again."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import pytest

from core.crm.conveyor import Conveyor
from core.crm.needs import Needs
from core.crm.orders import OrderPusher
from core.crm.outcomes import Unavailable
from core.crm.ownership import Ownership
from core.crm.properties import ObjectType
from core.crm.pusher import Pusher
from core.crm.settling import Settling
from core.crm.tally import Tally
from core.crm.writer import PATIENCE_MS, Writer
from core.errors import Misconfigured
from tests.contract.fake_books import FakeBooks
from tests.fakes.executor import InlineExecutor
from tests.fakes.hubspot import FakeBudget, ScriptedHubspot

if TYPE_CHECKING:
    from collections.abc import Mapping

LINGERS = {"orders": 5_000, "customers": 5_000, "products": 5_000, "stock": 60_000}
MINUTE = 60_000


class Run:
    """A shop in memory, and runs of its writer."""

    def __init__(self, hubspot: ScriptedHubspot | None = None) -> None:
        """Open an empty shop."""
        self.books = FakeBooks()
        self.clock, self.store = self.books.clock, self.books.store
        self.hubspot = hubspot or ScriptedHubspot()
        self.budget = FakeBudget(self.clock)

    def __call__(self, seconds: int = 50) -> Tally:
        """Run the writer once."""
        tally = Tally()
        settling = Settling(self.store, self.store, self.clock, tally)
        conveyor = Conveyor(
            self.hubspot,
            self.budget,
            self.clock,
            InlineExecutor(),
            tally,
            until=self.clock.now() + 65_000,
        )
        pusher = Pusher(self.hubspot, conveyor, settling, tally, Ownership())
        orders = OrderPusher(
            self.hubspot,
            conveyor,
            pusher,
            Needs(pusher, self.store, self.clock),
            settling,
            self.clock,
            tally,
        )
        writer = Writer(
            self.store,
            self.store,
            pusher,
            orders,
            settling,
            conveyor,
            self.clock,
            tally,
            LINGERS.__getitem__,
        )
        return writer.run(self.clock.now() + seconds * 1_000)

    def sent(self) -> list[str]:
        """Return the names of the calls, in their order."""
        return [call.name for call in self.hubspot.sent]


def test_nothing_owed_is_nothing_done() -> None:
    """An empty shop costs no call and asks for no further run."""
    run = Run()
    tally = run()
    assert (run.sent(), tally.again_at, run.clock.slept) == ([], None, [])


def test_what_is_due_within_two_seconds_is_waited_for() -> None:
    """The writer waits two seconds at most, then asks to be woken."""
    run = Run()
    run.books.product("A-1")
    run.clock.advance(5_000 - PATIENCE_MS)
    run()
    assert run.sent() == ["products.read", "products.upsert"]
    assert max(run.clock.slept) <= PATIENCE_MS / 1_000
    run.books.product("A-1", price=1)
    tally = run()
    assert tally.again_at == run.clock.now() + 5_000


def test_stages_come_in_their_order() -> None:
    """Products before orders, orders before lines, lines before associations; each call full."""
    run = Run()
    run.books.product("A-1")
    for _ in range(3):
        run.books.order([("A-1", 1)] * 60)
    run.clock.advance(MINUTE)
    run()
    assert run.sent() == [
        "products.read",
        "products.upsert",
        "orders.upsert",
        "line_items.upsert",
        "line_items.upsert",
        "orders.associate",
    ]
    assert [k for k in run.store.kept.values() if k.lane] == []


def test_no_lane_starves_behind_a_full_one() -> None:
    """However many orders wait, stock has its turn before their second one."""
    run = Run()
    run.books.product("A-1")
    for _ in range(30):
        run.books.order([("A-1", 1)] * 1_000)
    run.books.product("B-1")
    run.clock.advance(MINUTE)
    run()
    rounds = [name for name in run.sent() if name in {"orders.upsert", "products.upsert"}]
    assert rounds[:3] == ["products.upsert", "orders.upsert", "products.upsert"]
    assert rounds.count("orders.upsert") == 3


def test_the_run_ends_in_time_and_asks_to_go_on() -> None:
    """When time is over with work left, the writer ends and wants to be woken at once."""
    run = Run()
    run.books.product("A-1")
    run.clock.advance(MINUTE)
    tally = run(seconds=0)
    assert run.sent() == []
    assert tally.again_at is not None
    assert tally.again_at <= run.clock.now()


def test_without_budget_the_run_ends_and_says_until_when() -> None:
    """Work that the budget has no room for stays due, and the next run is asked for."""
    run = Run()
    run.books.product("A-1")
    run.clock.advance(MINUTE)
    run.budget.left = 0
    tally = run()
    assert run.sent() == []
    assert tally.again_at == run.clock.now() + 10_000
    assert all(k.attempts == 0 for k in run.store.kept.values())


def test_an_order_rests_with_the_product_that_it_needs() -> None:
    """A product of unknown fate holds its order back, for longer than a call can last."""
    run = Run(ScriptedHubspot(deque([Unavailable(503)])))
    run.books.product("A-1")
    order = run.books.order([("A-1", 1)])
    run.clock.advance(MINUTE)
    run()
    assert run.sent() == ["products.read"]
    kept = run.store.kept[f"main#ORDER#{order.header.id}", "HEADER"]
    assert kept.rest_until >= run.clock.now() + 20_000
    run.clock.advance(MINUTE)
    run()
    assert run.sent()[-1] == "orders.associate"


class NoPipeline(ScriptedHubspot):
    """A portal whose order pipeline cannot be read."""

    def order_stages(self) -> Mapping[str, tuple[str, str]]:
        """Refuse."""
        raise Misconfigured("hubspot_pipeline", "no", internal="denied 403: no scope")


def test_a_lane_that_cannot_be_set_up_stops_no_other() -> None:
    """Without rights to read pipelines orders wait, products and stock do not, and why is told."""
    run = Run(NoPipeline())
    run.books.product("A-1")
    run.books.order([("A-1", 1)])
    run.clock.advance(MINUTE)
    tally = run()
    assert run.sent() == ["products.read", "products.upsert"]
    assert tally.reasons == ["denied 403: no scope"]
    assert tally.landed == {ObjectType.PRODUCTS: 1}


@pytest.mark.parametrize("orders", [99, 100])
def test_a_hundred_orders_do_not_wait_for_their_linger(orders: int) -> None:
    """A full batch goes at once; one less waits."""
    run = Run()
    run.books.product("A-1")
    run.clock.advance(MINUTE)
    run()
    run.hubspot.sent.clear()
    for _ in range(orders):
        run.books.order([("A-1", 1)])
    run()
    assert ("orders.upsert" in run.sent()) is (orders == 100)
