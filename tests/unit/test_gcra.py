"""The rate budget's arithmetic: no window ever holds more than it may."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from core.crm.allowance import LIMITS, TEN_SECOND
from core.gcra import SECOND, Limit, earliest, hold, reserve

LIMIT = LIMITS[TEN_SECOND]
WINDOW = 10 * SECOND
HORIZON = 2 * SECOND


@given(
    st.lists(st.tuples(st.integers(0, 3 * SECOND), st.integers(1, 40)), min_size=1, max_size=80),
    st.sampled_from([LIMIT, Limit.per_second(5, 1), Limit.per_second(100, 20)]),
)
def test_no_window_holds_more_than_rate_and_burst(
    asks: list[tuple[int, int]], limit: Limit
) -> None:
    """However callers come, any ten seconds hold at most rate times ten and the burst."""
    now, arrival = 1_000 * SECOND, 0
    starts: list[int] = []
    for pause, count in asks:
        now += pause
        given_, arrival = reserve(limit, arrival, now, count, HORIZON)
        assert all(now <= start <= now + HORIZON for start in given_)
        starts += given_
    starts.sort()
    most = WINDOW // limit.interval + limit.burst
    for first, start in enumerate(starts):
        within = sum(1 for other in starts[first:] if other < start + WINDOW)
        assert within <= most


def test_our_plan_keeps_within_hubspots_window_and_uses_95_percent() -> None:
    """A writer that always has work starts 95 % of 190 calls in ten seconds and never 190."""
    arrival, now = 0, 1_000 * SECOND
    starts: list[int] = []
    while now < 1_060 * SECOND:
        given_, arrival = reserve(LIMIT, arrival, now, 20, HORIZON)
        starts += given_
        now = (given_[-1] if given_ else now) + 1
    counts = [
        sum(1 for s in starts if begin <= s < begin + WINDOW)
        for begin in range(1_000 * SECOND, 1_050 * SECOND, SECOND)
    ]
    assert min(counts) >= 0.95 * 190
    assert max(counts) <= 186


def test_after_a_hold_nothing_starts_early_and_no_burst_follows() -> None:
    """A hold keeps every start back, and the calls behind it come one by one."""
    held = hold(LIMIT, 0, 50 * SECOND)
    assert reserve(LIMIT, held, 40 * SECOND, 5, HORIZON)[0] == ()
    assert earliest(LIMIT, held, 40 * SECOND) == 50 * SECOND
    starts, _ = reserve(LIMIT, held, 49 * SECOND, 3, HORIZON)
    assert starts[0] == 50 * SECOND
    assert [b - a for a, b in pairwise(starts)] == [LIMIT.interval] * 2


def test_a_hold_never_shortens_a_wait() -> None:
    """Holding until a time that is nearer than the state's own changes nothing."""
    assert hold(LIMIT, 90 * SECOND, 10 * SECOND) == 90 * SECOND
