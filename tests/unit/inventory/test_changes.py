"""Counts and adjustments as arithmetic."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Conflict
from core.inventory.changes import Adjustment, Count, adjusted, counted, unopened
from core.inventory.model import Level, Reason

numbers = st.integers(0, 10**9)


@given(available=st.integers(-(10**6), 10**9), reserved=numbers, on_hand=numbers)
def test_a_count_brings_on_hand_to_what_was_counted(
    available: int, reserved: int, on_hand: int
) -> None:
    """Guarantee: level and movement together are the count, reserved stays as it is."""
    level = Level("A", "main", available, reserved, backorder=True, count_version=7)
    movement = counted(level, Count("A", "main", on_hand, 7), "cause", 0)
    assert level.on_hand + movement.available + movement.reserved == on_hand
    assert movement.reserved == 0


@given(available=numbers, reserved=numbers, on_hand=numbers)
def test_a_count_never_leaves_less_than_nothing(
    available: int, reserved: int, on_hand: int
) -> None:
    """Guarantee: without back-orders a count is refused exactly if available would be negative."""
    level = Level("A", "main", available, reserved)
    count = Count("A", "main", on_hand, 1)
    if on_hand < reserved:
        with pytest.raises(Conflict, match="Fewer were counted"):
            counted(level, count, "cause", 0)
    else:
        assert available + counted(level, count, "cause", 0).available >= 0


@pytest.mark.parametrize("seen", [0, 6, 8])
def test_any_other_count_version_is_stale(seen: int) -> None:
    """Guarantee: neither an older nor a made-up `count_version` passes."""
    level = Level("A", "main", 5, 0, count_version=7)
    with pytest.raises(Conflict) as refused:
        counted(level, Count("A", "main", 5, seen), "cause", 0)
    assert refused.value.code == "count_version_stale"
    assert refused.value.current == {"on_hand": 5, "reserved": 0, "count_version": 7}


def test_a_location_that_nobody_counted_is_empty_at_version_0() -> None:
    """Guarantee: the first count of a location is the whole of its stock."""
    level = unopened("A", "north", backorder=False)
    movement = counted(level, Count("A", "north", 4, 0), "cause", 0)
    assert (level.on_hand, movement.available) == (0, 4)


def test_an_adjustment_keeps_reason_and_note() -> None:
    """Guarantee: the ledger's line says all that the person said."""
    wanted = Adjustment("A", "main", -2, Reason.DAMAGED, "wet")
    movement = adjusted(wanted, "cause", 3)
    assert (movement.available, movement.reserved) == (-2, 0)
    assert (movement.reason, movement.note, movement.at) == (Reason.DAMAGED, "wet", 3)
