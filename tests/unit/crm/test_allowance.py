"""What HubSpot's headers and 429s do to our plan."""

from __future__ import annotations

import pytest

from core.crm.allowance import DAILY, LIMITS, SEARCH, TEN_SECOND, Day, Pace, pause, room_at, scarce
from core.crm.outcomes import Quota

PLAN = LIMITS[TEN_SECOND]
MINUTE = 60_000


@pytest.mark.parametrize(("maximum", "rate"), [(100, 9.62), (110, 10.582), (190, 18.278)])
def test_a_lower_limit_in_the_headers_lowers_the_rate(maximum: int, rate: float) -> None:
    """A portal of a lower tier is called at 96.2 % of its own limit."""
    limit = Pace().seen(Quota(10_000, maximum, 50), 0).limit(PLAN)
    assert 1_000_000 / limit.interval == pytest.approx(rate, rel=0.001)


def test_a_higher_limit_in_the_headers_raises_nothing() -> None:
    """Headers only lower the plan."""
    assert Pace().seen(Quota(10_000, 250, 200), 0).limit(PLAN) == PLAN


def test_a_remainder_that_we_alone_never_reach_makes_us_pause() -> None:
    """Alone we go on while anything remains; beside another program some must remain for it."""
    assert not scarce(1, others=0)
    assert scarce(0, others=0)
    assert not scarce(10, others=20)
    assert scarce(9, others=20)


def test_room_is_made_for_another_program_but_never_all() -> None:
    """What likely is another's is not ours to use; a tenth of the limit always is."""
    limit = Pace().seen(Quota(10_000, 190, 0), 38).limit(PLAN)
    assert 1_000_000 / limit.interval == pytest.approx(15.2 * 0.962, rel=0.001)
    least = Pace().seen(Quota(10_000, 190, 0), 190).limit(PLAN)
    assert 1_000_000 / least.interval == pytest.approx(1.9 * 0.962, rel=0.001)


def test_room_comes_when_our_own_calls_leave_the_window() -> None:
    """A pause ends when five of our calls have left, or after a second when we know of fewer."""
    given = [0, 100, 200, 300, 400, 500, 9_000]
    assert room_at(given, 10_000, 9_500) == 10_400
    assert room_at(given, 10_000, 10_050) == 10_500
    assert room_at([9_000], 10_000, 9_500) == 10_500


def test_headers_without_figures_change_nothing() -> None:
    """Search answers and OAuth tell nothing of some limits."""
    assert Pace().seen(Quota(), 9) == Pace()
    assert Day().seen(Quota(), 5) == Day()
    assert not scarce(None, 20)


def test_the_last_tenth_of_the_day_is_for_orders() -> None:
    """Near the day's end only what is urgent goes on, and with nothing left nothing does."""
    day = Day().seen(Quota(daily=1_000, daily_remaining=100), 0)
    assert day.until(0, urgent=True) == 0
    assert day.until(0, urgent=False) == 15 * MINUTE
    spent = day.spent(0)
    assert spent.until(0, urgent=True) == 15 * MINUTE
    assert spent.until(15 * MINUTE, urgent=True) == 15 * MINUTE


def test_a_new_day_is_noticed() -> None:
    """The call that is let through each quarter of an hour shows that midnight has passed."""
    day = Day().seen(Quota(daily=1_000, daily_remaining=0), 0)
    assert day.until(14 * MINUTE, urgent=False) > 14 * MINUTE
    assert day.until(15 * MINUTE, urgent=False) == 15 * MINUTE
    fresh = day.seen(Quota(daily=1_000, daily_remaining=999), 15 * MINUTE)
    assert fresh.until(15 * MINUTE, urgent=False) == 15 * MINUTE


@pytest.mark.parametrize(
    ("policy", "after", "expected"),
    [
        ("TEN_SECONDLY_ROLLING", None, (TEN_SECOND, 10_000_000)),
        ("TEN_SECONDLY_ROLLING", 12.5, (TEN_SECOND, 12_500_000)),
        ("SECONDLY", None, (SEARCH, 1_000_000)),
        ("DAILY", None, (DAILY, 900_000_000)),
    ],
)
def test_each_429_holds_its_own_limit(
    policy: str, after: float | None, expected: tuple[str, int]
) -> None:
    """A 429 holds the limit that it names, for HubSpot's Retry-After where there is one."""
    assert pause(policy, after) == expected
