"""While HubSpot answers nobody, one call a while asks, and no record is blamed."""

from __future__ import annotations

import pytest

from core.crm.breaker import FAILURES, MIGRATING, PROBE_MS, Breaker


def broken(now: int = 0) -> Breaker:
    """Return a breaker after just enough failures."""
    breaker = Breaker()
    for _ in range(FAILURES):
        breaker = breaker.failed(now)
    return breaker


def test_single_failures_stop_nothing() -> None:
    """An error here and there, with answers between, holds nothing back."""
    breaker = Breaker()
    for _ in range(20):
        for _ in range(FAILURES - 1):
            breaker = breaker.failed(0)
            assert breaker.until(0) == 0
        breaker = breaker.answered()
    assert not breaker.open


def test_an_outage_costs_one_call_each_half_minute() -> None:
    """Once open, one call may start per probe, and each that fails puts off the next."""
    breaker = broken()
    assert breaker.open
    assert breaker.until(0) == PROBE_MS
    now = PROBE_MS
    assert breaker.until(now) == now
    probing = breaker.probing(now)
    assert probing.until(now) == now + PROBE_MS
    assert probing.failed(now + 18_000).until(now + 18_000) == now + 18_000 + PROBE_MS


def test_any_answer_closes_it() -> None:
    """HubSpot answers again: all calls may start."""
    assert broken().answered() == Breaker()


@pytest.mark.parametrize(("after", "wait"), [(3_600.0, 3_600_000), (None, PROBE_MS)])
def test_a_migration_is_said_once_for_all(after: float | None, wait: int) -> None:
    """477 means the whole account, for HubSpot's Retry-After where there is one."""
    breaker = Breaker().failed(1_000, MIGRATING, after)
    assert breaker.open
    assert breaker.until(1_000) == 1_000 + wait
