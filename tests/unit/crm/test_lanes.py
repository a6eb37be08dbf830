"""When a lane is pushed, and how much of it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.crm.lanes import LANES, ORDERS, STOCK, Lane, Look, Waiting, ready, soonest, within

NOW = 1_000_000
LINGER = 5_000


def look(lane: Lane, *due: int) -> Look:
    """Return a look at a lane with entries due at these times."""
    entries = [Waiting((f"main#X#{n}", "H"), str(n), at) for n, at in enumerate(sorted(due))]
    return Look(lane, tuple(entries))


def test_orders_wait_for_their_linger() -> None:
    """A few fresh orders wait, and go together once the oldest is due."""
    assert ready(look(ORDERS, NOW + 1, NOW + 4_000), NOW, LINGER) == ()
    assert len(ready(look(ORDERS, NOW, NOW + 4_000), NOW, LINGER)) == 2


def test_a_hundred_orders_do_not_wait() -> None:
    """A full batch of orders goes at once, and only full batches do."""
    assert len(ready(look(ORDERS, *[NOW + 4_000] * 99), NOW, LINGER)) == 0
    assert len(ready(look(ORDERS, *[NOW + 4_000] * 100), NOW, LINGER)) == 100
    assert len(ready(look(ORDERS, *[NOW + 4_000] * 250), NOW, LINGER)) == 200


def test_stock_is_never_flushed_before_its_linger_ends() -> None:
    """A thousand dirty levels wait for the oldest's linger, then all that is dirty goes."""
    assert ready(look(STOCK, *[NOW + 30_000] * 900), NOW, 60_000) == ()
    later = look(STOCK, NOW, *[NOW + 59_000] * 900)
    assert len(ready(later, NOW, 60_000)) == 901


def test_what_is_resting_counts_for_nothing() -> None:
    """A hundred orders that rest after an outage are no reason to push, nor pushed with others."""
    resting = [NOW + LINGER + 1] * 100
    assert ready(look(ORDERS, *resting), NOW, LINGER) == ()
    assert len(ready(look(ORDERS, NOW, *resting), NOW, LINGER)) == 1


@given(st.sampled_from(LANES), st.lists(st.integers(NOW - 10_000, NOW + 10_000), max_size=1_500))
def test_no_turn_is_longer_than_its_share(lane: Lane, due: list[int]) -> None:
    """However much waits, a lane's turn is bounded, so that the others come to theirs."""
    assert len(ready(look(lane, *due), NOW, LINGER)) <= lane.share


def test_a_turn_of_orders_is_bounded_by_lines_and_never_empty() -> None:
    """Orders are taken until their lines are enough; one that is larger goes alone."""
    assert within([1, 2, 3], limit=5) == 2
    assert within([9, 1], limit=5) == 1
    assert within([1, 1], limit=5) == 2
    assert within([]) == 0


def test_soonest_looks_over_all_lanes() -> None:
    """The next time that anything is due is that of the oldest entry of any lane."""
    assert soonest([look(ORDERS, NOW + 9), look(STOCK, NOW + 3), look(ORDERS)]) == NOW + 3
    assert soonest([look(ORDERS)]) is None
