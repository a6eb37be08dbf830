"""Outcomes become verdicts: every input has one, and one bad record costs little."""

from __future__ import annotations

from collections import deque
from math import ceil, log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.crm.calls import BATCH, Call, Input, associate, read, update, upsert
from core.crm.outcomes import (
    Denied,
    NotSent,
    Ok,
    Outcome,
    RateLimited,
    Reason,
    Refused,
    Result,
    Unavailable,
    Unknown,
)
from core.crm.properties import UNIQUE, ObjectType
from core.crm.verdicts import Held, Landed, Rejected, Resting, Verdict, judge

WHY = Reason("VALIDATION_ERROR", "no")
NAME = UNIQUE[ObjectType.PRODUCTS]


def products(count: int) -> tuple[Call, ...]:
    """Return the calls that upsert so many products."""
    return upsert(ObjectType.PRODUCTS, [Input(f"p{n}", f"p{n}") for n in range(count)])


def deliver(calls: tuple[Call, ...], bad: set[str]) -> tuple[dict[str, Verdict], int]:
    """Send calls to a HubSpot that refuses every batch with a bad input; count the calls."""
    verdicts: dict[str, Verdict] = {}
    waiting, sent = deque(calls), 0
    while waiting:
        call = waiting.popleft()
        sent += 1
        keys = [i.key for i in call.inputs]
        outcome: Outcome = Ok(tuple(Result(f"h{k}", {NAME: k}) for k in keys))
        if bad.intersection(keys):
            outcome = Refused(400, WHY)
        judged = judge(call, outcome)
        verdicts |= judged.verdicts
        waiting.extend(judged.again)
    return verdicts, sent


@given(st.integers(0, BATCH - 1), st.integers(1, BATCH))
def test_one_bad_record_costs_two_calls_per_halving(bad: int, size: int) -> None:
    """One bad record among `size` is found in at most 2·⌈log2 size⌉ extra calls; the rest land."""
    bad %= size
    verdicts, sent = deliver(products(size), {f"p{bad}"})
    assert sent - 1 <= 2 * ceil(log2(size)) if size > 1 else sent == 1
    assert verdicts.pop(f"p{bad}") == Rejected(WHY)
    assert len(verdicts) == size - 1
    assert all(isinstance(v, Landed) for v in verdicts.values())


@given(st.sets(st.integers(0, 249)), st.integers(1, 250))
def test_all_the_good_land_and_all_the_bad_are_rejected(bad: set[int], size: int) -> None:
    """Whichever records are bad, each is rejected and each other one lands."""
    refused = {f"p{n}" for n in bad}
    verdicts, _ = deliver(products(size), refused)
    assert set(verdicts) == {f"p{n}" for n in range(size)}
    assert {k for k, v in verdicts.items() if isinstance(v, Rejected)} == refused & set(verdicts)


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (Denied(403, WHY), Resting),
        (Unavailable(503, 7.0), Resting),
        (Unknown("ReadTimeoutError"), Resting),
        (RateLimited("TEN_SECONDLY_ROLLING"), Held),
        (NotSent(5), Held),
    ],
)
def test_what_was_not_answered_is_never_landed(outcome: Outcome, expected: type) -> None:
    """Without HubSpot's yes nothing counts as landed, and nothing is parked."""
    judged = judge(products(3)[0], outcome)
    assert not judged.again
    assert [type(v) for v in judged.verdicts.values()] == [expected] * 3


def test_partial_failures_are_read_whatever_the_status() -> None:
    """Inputs that an answer's errors name are rejected, the others landed."""
    call = products(3)[0]
    results = (Result("h0", {NAME: "p0"}), Result("h2", {}, key="p2"))
    judged = judge(call, Ok(results, (Reason("VALIDATION_ERROR", "no", keys=("p1",)),)))
    assert judged.verdicts == {
        "p0": Landed("h0", {NAME: "p0"}),
        "p1": Rejected(Reason("VALIDATION_ERROR", "no", keys=("p1",))),
        "p2": Landed("h2", {}),
    }


def test_an_error_that_names_nobody_is_found_by_asking_again() -> None:
    """Inputs that an answer mentions nowhere are asked again, smaller, until the bad one stands."""
    call = products(4)[0]
    judged = judge(call, Ok((Result("h0", {NAME: "p0"}),), (WHY,)))
    assert [i.key for again in judged.again for i in again.inputs] == ["p1", "p2", "p3"]
    alone = judge(judged.again[0].with_inputs(call.inputs[1:2]), Ok((), (WHY,)))
    assert alone.verdicts == {"p1": Rejected(WHY)}


def test_an_input_that_vanishes_from_the_answer_is_not_landed() -> None:
    """An answer without errors that leaves an input out proves nothing about it."""
    judged = judge(products(2)[0], Ok((Result("h0", {NAME: "p0"}),)))
    assert isinstance(judged.verdicts["p1"], Resting)


def test_updates_are_matched_by_hubspots_id_and_associations_by_both_ends() -> None:
    """Results are matched by value, never by position."""
    changed = update(ObjectType.PRODUCTS, [Input("a", "11"), Input("b", "22")])[0]
    judged = judge(changed, Ok((Result("22"), Result("11"))))
    assert judged.verdicts == {"a": Landed("11"), "b": Landed("22")}
    pairs = [Input("x", "1", to="9"), Input("y", "1", to="8")]
    joined = associate(ObjectType.ORDERS, ObjectType.LINE_ITEMS, pairs)[0]
    judged = judge(joined, Ok((Result("1", to="8"), Result("1", to="9"))))
    assert set(judged.verdicts) == {"x", "y"}
    assert all(isinstance(v, Landed) for v in judged.verdicts.values())


def test_calls_are_full_and_within_hubspots_sizes() -> None:
    """A hundred inputs for objects, two thousand for associations, and no half-empty calls."""
    assert [len(c.inputs) for c in products(250)] == [100, 100, 50]
    ids = [Input(str(n), str(n)) for n in range(150)]
    assert [len(c.inputs) for c in read(ObjectType.CONTACTS, "email", ids, ["email"])] == [100, 50]
    pairs = [Input(str(n), "1", to=str(n)) for n in range(4_001)]
    joined = associate(ObjectType.ORDERS, ObjectType.LINE_ITEMS, pairs)
    assert [len(c.inputs) for c in joined] == [2_000, 2_000, 1]
