"""Leases of a share: few writes for who is busy, and no more taken than is used by who is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.access.limits import LIFE, MOST, SLACK, Lease, taking
from core.errors import TooMany
from core.gcra import SECOND, Limit

NOW = 1_795_300_500 * SECOND
LIMIT = Limit.per_second(50, 100)


def test_a_lease_grows_while_it_is_used_up() -> None:
    """Guarantee: 1, 2, 4, 8, 10, 10: who calls without a pause writes ever more rarely."""
    lease, sizes = Lease(), []
    for call in range(40):
        now = NOW + call * 10_000
        left = lease.used(now)
        if left is None:
            size = lease.next_size(now, MOST)
            sizes.append(size)
            left = Lease(size, size - 1, now + LIFE)
        lease = left
    assert sizes == [1, 2, 4, 8, 10, 10, 10]


def test_a_lease_that_was_not_needed_is_followed_by_one_call() -> None:
    """Guarantee: what is left of a lease ends with its second, and the next one is small."""
    half = Lease(8, 4, NOW + LIFE)
    assert half.used(NOW + LIFE - 1) == Lease(8, 3, NOW + LIFE)
    assert half.used(NOW + LIFE) is None
    assert half.next_size(NOW + LIFE, MOST) == 1
    assert Lease(8, 0, NOW).next_size(NOW, MOST) == 1


@given(
    st.integers(1, 200),
    st.integers(1, 50),
    st.lists(st.tuples(st.integers(0, SECOND), st.integers(1, MOST)), max_size=60),
)
def test_no_window_holds_more_than_rate_and_burst(
    rate: int, burst: int, asks: list[tuple[int, int]]
) -> None:
    """Guarantee: however it is asked, calls taken up to any moment keep within the limit.

    The steps are applied as the store applies them: a condition, and a sum.
    """
    limit, arrival, now, taken = Limit.per_second(rate, burst), 0, NOW, 0
    for pause, wanted in asks:
        now += pause
        try:
            step = taking(limit, arrival, now, wanted)
        except TooMany as refused:
            wait = refused.retry_after or 0
            assert wait >= 1
            assert taking(limit, arrival, now + wait * SECOND, 1).count == 1
            continue
        assert 1 <= step.count <= min(wanted, burst)
        assert arrival < step.below
        assert step.anew == (arrival < now)
        arrival = (now if step.anew else arrival) + step.cost
        assert arrival <= step.beyond - SLACK
        taken += step.count
        assert taken <= (now - NOW) / limit.interval + burst + 1


def test_what_is_left_is_taken() -> None:
    """Guarantee: with fewer left than asked for, those are taken and not refused."""
    arrival = NOW + LIMIT.tolerance - 2 * LIMIT.interval
    assert taking(LIMIT, arrival, NOW, MOST).count == 3
    with pytest.raises(TooMany) as refused:
        taking(LIMIT, NOW + LIMIT.tolerance + 1, NOW, MOST)
    assert refused.value.retry_after == 1


def test_a_state_that_cannot_be_is_begun_anew() -> None:
    """Guarantee: a clock gone wrong, or a limit that was changed, shuts nobody out for long."""
    furthest = NOW + LIMIT.burst * LIMIT.interval + SLACK
    with pytest.raises(TooMany):
        taking(LIMIT, furthest, NOW, 1)
    assert taking(LIMIT, furthest + 1, NOW, 1).anew


def test_seconds_to_wait_are_enough() -> None:
    """Guarantee: Retry-After is rounded up: who waits that long is let through."""
    slow = Limit.per_second(1 / 60, 1)
    with pytest.raises(TooMany) as refused:
        taking(slow, NOW + 59 * SECOND + 1, NOW, 1)
    assert refused.value.retry_after == 60
