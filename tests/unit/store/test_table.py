"""DynamoDB in plain values, and what each of its errors means."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from core.contention import Contended
from core.orders.ports import Chunk
from core.store import table
from core.store.keys import Key, level
from core.store.table import Action, ConditionFailed
from tests.contract.desk import Desk
from tests.contract.subjects import real
from tests.faults.injector import Fault, injected_into_moto
from tests.support import tables
from tests.support.quick_moto import quick_moto

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb import DynamoDBClient

PLAIN: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.text(), st.booleans(), st.integers(-(10**37), 10**37), st.binary()),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
    max_leaves=10,
)


@given(st.dictionaries(st.text(min_size=1), PLAIN))
def test_plain_values_survive_the_wire(item: dict[str, Any]) -> None:
    """Guarantee: text, truth, whole numbers, bytes and what holds them read back as written."""
    assert table.from_wire(table.to_wire(item)) == item


def test_none_is_left_out_and_fractions_stay() -> None:
    """Guarantee: None is no attribute; a number with a fraction is not rounded."""
    assert table.to_wire({"a": None, "b": 1}) == {"b": {"N": "1"}}
    assert table.from_wire({"a": {"N": "1.5"}}) == {"a": Decimal("1.5")}


@pytest.fixture
def dynamodb() -> Iterator[DynamoDBClient]:
    """Return a client with the three tables."""
    with quick_moto():
        client = boto3.client("dynamodb", config=table.client().meta.config)
        tables.create(client)
        yield client


def _put(pk: str, **more: Any) -> Action:
    return Action("Put", tables.CORE, Key(pk, "x"), f"the {pk}", {"a": 1}, **more)


def test_a_failed_condition_says_which(dynamodb: DynamoDBClient) -> None:
    """Guarantee: each failed action is named with the item as it stood; nothing was written."""
    table.transact(dynamodb, [_put("a")])
    missing = "attribute_not_exists(pk)"
    with pytest.raises(ConditionFailed) as refused:
        table.transact(dynamodb, [_put("b"), _put("a", condition=missing)])
    assert refused.value.failed == {"the a": {"pk": "a", "sk": "x", "a": 1}}
    assert table.get(dynamodb, tables.CORE, Key("b", "x")) is None


@pytest.mark.parametrize("fault", [Fault.CONFLICT, Fault.CANCELLED, Fault.THROTTLE, Fault.LOST])
def test_what_may_pass_is_contended(dynamodb: DynamoDBClient, fault: Fault) -> None:
    """Guarantee: conflict, throttle and lost replies are `Contended` after botocore's retry."""
    with injected_into_moto(dynamodb) as faults:
        faults.decide = lambda _: fault
        with pytest.raises(Contended):
            table.transact(dynamodb, [_put("a")])


def test_what_is_our_own_mistake_is_no_contention(dynamodb: DynamoDBClient) -> None:
    """Guarantee: a transaction that can never succeed is not tried again."""
    twice = [_put("a"), _put("a")]
    with pytest.raises(ClientError):
        table.transact(dynamodb, twice)


def test_many_are_read_in_hundreds(dynamodb: DynamoDBClient) -> None:
    """Guarantee: any number of keys, repeated ones too, is read; what is not there is left out."""
    table.transact(dynamodb, [_put(f"p{n}") for n in range(100)])
    wanted = [Key(f"p{n % 150}", "x") for n in range(300)]
    found = table.get_many(dynamodb, tables.CORE, wanted)
    assert set(found) == {Key(f"p{n}", "x") for n in range(100)}
    assert table.get_many(dynamodb, tables.CORE, []) == {}


def test_the_client_does_not_wait_for_ever() -> None:
    """Guarantee: a call to DynamoDB ends within seconds, retries included."""
    config: Any = table.client().meta.config
    assert (config.connect_timeout, config.read_timeout) == (1, 2)
    assert config.retries == {"mode": "standard", "total_max_attempts": 2}


def test_stock_that_suffices_is_no_shortage() -> None:
    """Guarantee: a level whose image covers the need is contention, never out of stock."""
    with real() as subject:
        desk = Desk(subject)
        desk.put("A", {"main": 5})
        order = desk.place("k", [("A", 1)])
        (taken,) = [m for m in subject.look.ledger() if m.reserved]
        key = level("main", "A", "main")
        (image,) = [i for i in subject.items() if i["sk"] == "LEVEL#main"]
        failed = ConditionFailed({f"level:{key.pk}:{key.sk}": image})
        why = subject.orders._why  # type: ignore[attr-defined]  # the adapter's own decision
        assert isinstance(why(Chunk("main", None, order.header, (taken,)), failed), Contended)
