"""Placing orders on the fake and on the adapter over moto, under faults, deaths and rivals."""

from __future__ import annotations

import pytest

from core.contention import PATIENCE_MS
from core.errors import Busy, Conflict, Unprocessable
from core.orders.call import LEASE_MS
from core.orders.model import OrderState
from core.orders.release import STALE_AFTER_MS
from tests.contract.desk import FORTY_ONE, PLACES, Desk, half_placed
from tests.contract.subjects import OTHER, TENANT
from tests.faults.injector import Fault

CONTENTION = (Fault.CONFLICT, Fault.CANCELLED, Fault.THROTTLE, Fault.UNSENT)


@pytest.mark.parametrize("fault", CONTENTION)
def test_contention_is_waited_for(desk: Desk, fault: Fault) -> None:
    """Guarantee: a conflict, a throttle or a lost connection leaves nothing and is tried again."""
    desk.subject.faults.script.extend([fault, fault])
    desk.place("k", [("A", 2)])
    desk.check(["A"])
    assert desk.level("A").reserved == 2
    assert len(desk.clock.slept) == 2


@pytest.mark.parametrize("fault", CONTENTION)
def test_endless_contention_is_busy(desk: Desk, fault: Fault) -> None:
    """Guarantee: after three seconds it is `Busy`, nothing stands, and the key is still good."""
    desk.subject.faults.decide = lambda _: fault
    before = desk.clock.now()
    with pytest.raises(Busy):
        desk.place("k", [("A", 2)])
    assert desk.clock.now() - before < 3_000
    desk.subject.faults.stop()
    assert desk.subject.orders.record(TENANT, "k") is None
    assert desk.level("A").reserved == 0
    assert desk.place("k", [("A", 2)]).header.state is OrderState.PLACED


@pytest.mark.parametrize("lost", [1, 2, 3])
def test_a_lost_reply_counts_once(stocked: Desk, lost: int) -> None:
    """Guarantee: whichever transactions lose their reply, the order stands once."""
    stocked.subject.faults.script.extend([Fault.LOST] * lost)
    order = stocked.place("k", FORTY_ONE)
    assert order.header.state is OrderState.PLACED
    stocked.check(PLACES)
    assert {stocked.level(at).reserved for at in PLACES} == {1}
    assert stocked.place("k", FORTY_ONE) == order


def test_a_first_reply_lost_for_good_gives_the_lease_up(stocked: Desk) -> None:
    """Guarantee: a call that never hears of its own first chunk still gives its lease up."""

    def late(_: str) -> Fault:
        stocked.clock.advance(PATIENCE_MS)
        stocked.subject.faults.stop()
        return Fault.LOST

    stocked.subject.faults.decide = late
    with pytest.raises(Busy):
        stocked.place("k", FORTY_ONE)
    record = stocked.subject.orders.record(TENANT, "k")
    assert record is not None
    assert (record.done, record.lease_until) == (False, 0)
    assert stocked.place("k", FORTY_ONE).header.state is OrderState.PLACED


def test_the_same_key_again_is_the_same_order(desk: Desk) -> None:
    """Guarantee: a repeat reads; another body is refused; another tenant's key is another key."""
    first = desk.place("k", [("A", 2)])
    assert desk.place("k", [("A", 2)]) == first
    with pytest.raises(Unprocessable):
        desk.place("k", [("A", 2)], body="other")
    other = Desk(desk.subject, OTHER, desk.clock)
    other.put("A", {"main": 5})
    assert other.place("k", [("A", 2)]).header.id != first.header.id


def test_a_lease_is_respected_and_ends(stocked: Desk) -> None:
    """Guarantee: in flight 409 with the time left; after the lease the next call goes on."""
    half = half_placed(stocked)
    with pytest.raises(Conflict) as refused:
        stocked.place("k", FORTY_ONE)
    assert refused.value.code == "idempotency_in_flight"
    assert refused.value.retry_after == 1 + LEASE_MS // 1000
    with pytest.raises(Unprocessable):
        stocked.place("k", FORTY_ONE, body="other")
    stocked.clock.advance(LEASE_MS)
    order = stocked.place("k", FORTY_ONE)
    assert (order.header.id, order.header.attempt) == (half.header.id, 1)
    stocked.check(PLACES)


def test_release_undoes_reserve(stocked: Desk) -> None:
    """Guarantee: sweeping a stale order gives back to the unit what it held; its marks go.

    A retry starts attempt 2 of the same order, and one sweep more changes nothing.
    """
    half = half_placed(stocked)
    assert {stocked.level(at).reserved for at in PLACES[:40]} == {1}
    assert not stocked.sweep(half.header.id)
    stocked.clock.advance(STALE_AFTER_MS)
    assert stocked.sweep(half.header.id)
    assert not stocked.sweep(half.header.id)
    stocked.check(PLACES)
    assert {stocked.level(at).reserved for at in PLACES} == {0}
    order = stocked.place("k", FORTY_ONE)
    assert (order.header.id, order.header.attempt) == (half.header.id, 2)
    stocked.check(PLACES)
    actions = [a for a, r in stocked.subject.look.audited() if r == f"order/{order.header.id}"]
    assert actions == ["order.place", "order.release", "order.retry"]


def test_an_order_refused_in_the_middle_holds_nothing(stocked: Desk) -> None:
    """Guarantee: when the second chunk's stock is gone, the first chunk's is given back at once."""
    half = half_placed(stocked)
    stocked.place("rival", [(PLACES[40], 2)])
    stocked.clock.advance(LEASE_MS)
    with pytest.raises(Conflict) as refused:
        stocked.place("k", FORTY_ONE)
    assert refused.value.code == "out_of_stock"
    assert [f.field for f in refused.value.fields] == ["lines.40"]
    released = stocked.subject.orders.order(TENANT, half.header.id)
    assert released is not None
    assert released.header.state is OrderState.RELEASED
    stocked.check(PLACES)
    assert {stocked.level(at).reserved for at in PLACES[:40]} == {0}
