"""Consent: the newest decision counts, in whatever order they arrive, and nothing is lost."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.customers.consent import (
    AHEAD_MS,
    MAX_PURPOSES,
    SALE_OR_SHARING,
    Basis,
    Decision,
    State,
    decided,
    freshly_given,
    sold_or_shared,
)
from core.errors import Unprocessable

NOW = 1_000_000
YES = Decision("newsletter", State.GRANTED, Basis.CONSENT, 10, "checkout", "v3")
NO = replace(YES, state=State.WITHDRAWN, at=20, source="portal")

DECISIONS = st.builds(
    Decision,
    purpose=st.sampled_from(["newsletter", "profiling", SALE_OR_SHARING]),
    state=st.sampled_from(State),
    basis=st.sampled_from(Basis),
    at=st.integers(0, 3),
    source=st.just("shop"),
)


@given(st.lists(DECISIONS, max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(decisions: list[Decision], dice: object) -> None:
    """Guarantee: however they arrive, the same state counts, and a withdrawal wins a tie."""
    shuffled = list(decisions)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    first, second = decided({}, decisions, NOW), decided({}, shuffled, NOW)
    assert {p: (d.state, d.at) for p, d in first.items()} == {
        p: (d.state, d.at) for p, d in second.items()
    }
    for purpose, counts in first.items():
        same = [d for d in decisions if d.purpose == purpose]
        newest = [d for d in same if d.at == max(d.at for d in same)]
        assert counts.at == newest[0].at
        assert (counts.state is State.WITHDRAWN) == (State.WITHDRAWN in {d.state for d in newest})


def test_an_old_consent_does_not_undo_a_withdrawal() -> None:
    """Guarantee: a consent that arrives late, but was given before, changes nothing."""
    held = decided({}, [NO], NOW)
    assert decided(held, [YES], NOW) == held


def test_do_not_sell_or_share_is_a_withdrawal() -> None:
    """Guarantee: sale and sharing are allowed until they are withdrawn (CCPA is an opt-out)."""
    assert sold_or_shared({})
    out = Decision(SALE_OR_SHARING, State.WITHDRAWN, Basis.CONSENT, 5, "footer link")
    assert not sold_or_shared(decided({}, [out], NOW))
    assert sold_or_shared(decided({}, [out, replace(out, state=State.GRANTED, at=6)], NOW))


def test_nothing_is_decided_in_the_future() -> None:
    """Guarantee: a clock may be five minutes ahead, and no more."""
    decided({}, [replace(YES, at=NOW + AHEAD_MS)], NOW)
    with pytest.raises(Unprocessable) as refused:
        decided({}, [replace(YES, at=NOW + AHEAD_MS + 1)], NOW)
    assert refused.value.code == "consent_in_the_future"


def test_purposes_are_bounded() -> None:
    """Guarantee: a customer's item cannot grow without end."""
    many = [replace(YES, purpose=f"p{n}") for n in range(MAX_PURPOSES + 1)]
    assert len(decided({}, many[:-1], NOW)) == MAX_PURPOSES
    with pytest.raises(Unprocessable) as refused:
        decided({}, many, NOW)
    assert refused.value.code == "too_many_purposes"


@pytest.mark.parametrize(
    ("decision", "fresh"),
    [
        (replace(YES, at=11), True),
        (YES, False),
        (replace(NO, at=11), False),
        (replace(YES, at=11, basis=Basis.CONTRACT), False),
    ],
)
def test_fresh_consent_is_the_persons_own_and_later(decision: Decision, *, fresh: bool) -> None:
    """Guarantee: only a consent that the person gave after the moment is fresh."""
    assert freshly_given([decision], 10) == fresh
