"""The rate budget in DynamoDB: shared, and still right when two use it at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from core.crm.allowance import ASSOCIATIONS, LIMITS, SEARCH, TEN_SECOND
from core.crm.breaker import FAILURES, PROBE_MS
from core.crm.outcomes import Quota
from core.store.budget import StoredBudget
from tests.fakes.clock import FakeClock
from tests.support import tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb import DynamoDBClient


@pytest.fixture
def dynamodb() -> Iterator[DynamoDBClient]:
    """Return moto's DynamoDB with the tables."""
    with mock_aws():
        client = boto3.client("dynamodb")
        tables.create(client)
        yield client


@pytest.fixture
def clock() -> FakeClock:
    """Return a clock that stands still."""
    return FakeClock()


def budget(dynamodb: DynamoDBClient, clock: FakeClock, tenant: str = "main") -> StoredBudget:
    """Return a budget as a new process sees it."""
    return StoredBudget(dynamodb, tables.CORE, tenant, clock)


def test_starts_are_granted_in_order_and_within_two_seconds(
    dynamodb: DynamoDBClient, clock: FakeClock
) -> None:
    """A burst starts at once, the others at the pace, and none later than two seconds from now."""
    starts = budget(dynamodb, clock).reserve(TEN_SECOND, 100, urgent=True).starts
    assert starts[:2] == (clock.now(),) * 2
    assert list(starts) == sorted(starts)
    assert starts[-1] - clock.now() <= 2_000
    assert 36 <= len(starts) <= 40


def test_two_who_share_a_portal_share_its_budget(
    dynamodb: DynamoDBClient, clock: FakeClock
) -> None:
    """Starts given to one are not given to another, whoever asks in between."""
    one, other = budget(dynamodb, clock), budget(dynamodb, clock)
    starts: list[int] = []
    for _ in range(5):
        starts += one.reserve(TEN_SECOND, 3, urgent=True).starts
        starts += other.reserve(TEN_SECOND, 3, urgent=True).starts
    interval = LIMITS[TEN_SECOND].interval
    assert len(starts) == 30
    assert max(starts) - min(starts) >= (30 - 3 - 1) * interval / 1000
    assert budget(dynamodb, clock, "other").reserve(TEN_SECOND, 1, urgent=True).starts


def test_limits_are_apart(dynamodb: DynamoDBClient, clock: FakeClock) -> None:
    """Associations have a limit of their own."""
    one = budget(dynamodb, clock)
    one.limited("TEN_SECONDLY_ROLLING", None)
    assert one.reserve(ASSOCIATIONS, 1, urgent=True).starts
    assert not one.reserve(TEN_SECOND, 1, urgent=True).starts


def test_after_a_429_nobody_starts_until_the_window_is_over(
    dynamodb: DynamoDBClient, clock: FakeClock
) -> None:
    """The hold outlives the process that met the 429."""
    budget(dynamodb, clock).limited("TEN_SECONDLY_ROLLING", None)
    successor = budget(dynamodb, clock)
    grant = successor.reserve(TEN_SECOND, 1, urgent=True)
    assert grant.starts == ()
    assert grant.until == clock.now() + 10_000
    clock.advance(9_000)
    assert successor.reserve(TEN_SECOND, 1, urgent=True).starts == (grant.until,)


def test_a_spent_day_stops_everybody(dynamodb: DynamoDBClient, clock: FakeClock) -> None:
    """A 429 of the day is known to the next process too."""
    budget(dynamodb, clock).limited("DAILY", None)
    assert budget(dynamodb, clock).reserve(TEN_SECOND, 1, urgent=True).starts == ()


def test_what_the_headers_say_is_remembered(dynamodb: DynamoDBClient, clock: FakeClock) -> None:
    """A lower limit and a nearly spent day, once seen, hold for the next process."""
    seen = Quota(10_000, 100, 50, 1_000, 100)
    assert budget(dynamodb, clock).observe(seen) is False
    successor = budget(dynamodb, clock)
    assert successor.reserve(TEN_SECOND, 1, urgent=False).starts == ()
    starts = successor.reserve(TEN_SECOND, 9, urgent=True).starts
    assert starts[8] - starts[7] >= 104


def test_a_nearly_full_window_voids_what_was_granted(
    dynamodb: DynamoDBClient, clock: FakeClock
) -> None:
    """When too little remains, nothing starts until some of our own calls have left the window."""
    one = budget(dynamodb, clock)
    first = one.reserve(TEN_SECOND, 6, urgent=True).starts
    clock.advance(9_000)
    assert one.observe(Quota(10_000, 190, 0)) is True
    grant = one.reserve(TEN_SECOND, 1, urgent=True)
    assert grant.starts == (first[4] + 10_000,)


@pytest.mark.parametrize("also", [ASSOCIATIONS, SEARCH])
def test_while_hubspot_is_down_one_call_of_any_kind_finds_out(
    dynamodb: DynamoDBClient, clock: FakeClock, also: str
) -> None:
    """The next process holds back too, until one call may try: also one that takes two limits."""
    one = budget(dynamodb, clock)
    for _ in range(FAILURES):
        one.failed(503, None)
    successor = budget(dynamodb, clock)
    assert successor.down
    assert successor.reserve(TEN_SECOND, 6, urgent=True).until == clock.now() + PROBE_MS
    clock.advance(PROBE_MS)
    assert len(successor.reserve(TEN_SECOND, 6, urgent=True).starts) == 1
    assert len(successor.reserve(also, 1, urgent=True).starts) == 1
    assert successor.reserve(TEN_SECOND, 6, urgent=True).starts == ()
    successor.answered()
    assert not budget(dynamodb, clock).down
