"""How long a record rests after a push that came to nothing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.crm.backoff import CEILING_MS, LONGEST_CALL_MS, rest
from core.hubspot.client import CONNECT_SECONDS, READ_SECONDS
from hubspot_sync.settings import (
    CALL_SECONDS,
    FUNCTION_SECONDS,
    RUN_SECONDS,
    SENDING_SECONDS,
    VISIBILITY_SECONDS,
)


@given(st.integers(1, 10_000))
def test_longer_than_any_call_and_never_forever(attempts: int) -> None:
    """A record rests longer than a call can last, and at most a quarter of an hour."""
    assert LONGEST_CALL_MS < rest(attempts) <= CEILING_MS
    assert rest(attempts) <= rest(attempts + 1)


def test_hubspots_own_wait_is_honoured() -> None:
    """A migration's Retry-After of a day is a day."""
    assert rest(1, 86_400) == 86_400_000


def test_the_times_fit_together() -> None:
    """A successor never meets its predecessor's calls, and the last call ends within the run."""
    assert CONNECT_SECONDS + READ_SECONDS < CALL_SECONDS == LONGEST_CALL_MS / 1000
    assert RUN_SECONDS < SENDING_SECONDS
    assert SENDING_SECONDS + CALL_SECONDS < FUNCTION_SECONDS
    assert VISIBILITY_SECONDS >= FUNCTION_SECONDS + CALL_SECONDS
