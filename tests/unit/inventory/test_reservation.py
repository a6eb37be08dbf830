"""Reservations as arithmetic."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.inventory.model import ON_THE_SHELF
from core.inventory.reservation import MOVES, Hold, Reservation, ReservationState, summed

holds = st.lists(
    st.builds(Hold, st.sampled_from("AaB"), st.sampled_from(["main", "north"]), st.integers(1, 9))
)
State = ReservationState


def reservation(state: State = State.HELD) -> Reservation:
    """Return a reservation of three units until 1,000."""
    return Reservation("r", state, (Hold("A", "main", 3),), 1_000, 0, 0)


@given(holds)
def test_lines_are_summed_per_place(lines: list[Hold]) -> None:
    """Guarantee: each SKU and location stands once, sorted, with all that its lines ask for."""
    total: Counter[tuple[str, str]] = Counter()
    for line in lines:
        total[line.place] += line.quantity
    found = summed(lines)
    assert {hold.place: hold.quantity for hold in found} == total
    assert list(found) == sorted(found)


@pytest.mark.parametrize("end", [State.COMMITTED, State.RELEASED, State.EXPIRED])
def test_every_end_takes_all_of_what_was_reserved(end: State) -> None:
    """Guarantee: no end leaves something reserved; only a commit lets goods leave."""
    begun, ended = reservation().movements, reservation(end).movements
    assert sum(m.reserved for m in (*begun, *ended)) == 0
    left = sum(m.available + m.reserved for m in (*begun, *ended))
    assert left == (-3 if end is State.COMMITTED else 0)


def test_no_end_makes_a_count_stale() -> None:
    """Guarantee: what was reserved may come and go without a counter having to look again."""
    assert not ON_THE_SHELF & set(MOVES.values())


@pytest.mark.parametrize(("now", "state"), [(999, State.HELD), (1_000, State.EXPIRED)])
def test_time_ends_a_hold_to_the_millisecond(now: int, state: State) -> None:
    """Guarantee: at `held_until` it is over; what has ended otherwise stays as it ended."""
    assert reservation().at(now).state is state
    assert reservation(State.COMMITTED).at(now).state is State.COMMITTED
