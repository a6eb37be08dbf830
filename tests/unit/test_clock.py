"""Time at the doors: RFC 3339, to the millisecond."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.clock import SystemClock, rfc3339

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LAST = (datetime.max.replace(tzinfo=UTC) - EPOCH) // timedelta(milliseconds=1)


@given(st.integers(min_value=0, max_value=LAST))
def test_no_millisecond_is_lost(millis: int) -> None:
    """Guarantee: what is written reads back as the same millisecond, up to the year 9999."""
    text = rfc3339(millis)
    assert (datetime.fromisoformat(text) - EPOCH) // timedelta(milliseconds=1) == millis
    assert text.endswith("Z")
    assert len(text) == len("2026-11-21T22:35:00.000Z")


def test_the_system_clock_tells_milliseconds() -> None:
    """Guarantee: the clock of production counts epoch milliseconds and really waits."""
    clock = SystemClock()
    before = clock.now()
    clock.sleep(0.01)
    assert 10 <= clock.now() - before < 5_000
    assert abs(before - datetime.now(UTC).timestamp() * 1000) < 60_000
