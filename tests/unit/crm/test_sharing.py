"""Another program on the same quota is seen in what HubSpot counts beyond our own calls."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.crm.outcomes import Quota
from core.crm.sharing import Lately, elsewhere

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
    assert elsewhere(quota(min(used, LIMIT)), lately, sent_at) == 0


def test_a_fifth_that_is_anothers_is_noticed() -> None:
    """A program that takes 38 of 190 calls shows, beside 147 of ours."""
    lately = Lately().started(n * WINDOW // 147 for n in range(1, 300))
    now = 299 * WINDOW // 147
    assert elsewhere(quota(147 + 38), lately, now) >= LIMIT // 20


def test_a_few_calls_are_overlooked() -> None:
    """Calls of set-up are not in our count."""
    assert elsewhere(quota(9), Lately(), WINDOW) == 0
    assert elsewhere(quota(10), Lately(), WINDOW) == 10


def test_headers_without_figures_accuse_nobody() -> None:
    """Search tells nothing of the window."""
    assert elsewhere(Quota(), Lately(), 0) == 0


def test_what_is_kept_stays_small() -> None:
    """A day's calls leave a count for each of the last seconds only."""
    lately = Lately()
    for start in range(0, 86_400_000, 20_000):
        lately = lately.started([start])
    assert len(lately.seconds) <= 3
