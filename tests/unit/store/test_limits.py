"""Shares of calls in the table: exact over containers, cheap for busy ones, else closed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from core.access.limits import MOST
from core.contention import Contended
from core.errors import TooMany
from core.gcra import Limit
from core.store import keys, table
from core.store.limits import StoredShare
from tests.fakes.clock import START, FakeClock
from tests.faults.injector import Fault, injected, injected_into_moto
from tests.support import tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb import DynamoDBClient

    from tests.support.emulator_dynamodb import Emulated

LIMIT = Limit.per_second(10, 20)


@pytest.fixture
def dynamodb() -> Iterator[DynamoDBClient]:
    """Return a client with the three tables."""
    with mock_aws():
        client = boto3.client("dynamodb")
        tables.create(client)
        yield client


def _taken(share: StoredShare, times: int, who: str = "key/1", tenant: str = "main") -> int:
    done = 0
    for _ in range(times):
        try:
            share.take(tenant, who)
        except TooMany:
            continue
        done += 1
    return done


def test_a_share_is_one_over_all_containers(dynamodb: DynamoDBClient) -> None:
    """Guarantee: calls of two containers count together, to the last one."""
    clock = FakeClock()
    both = [StoredShare(dynamodb, tables.ACCESS, clock, LIMIT, most=1) for _ in range(2)]
    taken = 0
    for _ in range(20):
        taken += sum(_taken(share, 1) for share in both)
    assert taken == 20
    clock.advance(500)
    assert [_taken(share, 5) for share in both] == [5, 0]


def test_what_a_lease_holds_is_counted(dynamodb: DynamoDBClient) -> None:
    """Guarantee: with leases too, no more calls start than rate and burst allow."""
    clock = FakeClock()
    both = [StoredShare(dynamodb, tables.ACCESS, clock, LIMIT) for _ in range(2)]
    assert sum(_taken(share, 1) for _ in range(40) for share in both) == 20
    for _ in range(50):
        clock.advance(100)
        assert sum(_taken(share, 3) for share in both) <= 2
    clock.advance(60_000)
    assert sum(_taken(share, 1) for _ in range(40) for share in both) == 20


def test_many_containers_with_a_call_each_are_no_flood(dynamodb: DynamoDBClient) -> None:
    """Guarantee: twenty cold containers at once take one call each, so a burst of 20 is one."""
    clock = FakeClock()
    cold = [StoredShare(dynamodb, tables.ACCESS, clock, LIMIT) for _ in range(20)]
    assert [_taken(share, 1) for share in cold] == [1] * 20


def test_a_busy_container_writes_rarely(dynamodb: DynamoDBClient) -> None:
    """Guarantee: a hundred calls without a pause cost about a tenth as many writes."""
    share = StoredShare(dynamodb, tables.ACCESS, FakeClock(), Limit.per_second(1_000, 1_000))
    writes: list[object] = []
    dynamodb.meta.events.register("before-call.dynamodb", lambda **_: writes.append(1))
    assert _taken(share, 100) == 100
    assert len(writes) <= 100 / MOST + 5


def test_who_is_refused_costs_no_write(dynamodb: DynamoDBClient) -> None:
    """Guarantee: a flood beyond the share is refused from memory, until there is some again."""
    clock = FakeClock()
    share = StoredShare(dynamodb, tables.ACCESS, clock, LIMIT)
    assert _taken(share, 21) == 20
    writes: list[object] = []
    dynamodb.meta.events.register("before-call.dynamodb", lambda **_: writes.append(1))
    assert _taken(share, 100) == 0
    assert not writes
    cold = StoredShare(dynamodb, tables.ACCESS, clock, LIMIT)
    assert _taken(cold, 100) == 0
    assert len(writes) == 1
    clock.advance(100)
    assert _taken(share, 100) == 1


def test_a_share_that_never_stands_still_lets_nobody_through(
    dynamodb: DynamoDBClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guarantee: if others are quicker at every try, the call is busy and not uncounted."""
    told = {"arrival": {"N": str(START * 1000)}}

    def quicker(**_: Any) -> None:
        answer: Any = {"Error": {"Code": "ConditionalCheckFailedException"}, "Item": told}
        raise ClientError(answer, "UpdateItem")

    monkeypatch.setattr(dynamodb, "update_item", quicker)
    with pytest.raises(Contended):
        StoredShare(dynamodb, tables.ACCESS, FakeClock(), LIMIT).take("main", "key/1")


def test_a_clock_gone_wrong_shuts_nobody_out(dynamodb: DynamoDBClient) -> None:
    """Guarantee: what a container of tomorrow wrote is begun anew, exactly."""
    clock, wrong = FakeClock(), FakeClock(START + 86_400_000)
    share = StoredShare(dynamodb, tables.ACCESS, clock, LIMIT, most=1)
    assert _taken(share, 5) == 5
    assert _taken(StoredShare(dynamodb, tables.ACCESS, wrong, LIMIT, most=1), 5) == 5
    clock.advance(2_000)
    assert _taken(share, 5) == 5
    assert _taken(StoredShare(dynamodb, tables.ACCESS, clock, LIMIT, most=1), 30) == 15


def test_everyone_has_a_share_of_his_own(dynamodb: DynamoDBClient) -> None:
    """Guarantee: what one principal uses up, or the same name at another tenant, is its own."""
    share = StoredShare(dynamodb, tables.ACCESS, FakeClock(), LIMIT)
    assert _taken(share, 25) == 20
    assert _taken(share, 25, "key/2") == 20
    assert _taken(share, 25, tenant="other") == 20


def test_the_item_ends_by_itself(dynamodb: DynamoDBClient) -> None:
    """Guarantee: a state says when it means nothing any more, for DynamoDB to remove it."""
    StoredShare(dynamodb, tables.ACCESS, FakeClock(), LIMIT).take("main", "key/1")
    item = table.get(dynamodb, tables.ACCESS, keys.rate("main", "key/1"))
    assert item is not None
    assert item["expires_at"] > item["arrival"] // 1_000_000 > START // 1000 - 1
    assert set(item) == {"pk", "sk", "arrival", "expires_at"}


def test_a_refusal_that_tells_nothing_is_looked_up(
    dynamodb: DynamoDBClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guarantee: where a refused condition does not show the item, it is read."""
    clock = FakeClock()
    StoredShare(dynamodb, tables.ACCESS, clock, LIMIT).take("main", "key/1")
    other = StoredShare(dynamodb, tables.ACCESS, clock, LIMIT)
    update = dynamodb.update_item
    monkeypatch.setattr(
        dynamodb,
        "update_item",
        lambda **sent: update(**sent | {"ReturnValuesOnConditionCheckFailure": "NONE"}),
    )
    assert _taken(other, 30) == 19


@pytest.mark.parametrize("fault", [Fault.THROTTLE, Fault.UNSENT, Fault.LOST])
def test_a_store_that_does_not_answer_lets_nobody_through(
    dynamodb: DynamoDBClient, fault: Fault
) -> None:
    """Guarantee: what cannot be counted does not start."""
    share = StoredShare(dynamodb, tables.ACCESS, FakeClock(), LIMIT)
    with injected_into_moto(dynamodb) as faults:
        faults.operations = frozenset({"UpdateItem"})
        faults.script = [fault] * 20
        with pytest.raises(Contended):
            share.take("main", "key/1")


def test_the_emulators_dynamodb_agrees(emulated: Emulated) -> None:
    """Guarantee: conditions and what they tell are DynamoDB's own, not one library's."""
    name = emulated.fresh_tables("limits") + tables.ACCESS
    client, clock = emulated.client(), FakeClock()
    both = [StoredShare(client, name, clock, LIMIT) for _ in range(2)]
    with injected(client) as faults:
        faults.operations = frozenset({"GetItem"})
        faults.script = [Fault.UNSENT]
        assert sum(_taken(share, 1) for _ in range(40) for share in both) == 20
        assert faults.script, "a refused condition shows the item"
