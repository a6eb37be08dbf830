"""Another program on the same quota is seen in what HubSpot counts beyond our own calls."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.crm.outcomes import Quota
from core.crm.sharing import Lately, certain, likely, remaining

WINDOW = 10_000
LIMIT = 190


def quota(used: int) -> Quota:
    """Return HubSpot's figures when so many calls of the window are used."""
    return Quota(WINDOW, LIMIT, LIMIT - used)


@given(
    st.lists(st.integers(0, 60_000), max_size=300),
    st.integers(0, 15_000),
    st.integers(0, 60_000),
)
def test_our_own_calls_are_never_taken_for_anothers(
    starts: list[int], lasts: int, sent_at: int
) -> None:
    """Whenever our calls started, and however late the answer comes: alone, nobody is accused."""
    known = [s for s in starts if s <= sent_at + lasts]
    lately = Lately().started(known)
    told_at = sent_at + lasts
    used = sum(1 for s in known if told_at - WINDOW < s <= told_at)
    assert certain(quota(min(used, LIMIT)), lately, sent_at) == 0


def test_a_fifth_that_is_anothers_is_noticed() -> None:
    """A program that takes 38 of 190 calls shows, beside 147 of ours."""
    lately = Lately().started(n * WINDOW // 147 for n in range(1, 300))
    now = 299 * WINDOW // 147
    assert certain(quota(147 + 38), lately, now) >= LIMIT // 20
    assert likely(quota(147 + 38), lately, now - 200, now) == pytest.approx(38, abs=4)


def test_our_own_steady_calls_are_no_sign_of_another() -> None:
    """Alone at full pace, with answers that take their time, the likely figure is nobody."""
    lately = Lately().started(n * WINDOW // 183 for n in range(1, 400))
    now = 399 * WINDOW // 183
    for lasts in (0, 500, 1_000, 5_000):
        assert likely(quota(183 + 3), lately, now - lasts, now) == 0


def test_starts_that_were_not_used_are_taken_back() -> None:
    """A start that was granted and given up is no call."""
    lately = Lately().started([500, 600, 1_500]).unused([600])
    assert lately.between(0, 2_000) == 2
    assert lately.unused([900, 900]).between(0, 1_000) == 0


def test_what_remains_is_reckoned_on_to_now() -> None:
    """What we started since the header was written counts already, and what left the window not."""
    lately = Lately().started([*range(500, 1_000, 50), *range(10_500, 11_000, 125)])
    assert remaining(quota(180), lately, 10_250, 11_250) == 10 - 2 + 5
    assert remaining(Quota(), lately, 0, 0) is None


def test_a_few_calls_are_overlooked() -> None:
    """Calls of set-up are not in our count."""
    assert certain(quota(9), Lately(), WINDOW) == 0
    assert certain(quota(10), Lately(), WINDOW) == 10


def test_headers_without_figures_accuse_nobody() -> None:
    """Search tells nothing of the window."""
    assert certain(Quota(), Lately(), 0) == 0


def test_what_is_kept_stays_small() -> None:
    """A day's calls leave a count for each of the last half seconds only."""
    lately = Lately()
    for start in range(0, 86_400_000, 20_000):
        lately = lately.started([start])
    assert len(lately.ticks) <= 3
