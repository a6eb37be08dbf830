"""Answers that say less than they should: what is asked is compared with what is answered."""

from __future__ import annotations

from collections import deque

import pytest

from core.crm.calls import Action, Query
from core.crm.conveyor import Conveyor
from core.crm.outcomes import Denied, Ok, Outcome, RateLimited, Reason, Refused, Result, Unavailable
from core.crm.properties import ObjectType
from core.crm.tally import Tally
from core.reconcile.reading import Interrupted, Reader
from tests.fakes.clock import START, FakeClock
from tests.fakes.executor import InlineExecutor
from tests.fakes.hubspot import FakeBudget, ScriptedHubspot

PRODUCTS, CONTACTS, ORDERS = ObjectType.PRODUCTS, ObjectType.CONTACTS, ObjectType.ORDERS
LINES = ObjectType.LINE_ITEMS
QUERY = Query(("countersign_product_id",), "10")
NO = Reason("VALIDATION_ERROR", "no")


def asking(*answers: Outcome) -> tuple[Reader, ScriptedHubspot]:
    """Return a reader, and HubSpot, which answers so."""
    clock, hubspot = FakeClock(), ScriptedHubspot(deque(answers))
    conveyor = Conveyor(
        hubspot, FakeBudget(clock), clock, InlineExecutor(), Tally(), until=START + 60_000
    )
    return Reader(conveyor), hubspot


def missing(*ids: str) -> Reason:
    """Return what HubSpot says of ids that it does not find."""
    return Reason("OBJECT_NOT_FOUND", "not found", ids=ids)


def test_what_is_not_mentioned_is_asked_for_once_more_alone() -> None:
    """Row 17: a record that an answer forgets is not taken for deleted."""
    forgetful = Ok((Result("1"),), (missing("3"),))
    reader, hubspot = asking(forgetful, Ok((Result("2"),)))
    read = reader.by_id(PRODUCTS, ["1", "2", "3"])
    assert set(read.found) == {"1", "2"}
    assert read.unread == frozenset()
    assert [[i.id for i in call.inputs] for call in hubspot.sent] == [["1", "2", "3"], ["2"]]


def test_what_is_never_mentioned_is_reported_as_unread() -> None:
    """Row 17: an answer that goes on saying nothing of a record proves nothing of it."""
    reader, _ = asking(Ok((Result("1"),)), Ok())
    assert reader.by_id(PRODUCTS, ["1", "2"]).unread == {"2"}


def test_errors_that_name_nobody_do_not_make_anybody_missing() -> None:
    """Row 17: `numErrors` without names: each that is not returned is asked for alone."""
    nameless = Reason("UNKNOWN", "2 errors that HubSpot does not name")
    reader, hubspot = asking(Ok((), (nameless,)), Ok((Result("1"),)), Ok((), (nameless,)))
    read = reader.by_id(PRODUCTS, ["1", "2"])
    assert (set(read.found), read.unread) == ({"1"}, frozenset())
    assert len(hubspot.sent) == 3


def test_a_bad_id_costs_only_itself() -> None:
    """Guarantee: a batch that is refused for one id still tells of all others."""
    reader, _ = asking(Refused(400, NO), Ok((Result("1"),)), Refused(400, NO), Refused(400, NO))
    read = reader.by_id(PRODUCTS, ["1", "x"])
    assert (set(read.found), read.unread) == ({"1"}, frozenset({"x"}))


def test_a_merged_contact_answers_for_the_one_that_went_into_it() -> None:
    """Guarantee: the id that is asked for leads to the record that is left."""
    left = Result("2", {"hs_merged_object_ids": "1;7"})
    reader, _ = asking(Ok((left,)))
    assert reader.by_id(CONTACTS, ["1"]).found == {"1": left}


def test_associations_are_read_to_their_end() -> None:
    """Row 17: an order with more lines than one answer lists is asked for again, from there."""
    first = Ok((Result("1", to="8"), Result("2", to="5")), more={"1": "8"})
    reader, hubspot = asking(first, Ok((Result("1", to="9"),)))
    assert reader.associated(ORDERS, LINES, ["1", "2"]) == {"1": {"8", "9"}, "2": {"5"}}
    again = hubspot.sent[1]
    assert again.action is Action.ASSOCIATED
    assert [(i.id, i.after) for i in again.inputs] == [("1", "8")]


def test_a_search_goes_on_after_its_last_id() -> None:
    """Row 15: the next page is what is greater than the last id, until the total is shown."""
    reader, _ = asking(Ok((Result("11"), Result("12")), total=3), Ok((Result("13"),), total=1))
    assert reader.search(PRODUCTS, QUERY, [])[1] == "12"
    assert reader.search(PRODUCTS, QUERY, [])[1] is None


LIES = (
    Ok((Result("12"), Result("11")), total=2),
    Ok((Result("9"),), total=1),
    Ok((Result("11"), Result("11")), total=2),
    Ok((Result("11"),)),
    Ok((), total=5),
)
"""Answers that would let a keyset listing lose records."""


@pytest.mark.parametrize("lie", LIES)
def test_a_search_that_would_lose_records_stops_the_run(lie: Ok) -> None:
    """Row 16: unsorted, without a total or empty before the end: an obstacle, not an end."""
    reader, _ = asking(lie)
    with pytest.raises(Interrupted, match="products"):
        reader.search(PRODUCTS, QUERY, [])


@pytest.mark.parametrize(
    "outcome", [RateLimited("DAILY"), Unavailable(503), Denied(403, NO), Refused(400, NO)]
)
def test_what_hubspot_does_not_answer_interrupts(outcome: Outcome) -> None:
    """Guarantee: no answer is never taken for an empty one."""
    reader, _ = asking(outcome)
    with pytest.raises(Interrupted):
        reader.search(PRODUCTS, QUERY, [])
