"""One suite for the orders' store, write by write: the fake and the adapter over moto."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.contention import Superseded
from core.customers.model import Customer, CustomerDraft
from core.customers.resolve import Guard
from core.errors import Conflict
from core.idempotency import Record, Ticket
from core.inventory.model import undo
from core.orders.model import OrderState
from core.orders.plan import needs, placing
from core.orders.ports import Chunk, OutOfStock
from tests.contract.desk import FORTY_ONE, PLACES, Desk, half_placed
from tests.contract.subjects import OTHER, TENANT


def test_what_is_placed_reads_back(desk: Desk) -> None:
    """Guarantee: header, lines and record are read as they were written; others have none."""
    placed = desk.place("k", [("A", 2), ("A", 1)])
    store = desk.subject.orders
    assert store.order(TENANT, placed.header.id) == placed
    assert store.order(OTHER, placed.header.id) is None
    assert store.record(TENANT, "k") == Record("body", placed.header.id, done=True)
    assert store.record(OTHER, "k") is None
    assert store.levels(OTHER, [("A", "main")]) == {}
    assert store.prices(OTHER, ["A"]) == {}


def test_a_chunk_is_written_with_its_audit_entry(desk: Desk) -> None:
    """Guarantee: an order that stands is audited, one that is refused is not."""
    placed = desk.place("k", [("A", 2)])
    with pytest.raises(Conflict):
        desk.place("k2", [("A", 9)])
    audited = [a for a in desk.subject.look.audited() if a[0].startswith("order")]
    assert audited == [("order.place", f"order/{placed.header.id}")]


def test_the_ledgers_sum_is_the_level(stocked: Desk) -> None:
    """Guarantee: after orders of one and of two chunks each level is the sum of its movements."""
    stocked.place("k1", [("A", 3), ("A", 4)])
    stocked.place("k2", FORTY_ONE)
    stocked.check(["A", *PLACES])
    assert (stocked.level("A").available, stocked.level("A").reserved) == (3, 7)


def test_no_late_chunk_lands(stocked: Desk) -> None:
    """Guarantee: once a header is turned to releasing, the chunk that was on its way is refused."""
    half = half_placed(stocked)
    store, header = stocked.subject.orders, half.header
    store.turn(TENANT, header, replace(header, state=OrderState.RELEASING))
    after = replace(header, state=OrderState.PLACED, chunk=2)
    late = Chunk(TENANT, header, after, ticket=Ticket("k", "body"), ends=True)
    with pytest.raises(Superseded):
        store.commit(late)


def test_nothing_is_given_back_twice(stocked: Desk) -> None:
    """Guarantee: a movement's identity is its key: undoing it again is refused."""
    half = half_placed(stocked)
    store, header = stocked.subject.orders, half.header
    releasing = replace(header, state=OrderState.RELEASING)
    store.turn(TENANT, header, releasing)
    taken = store.written(TENANT, placing(header, needs(half.lines)[:3], 0))
    assert len(taken) == 3
    back = [undo(m, stocked.clock.now()) for m in taken]
    store.give_back(TENANT, releasing, back)
    with pytest.raises(Superseded):
        store.give_back(TENANT, releasing, back)
    with pytest.raises(Superseded):
        store.give_back(TENANT, replace(releasing, attempt=2), [])
    stocked.check(PLACES)


def test_a_chunk_lands_whole_or_not_at_all(desk: Desk) -> None:
    """Guarantee: one short SKU stops the whole chunk and is the only one that is named."""
    desk.put("B", {"main": 1})
    placed = desk.place("k", [("A", 1), ("B", 1)])
    store, header = desk.subject.orders, placed.header
    opening = replace(header, id="0" * 26)
    chunk = Chunk(
        TENANT,
        None,
        opening,
        placing(opening, needs(placed.lines), 0),
        order=replace(placed, header=opening),
    )
    with pytest.raises(OutOfStock) as short:
        store.commit(chunk)
    assert short.value.short == (("B", "main"),)
    assert store.order(TENANT, "0" * 26) is None
    assert desk.level("A").reserved == 1


def test_a_level_that_is_missing_is_short(desk: Desk) -> None:
    """Guarantee: a SKU without a level at the location cannot be reserved."""
    placed = desk.place("k", [("A", 1)])
    opening = replace(placed.header, id="0" * 26)
    lines = tuple(replace(n, location="shed") for n in placed.lines)
    moved = placing(opening, needs(lines), 0)
    chunk = Chunk(TENANT, None, opening, moved, order=replace(placed, header=opening))
    with pytest.raises(OutOfStock):
        desk.subject.orders.commit(chunk)


def test_headers_move_only_from_what_was_seen(desk: Desk) -> None:
    """Guarantee: a header that changed meanwhile is not overwritten, and no other field moves."""
    header = desk.place("k", [("A", 1)]).header
    store = desk.subject.orders
    paid = replace(header, state=OrderState.PAID, version=2, subtotal=0, line_count=0)
    store.turn(TENANT, header, paid)
    after = store.order(TENANT, header.id)
    assert after is not None
    assert after.header == replace(header, state=OrderState.PAID, version=2)
    for stale in (header, replace(header, version=2, attempt=2)):
        with pytest.raises(Superseded):
            store.turn(TENANT, stale, paid)


def test_leases_are_taken_and_given_by_their_holder(stocked: Desk) -> None:
    """Guarantee: a lease is taken from what was seen only, and never touched once it is done."""
    half = half_placed(stocked)
    store = stocked.subject.orders
    seen = store.record(TENANT, "k")
    assert seen is not None
    store.take_over(TENANT, "k", seen, 99)
    with pytest.raises(Superseded):
        store.take_over(TENANT, "k", seen, 100)
    with pytest.raises(Superseded):
        store.give_up(TENANT, "k", "another order")
    store.give_up(TENANT, "k", half.header.id)
    assert store.record(TENANT, "k") == replace(seen, lease_until=0)
    stocked.place("k", FORTY_ONE)
    with pytest.raises(Superseded):
        store.give_up(TENANT, "k", half.header.id)
    with pytest.raises(Superseded):
        store.give_up(TENANT, "none", half.header.id)


def test_customers_and_guards_come_with_the_order(desk: Desk) -> None:
    """Guarantee: a new customer, his guards and his order are one; later orders find him."""
    person = CustomerDraft(external_id="7", email="Ann@Example.org", first_name="Ann")
    first = desk.place("k1", [("A", 1)], customer=person)
    store = desk.subject.orders
    guards = store.guards(TENANT, person.identities)
    assert set(guards.values()) == {Guard(first.header.customer_id)}
    assert set(store.guards(OTHER, person.identities).values()) == {None}
    assert first.header.customer_id is not None
    kept = store.customer(TENANT, first.header.customer_id)
    assert isinstance(kept, Customer)
    assert (kept.email, kept.first_name, kept.version) == ("ann@example.org", "Ann", 1)
    again = desk.place("k2", [("A", 1)], customer=replace(person, first_name="Anna"))
    assert again.header.customer_id == first.header.customer_id
    changed = store.customer(TENANT, first.header.customer_id)
    assert changed == replace(kept, first_name="Anna", version=2)
    desk.place("k3", [("A", 1)], customer=CustomerDraft(external_id="7"))
    assert store.customer(TENANT, first.header.customer_id) == changed


def test_lines_keep_their_order_over_pages(desk: Desk) -> None:
    """Guarantee: 1,400 lines on fourteen pages read back in the order in which they came."""
    placed = desk.place("k", [("A", 0)] * 1_400)
    assert placed.header.pages == 14
    read = desk.subject.orders.order(TENANT, placed.header.id)
    assert read is not None
    assert [line.number for line in read.lines] == list(range(1, 1_401))
