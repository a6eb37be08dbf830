"""Rivals that come between a decision and its write, on the real adapters over moto."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from core.errors import Conflict
from core.inventory.changes import Adjustment, Count
from core.inventory.model import Reason
from core.inventory.reservation import Hold, ReservationState
from tests.support.quick_moto import quick_moto
from tests.support.stockroom import TENANT, Room

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

COMMITTED, RELEASED = ReservationState.COMMITTED, ReservationState.RELEASED
WRITE = "before-parameter-build.dynamodb.TransactWriteItems"


@pytest.fixture
def room() -> Iterator[Room]:
    """Return a room with five of A."""
    with quick_moto():
        made = Room()
        made.put("A", main=5)
        yield made


def interrupt(room: Room, rival: Callable[[], object]) -> list[object]:
    """Run `rival` right before the next transaction; return what came of it."""
    came: list[object] = []

    def run(**_: Any) -> None:
        room.dynamodb.meta.events.unregister(WRITE, run)
        came.append(rival())

    room.dynamodb.meta.events.register(WRITE, run)
    return came


def end(room: Room, reservation_id: str, state: ReservationState) -> ReservationState | str:
    """End a reservation under a key of its own; return the state, or why not."""
    try:
        return room.reserving.end(room.act(), room.ticket(), reservation_id, state).state
    except Conflict as refused:
        return refused.code


@pytest.mark.parametrize("rival", [COMMITTED, RELEASED])
@pytest.mark.parametrize("mine", [COMMITTED, RELEASED])
def test_of_two_ends_one_counts(
    room: Room, mine: ReservationState, rival: ReservationState
) -> None:
    """Guarantee: when both have seen it held, the first is told yes, the other the state."""
    held = room.reserving.reserve(room.act(), room.ticket(), [Hold("A", "main", 2)], 60)
    came = interrupt(room, lambda: end(room, held.id, rival))
    assert end(room, held.id, mine) == "reservation_not_held"
    assert came == [rival]
    assert room.reserving.read(TENANT, held.id).state is rival
    assert room.level().on_hand == (3 if rival is COMMITTED else 5)
    room.assert_balanced("A")


def test_a_commit_at_the_last_moment_beats_the_sweeper(room: Room) -> None:
    """Guarantee: a sweeper that has decided to expire does nothing when a commit came first."""
    held = room.reserving.reserve(room.act(), room.ticket(), [Hold("A", "main", 2)], 60)
    room.clock.advance(60_000)

    def commit() -> object:
        room.clock.advance(-1)
        return end(room, held.id, COMMITTED)

    came = interrupt(room, commit)
    assert room.reserving.expire(TENANT, held.id) is False
    assert came == [COMMITTED]
    assert room.level().on_hand == 3
    room.assert_balanced("A")


def test_two_sweepers_expire_once(room: Room) -> None:
    """Guarantee: only one of two sweepers gives back, and only it says so."""
    held = room.reserving.reserve(room.act(), room.ticket(), [Hold("A", "main", 2)], 60)
    room.clock.advance(60_000)
    came = interrupt(room, lambda: room.reserving.expire(TENANT, held.id))
    assert room.reserving.expire(TENANT, held.id) is False
    assert came == [True]
    assert room.level().available == 5
    room.assert_balanced("A")


def test_the_same_key_at_the_same_time_is_one_reservation(room: Room) -> None:
    """Guarantee: two calls with one Idempotency-Key answer the same reservation."""
    ticket = room.ticket()

    def reserve() -> object:
        return room.reserving.reserve(room.act(), ticket, [Hold("A", "main", 5)], 60)

    came = interrupt(room, reserve)
    assert [reserve()] == came
    assert room.level().reserved == 5


def test_the_last_unit_is_reserved_once(room: Room) -> None:
    """Guarantee: what a rival took meanwhile is seen: refused, not negative."""
    lines = [Hold("A", "main", 5)]
    came = interrupt(room, lambda: room.reserving.reserve(room.act(), room.ticket(), lines, 60))
    with pytest.raises(Conflict) as refused:
        room.reserving.reserve(room.act(), room.ticket(), lines, 60)
    assert refused.value.code == "out_of_stock"
    assert len(came) == 1
    room.assert_balanced("A")


def test_a_reservation_under_a_count_is_kept(room: Room) -> None:
    """Guarantee: what is reserved while a count is under way is not lost, nor the count refused."""
    lines = [Hold("A", "main", 2)]
    interrupt(room, lambda: room.reserving.reserve(room.act(), room.ticket(), lines, 60))
    room.stocktaking.count(room.act(), Count("A", "main", 9, 1))
    level = room.level()
    assert (level.on_hand, level.reserved, level.available) == (9, 2, 7)
    room.assert_balanced("A")


def test_of_two_counts_of_one_state_one_counts(room: Room) -> None:
    """Guarantee: the slower of two counters who saw the same is told that it is stale."""
    interrupt(room, lambda: room.stocktaking.count(room.act(), Count("A", "main", 8, 1)))
    with pytest.raises(Conflict) as refused:
        room.stocktaking.count(room.act(), Count("A", "main", 9, 1))
    assert refused.value.code == "count_version_stale"
    assert room.level().on_hand == 8
    room.assert_balanced("A")


def test_a_location_is_opened_once(room: Room) -> None:
    """Guarantee: of two first counts of a location one is stale; the other is all its stock."""
    interrupt(room, lambda: room.stocktaking.count(room.act(), Count("A", "north", 8, 0)))
    with pytest.raises(Conflict) as refused:
        room.stocktaking.count(room.act(), Count("A", "north", 9, 0))
    assert refused.value.code == "count_version_stale"
    assert room.level("A", "north").on_hand == 8


def test_a_location_opened_meanwhile_follows_the_product(room: Room) -> None:
    """Guarantee: turning back-orders on misses no level that came into being at that moment."""
    interrupt(room, lambda: room.stocktaking.count(room.act(), Count("A", "north", 8, 0)))
    room.put("A", backorder=True, main=5)
    assert room.level("A", "north").backorder is True
    assert room.level("A", "main").backorder is True


def test_an_adjustment_takes_what_a_rival_left(room: Room) -> None:
    """Guarantee: an adjustment is refused when a rival has taken its units."""
    wanted = Adjustment("A", "main", -3, Reason.SHRINKAGE)

    def adjust() -> object:
        return room.stocktaking.adjust(room.act(), wanted, room.ticket())

    interrupt(room, adjust)
    with pytest.raises(Conflict) as refused:
        adjust()
    assert refused.value.code == "out_of_stock"
    assert room.level().available == 2
    room.assert_balanced("A")
