"""Any sequence of orders, deaths, faults, sweeps, shipments and returns, on both stores.

The fake is run long, the adapter over moto short; PROOF=1 runs both ten times longer.
"""

from __future__ import annotations

import os
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from core.errors import Busy, Conflict
from core.idempotency import Ticket
from core.orders.call import LEASE_MS
from core.orders.change import Change
from core.orders.model import OrderState, ReversalKind
from core.orders.release import STALE_AFTER_MS
from core.orders.remaining import remaining
from core.orders.reverse import ReversalDraft, Reverse
from core.orders.states import CANCELLABLE, NEXT, UNPLACED
from tests.contract.desk import Desk, DiedError, die
from tests.contract.subjects import SUBJECTS, TENANT
from tests.fakes.ids import TimedUlids
from tests.faults.injector import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from core.orders.model import Order

MANY = [f"S@l{n:02}" for n in range(41)]
PLACES = ["A", "B", *MANY]
STOCK = 3
LONGER = 10 if os.environ.get("PROOF") == "1" else 1
KEYS = st.sampled_from(["k1", "k2", "k3", "k4"])
CARTS = st.one_of(
    st.lists(st.tuples(st.sampled_from(["A", "B"]), st.integers(1, 3)), min_size=1, max_size=3),
    st.integers(1, 2).map(lambda n: [(at, n) for at in MANY]),
)
FAULTS = st.lists(
    st.sampled_from([None, None, None, *(f for f in Fault if f is not Fault.UNSENT)]), max_size=6
)
DEATHS = st.one_of(st.none(), st.none(), st.integers(0, 3))
"""The number of writes that a call still gets through before its process ends."""


class Orders(RuleBasedStateMachine):
    """One shop; every rule may be cut off by a death or met by faults."""

    kind = "fake"

    def __init__(self) -> None:
        """Open the shop with three of everything."""
        super().__init__()
        self.opened = SUBJECTS[self.kind]()
        self.desk = Desk(self.opened.__enter__())
        self.desk.put("A", {"main": STOCK})
        self.desk.put("B", {"main": STOCK})
        for start in (0, 20, 40):
            locations = {f"l{n:02}": STOCK for n in range(start, min(start + 20, 41))}
            self.desk.put("S", locations)
        self.carts: dict[str, list[tuple[str, int]]] = {}
        self.tickets = 0

    def teardown(self) -> None:
        """Settle everything, check that all adds up, close the shop."""
        try:
            self.settle()
            self.adds_up()
        finally:
            self.opened.__exit__(None, None, None)

    def _met(
        self, act: Callable[[], object], faults: list[Fault | None], death: int | None
    ) -> None:
        """Do something under faults, until it ends or its process does."""
        injected = self.desk.subject.faults
        injected.script.extend(faults if death is None else [None] * death)
        if death is not None:
            injected.decide = die
        with suppress(DiedError, Busy, Conflict):
            act()
        injected.stop()

    def _orders(self) -> Iterator[Order]:
        for key in self.carts:
            record = self.desk.subject.orders.record(TENANT, key)
            if record is not None:
                order = self.desk.subject.orders.order(TENANT, record.resource_id)
                assert order is not None
                yield order

    def _ticket(self) -> Ticket:
        self.tickets += 1
        return Ticket(f"ticket-{self.tickets}", "body")

    @rule(key=KEYS, cart=CARTS, faults=FAULTS, death=DEATHS)
    def place(
        self, key: str, cart: list[tuple[str, int]], faults: list[Fault | None], death: int | None
    ) -> None:
        """Place an order, or try again what is under the key."""
        cart = self.carts.setdefault(key, cart)
        self._met(lambda: self.desk.place(key, cart), faults, death)

    @rule(faults=FAULTS, death=DEATHS)
    def sweep(self, faults: list[Fault | None], death: int | None) -> None:
        """Sweep whatever is stale."""
        for order in list(self._orders()):

            def once(order_id: str = order.header.id) -> None:
                with suppress(Exception):
                    self.desk.sweep(order_id)

            self._met(once, list(faults), death)

    @rule(millis=st.sampled_from([1_000, LEASE_MS, STALE_AFTER_MS]))
    def wait(self, millis: int) -> None:
        """Time passes."""
        self.desk.clock.advance(millis)

    @rule(key=KEYS, to=st.sampled_from(sorted(NEXT)), faults=FAULTS, death=DEATHS)
    def change(
        self, key: str, to: OrderState, faults: list[Fault | None], death: int | None
    ) -> None:
        """Move an order on, if it stands."""
        order = self._standing(key)
        if order is None:
            return
        desk = self.desk
        change = Change(desk.subject.orders, desk.clock, TimedUlids(desk.clock), desk.dice)
        ticket, order_id = self._ticket(), order.header.id
        self._met(lambda: change.to(desk.act, ticket, order_id, to), faults, death)

    @rule(key=KEYS, quantity=st.integers(1, 2), restock=st.booleans(), faults=FAULTS)
    def reverse(
        self, key: str, quantity: int, faults: list[Fault | None], *, restock: bool
    ) -> None:
        """Give back some of an order's first line."""
        order = self._standing(key)
        if order is None:
            return
        early = order.header.state in CANCELLABLE
        kind = ReversalKind.CANCELLATION if early else ReversalKind.RETURN
        draft = ReversalDraft(kind, {1: quantity}, restock=early or restock)
        desk = self.desk
        use = Reverse(desk.subject.orders, desk.clock, TimedUlids(desk.clock), desk.dice)
        ticket, order_id = self._ticket(), order.header.id
        self._met(lambda: use.reverse(desk.act, ticket, order_id, draft), faults, None)

    def _standing(self, key: str) -> Order | None:
        record = self.desk.subject.orders.record(TENANT, key) if key in self.carts else None
        order = record and self.desk.subject.orders.order(TENANT, record.resource_id)
        return None if not order or order.header.state in UNPLACED else order

    def settle(self) -> None:
        """Let every death be found: one sweep after a minute."""
        self.desk.clock.advance(STALE_AFTER_MS)
        for order in list(self._orders()):
            self.desk.sweep(order.header.id)

    @invariant()
    def never_negative_and_always_the_ledgers_sum(self) -> None:
        """Whatever happened: no level below zero, each the sum of its movements."""
        self.desk.check(PLACES)

    @invariant()
    def money_adds_up(self) -> None:
        """Subtotal and total are those of the lines, to the minor unit."""
        for order in self._orders():
            cost = sum(q * 100 for _, q in ((n.sku, n.quantity) for n in order.lines))
            assert order.header.subtotal == order.header.total == cost
            reversals = self.desk.subject.orders.reversals(TENANT, order.header.id)
            back = Counter(dict.fromkeys(ReversalKind, 0))
            for reversal in reversals:
                back[reversal.kind] += sum(n.quantity * 100 for n in reversal.lines)
            assert order.header.returned == back[ReversalKind.RETURN]
            assert order.header.cancelled == back[ReversalKind.CANCELLATION]

    def adds_up(self) -> None:
        """No order is half-applied: the stock is exactly what the orders that stand leave."""
        expected: Counter[tuple[tuple[str, str], str]] = Counter()
        for order in self._orders():
            for column, moved in self._taken(order).items():
                expected[column] += moved
        for at in PLACES:
            level = self.desk.level(at)
            place = (level.sku, level.location)
            assert level.available == STOCK + expected[place, "available"]
            assert level.reserved == expected[place, "reserved"]

    def _taken(self, order: Order) -> Counter[tuple[tuple[str, str], str]]:
        """Return what an order that is settled has done to stock."""
        assert order.header.state in {*NEXT, OrderState.RELEASED}, order.header
        reversals = self.desk.subject.orders.reversals(TENANT, order.header.id)
        gone = [r for r in reversals if not r.restocked]
        kept = [r for r in reversals if r.restocked]
        moved: Counter[tuple[tuple[str, str], str]] = Counter()
        stages = order.header.stages
        if order.header.state is OrderState.RELEASED or "cancelled" in stages:
            return moved
        assert not gone or "shipped" in stages
        for line in remaining(order.lines, kept):
            place = (line.sku, line.location)
            moved[place, "available"] -= line.quantity
            if "shipped" not in stages:
                moved[place, "reserved"] += line.quantity
        return moved


class _OnMoto(Orders):
    kind = "moto"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("machine", "runs", "steps"), [(Orders, 100, 20), (_OnMoto, 2, 10)], ids=["fake", "moto"]
)
def test_any_sequence_adds_up(machine: type[Orders], runs: int, steps: int) -> None:
    """Guarantee: never negative, ledger = level, no half order after a sweep, money adds up."""
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=runs * LONGER,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
