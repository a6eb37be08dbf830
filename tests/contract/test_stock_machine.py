"""Any sequence of what people and time do to stock: the real adapters on moto, under faults."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
)

from core.contention import PATIENCE_MS
from core.errors import Conflict
from core.inventory.changes import Adjustment, Count
from core.inventory.model import Level, Reason
from core.inventory.reservation import Hold, Reservation, ReservationState
from tests.faults.injector import Fault, injected_into_moto
from tests.support.quick_moto import quick_moto
from tests.support.stockroom import TENANT, Room

SKUS = {"A": False, "B": True}
"""SKU → whether it allows back-orders."""

skus = st.sampled_from(sorted(SKUS))
few = st.integers(1, 6)
faults = st.lists(st.sampled_from([None, *Fault]), max_size=3)
ENDS = (ReservationState.COMMITTED, ReservationState.RELEASED)


class Stock(RuleBasedStateMachine):
    """The store beside plain arithmetic: both must always say the same."""

    reservations: Bundle[Reservation] = Bundle("reservations")

    def __init__(self) -> None:
        """Open an empty room."""
        super().__init__()
        self.aws = ExitStack()
        self.aws.enter_context(quick_moto())
        self.room = Room()
        self.faults = self.aws.enter_context(injected_into_moto(self.room.dynamodb))
        self.expected: dict[str, Level] = {}
        self.held: dict[str, tuple[Hold, ...]] = {}

    def teardown(self) -> None:
        """Close it."""
        self.aws.close()

    @initialize()
    def open(self) -> None:
        """Put both products with five units each."""
        for sku, backorder in SKUS.items():
            self.room.put(sku, backorder=backorder, main=5)
            self.expected[sku] = Level(sku, "main", 5, 0, backorder, opening=5)

    def moved(self, sku: str, available: int, reserved: int = 0, counted: int = 0) -> None:
        """Note what a movement must have done."""
        old = self.expected[sku]
        self.expected[sku] = replace(
            old,
            available=old.available + available,
            reserved=old.reserved + reserved,
            version=old.version + 1,
            count_version=old.count_version + counted,
        )

    @rule(sku=skus, change=st.integers(-6, 6).filter(bool), faults=faults)
    def adjust(self, sku: str, change: int, faults: list[Fault | None]) -> None:
        """Adjust: it succeeds exactly if it leaves no less than nothing."""
        self.faults.script = faults
        allowed = self.expected[sku].covers(-change)
        wanted = Adjustment(sku, "main", change, Reason.OTHER)
        try:
            self.room.stocktaking.adjust(self.room.act(), wanted, self.room.ticket())
        except Conflict:
            assert not allowed
        else:
            assert allowed
            self.moved(sku, change, counted=1)

    @rule(sku=skus, on_hand=st.integers(0, 12), lag=st.sampled_from([0, 0, 1]), faults=faults)
    def count(self, sku: str, on_hand: int, lag: int, faults: list[Fault | None]) -> None:
        """Count: it succeeds exactly if it is not stale and leaves what is reserved."""
        self.faults.script = faults
        level = self.expected[sku]
        allowed = not lag and (level.backorder or on_hand >= level.reserved)
        wanted = Count(sku, "main", on_hand, level.count_version - lag)
        try:
            self.room.stocktaking.count(self.room.act(), wanted)
        except Conflict:
            assert not allowed
        else:
            assert allowed
            self.moved(sku, on_hand - level.on_hand, counted=1)

    @rule(target=reservations, a=few, b=few, seconds=st.sampled_from([60, 600]), faults=faults)
    def reserve(
        self, a: int, b: int, seconds: int, faults: list[Fault | None]
    ) -> Reservation | MultipleResults[Reservation]:
        """Reserve two SKUs: both or neither."""
        self.faults.script = faults
        holds = (Hold("A", "main", a), Hold("B", "main", b))
        try:
            made = self.room.reserving.reserve(self.room.act(), self.room.ticket(), holds, seconds)
        except Conflict:
            assert not self.expected["A"].covers(a)
            return multiple()
        for hold in holds:
            self.moved(hold.sku, -hold.quantity, hold.quantity)
        self.held[made.id] = holds
        return made

    @rule(made=reservations, end=st.sampled_from(ENDS), faults=faults)
    def end(self, made: Reservation, end: ReservationState, faults: list[Fault | None]) -> None:
        """End: it succeeds exactly for what is still held, and not past its time."""
        room, reservation_id = self.room, made.id
        soon = 0 < made.held_until - room.clock.now() < PATIENCE_MS
        self.faults.script = [] if soon else faults  # a retry must not outlive the reservation
        counts = reservation_id in self.held and room.clock.now() < made.held_until
        try:
            room.reserving.end(room.act(), room.ticket(), reservation_id, end)
        except Conflict:
            assert not counts
        else:
            assert counts
            back = end is ReservationState.RELEASED
            for hold in self.held.pop(reservation_id):
                self.moved(hold.sku, hold.quantity if back else 0, -hold.quantity)

    @rule(made=consumes(reservations))
    def expire(self, made: Reservation) -> None:
        """Sweep: exactly what is held past its time is given back."""
        self.faults.stop()
        reservation_id = made.id
        over = self.room.clock.now() >= made.held_until
        done = self.room.reserving.expire(TENANT, reservation_id)
        assert done == (over and reservation_id in self.held)
        if done:
            for hold in self.held.pop(reservation_id):
                self.moved(hold.sku, hold.quantity, -hold.quantity)

    @rule(seconds=st.sampled_from([1, 61]))
    def wait(self, seconds: int) -> None:
        """Let time pass."""
        self.room.clock.advance(1000 * seconds)

    @invariant()
    def levels_are_as_expected(self) -> None:
        """Check that store and arithmetic agree, and that the ledger's sum is the level."""
        for sku, level in self.expected.items():
            assert self.room.level(sku) == level
        self.room.assert_balanced(*self.expected)


TestStock = Stock.TestCase
"""Guarantee: whatever happens, in any order: ledger sum = level, never negative, no half step."""

TestStock.settings = settings(
    max_examples=12,
    stateful_step_count=15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
