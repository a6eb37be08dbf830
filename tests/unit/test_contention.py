"""Contention: full jitter inside three seconds, then `Busy`."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.contention import FIRST_WAIT, LONGEST_WAIT, PATIENCE_MS, Contended, Patience, busy
from core.errors import Busy
from tests.fakes.clock import START, FakeClock

FIELDS: dict[str, str] = {}


def _contended() -> None:
    raise Contended


class _Longest:
    def uniform(self, a: float, b: float) -> float:
        assert a == 0
        return b


@given(st.integers(), st.integers(min_value=0, max_value=400))
def test_no_call_waits_beyond_three_seconds(seed: int, cost: int) -> None:
    """Guarantee: whatever the dice and however slow the store, no new try begins after 3 s."""
    clock = FakeClock()
    tries: list[int] = []

    def operation() -> None:
        tries.append(clock.now() - START)
        clock.advance(cost)
        raise Contended

    with pytest.raises(Busy):
        Patience(clock, Random(seed)).until_done(operation)  # noqa: S311 - dice for a test
    assert max(tries) < PATIENCE_MS == 3_000
    assert clock.now() - START < PATIENCE_MS + cost


def test_pauses_grow_to_a_ceiling() -> None:
    """Guarantee: pauses double from 20 ms and stop growing at 600 ms."""
    clock = FakeClock()
    patience = Patience(clock, _Longest())
    with pytest.raises(Busy):
        patience.until_done(_contended)
    assert clock.slept[:6] == [FIRST_WAIT * 2**n for n in range(5)] + [LONGEST_WAIT]
    assert max(clock.slept) == LONGEST_WAIT


def test_jitter_is_full() -> None:
    """Guarantee: a pause may be anything from nothing up, so that callers do not move in step."""
    first = []
    for seed in range(200):
        clock = FakeClock()
        Patience(clock, Random(seed)).wait()  # noqa: S311 - dice for a test
        first.append(clock.slept[0])
    assert min(first) < FIRST_WAIT * 0.05
    assert max(first) > FIRST_WAIT * 0.95


def test_success_and_other_errors_end_it_at_once() -> None:
    """Guarantee: only contention is tried again."""
    clock = FakeClock()
    answers = iter([Contended(), Contended(), None])

    def operation() -> str:
        if (answer := next(answers)) is not None:
            raise answer
        return "done"

    assert Patience(clock, _Longest()).until_done(operation) == "done"
    assert len(clock.slept) == 2
    with pytest.raises(KeyError):
        Patience(clock, _Longest()).until_done(lambda: FIELDS["x"])
    assert len(clock.slept) == 2


def test_busy_is_no_refusal() -> None:
    """Guarantee: 503's error says `stock_busy` and when to come again."""
    assert (busy().code, busy().retryable) == ("stock_busy", True)
    assert busy().retry_after is not None
