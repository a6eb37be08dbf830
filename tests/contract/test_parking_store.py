"""Parked records in DynamoDB (moto): every state, and who wins when two write at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from core.audit import Entry
from core.contention import Superseded
from core.crm.lanes import ORDERS, PRODUCTS
from core.crm.outcomes import Reason
from core.crm.parking import QUEUES, TO_CONTACT, ParkedRecord, State
from core.crm.ports import LinePage, Parked
from core.crm.records import Link
from core.store.crm import StoredRecords
from core.store.parking import StoredParking
from core.store.work import StoredWork
from core.ulids import Ulids
from tests.support import tables
from tests.support.books import LINGERS, TENANT, Books

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Executor

    from core.crm.records import ProductRecord

REASON = Reason("VALIDATION_ERROR", "no", ("INVALID_NUMBER",))
KINDS = tuple(QUEUES)


class Desk:
    """Sync's two ports and the operator's one, over the same tables."""

    def __init__(self, executor: Executor) -> None:
        """Open empty tables."""
        dynamodb = boto3.client("dynamodb")
        tables.create(dynamodb)
        self.dynamodb, self.books = dynamodb, Books(dynamodb)
        self.work = StoredWork(dynamodb, tables.CORE, TENANT, LINGERS, self.books.clock, executor)
        self.records = StoredRecords(dynamodb, tables.CORE, TENANT, executor)
        self.store = StoredParking(dynamodb, tables.CORE, tables.AUDIT)

    def entry(self) -> Entry:
        """Return an audit entry of its own."""
        now = self.books.clock.now()
        return Entry(Ulids().new(), now, TENANT, "operator/ada", "none", "parked", "x", "r1")

    def product(self, sku: str) -> ProductRecord:
        """Return a product as sync reads it."""
        return self.records.products([sku])[sku]

    def park(self, sku: str, reason: Reason = REASON) -> bool:
        """Let HubSpot refuse a product."""
        return self.refuse(self.product(sku), reason)

    def refuse(self, record: ProductRecord, reason: Reason = REASON) -> bool:
        """Let HubSpot refuse a product as it was read."""
        home, now = record.marks[0], self.books.clock.now()
        refused = Parked("products", record.product.id, home.key, reason, home.version, now)
        return self.work.park(refused, record.marks)

    def found(self, sku: str) -> ParkedRecord:
        """Return a product's parked record."""
        record = self.store.find(TENANT, "products", self.product(sku).product.id)
        assert record is not None
        return record

    def seen(self, state: State = State.PARKED) -> list[str]:
        """Return what is listed in a state, in order."""
        return [r.of for r in self.store.page(TENANT, state, KINDS, None, 100)[0]]

    def audited(self) -> int:
        """Count the operator's entries."""
        items = self.dynamodb.scan(TableName=tables.AUDIT)["Items"]
        return sum(i["principal"]["S"] == "operator/ada" for i in items)


@pytest.fixture
def desk() -> Iterator[Desk]:
    """Return a desk over empty tables."""
    with mock_aws(), ThreadPoolExecutor(1) as executor:
        yield Desk(executor)


def test_pages_are_oldest_first_over_all_kinds_and_shards(desk: Desk) -> None:
    """What was refused first is shown first; a position goes on without a gap or a repeat."""
    skus = [f"P-{number}" for number in range(7)]
    for sku in skus:
        desk.books.product(sku)
        desk.park(sku)
        desk.books.clock.advance(1_000)
    desk.park("P-0")
    shown: list[str] = []
    after: str | None = None
    while True:
        page, after = desk.store.page(TENANT, State.PARKED, KINDS, after, 3)
        shown += [r.of for r in page]
        if after is None:
            break
    assert shown == skus
    assert desk.store.page(TENANT, State.PARKED, ("contacts",), None, 100) == ((), None)
    assert desk.store.page("other", State.PARKED, KINDS, None, 100) == ((), None)


def test_another_tenants_record_is_not_found(desk: Desk) -> None:
    """Another tenant's id looks exactly like one that does not exist."""
    desk.books.product("A")
    desk.park("A")
    assert desk.store.find("other", "products", desk.found("A").id) is None
    assert desk.store.find(TENANT, "products", "nobody") is None
    assert desk.store.find(TENANT, "contacts", desk.found("A").id) is None


def test_a_retry_owes_the_record_at_once_and_is_audited(desk: Desk) -> None:
    """The mark stands and is due now; the record stays parked until HubSpot has it."""
    desk.books.product("A")
    desk.park("A")
    desk.store.retry(TENANT, desk.found("A"), desk.entry())
    (waiting,) = desk.work.look(PRODUCTS).waiting
    assert (waiting.id, waiting.due_at) == ("A", desk.books.clock.now())
    assert desk.found("A").retried_at == desk.books.clock.now()
    assert desk.seen() == ["A"]
    assert desk.audited() == 1


def test_two_retries_at_once_owe_it_once(desk: Desk) -> None:
    """Both operators are told yes, and one push is enough for both."""
    desk.books.product("A")
    desk.park("A")
    seen = desk.found("A")
    desk.store.retry(TENANT, seen, desk.entry())
    desk.store.retry(TENANT, seen, desk.entry())
    assert len(desk.work.look(PRODUCTS).waiting) == 1
    assert desk.work.clean(desk.product("A").marks) == 2
    assert desk.work.look(PRODUCTS).waiting == ()


@pytest.mark.parametrize("lands", [True, False])
def test_a_push_that_began_before_a_retry_does_not_end_it(desk: Desk, *, lands: bool) -> None:
    """Whatever that push finds out, the record is pushed once more."""
    desk.books.product("A")
    desk.park("A")
    desk.store.retry(TENANT, desk.found("A"), desk.entry())
    pushed = desk.product("A")
    desk.store.retry(TENANT, desk.found("A"), desk.entry())
    if lands:
        desk.work.clean(pushed.marks)
    else:
        desk.refuse(pushed)
    assert [w.id for w in desk.work.look(PRODUCTS).waiting] == ["A"]
    assert desk.product("A").parked
    desk.work.clean(desk.product("A").marks)
    assert desk.work.look(PRODUCTS).waiting == ()


def test_what_is_cured_can_be_neither_retried_nor_discarded(desk: Desk) -> None:
    """Whoever read it before the cure comes too late, and leaves no trace."""
    desk.books.product("A")
    desk.park("A")
    seen = desk.found("A")
    desk.work.unpark("products", seen.id)
    with pytest.raises(Superseded):
        desk.store.retry(TENANT, seen, desk.entry())
    with pytest.raises(Superseded):
        desk.store.discard(TENANT, seen, desk.entry(), "ada")
    assert desk.work.look(PRODUCTS).waiting == ()
    assert desk.audited() == 0
    assert (desk.seen(), desk.seen(State.CURED)) == ([], ["A"])


def test_a_cure_is_noted_once_and_a_later_refusal_begins_anew(desk: Desk) -> None:
    """The moment of the cure stays; what is refused after it is parked since then."""
    desk.books.product("A")
    desk.park("A")
    desk.work.unpark("products", desk.found("A").id)
    cured = desk.found("A").cured_at
    desk.books.clock.advance(5_000)
    desk.work.unpark("products", desk.found("A").id)
    assert desk.found("A").cured_at == cured
    assert desk.park("A")
    again = desk.found("A")
    assert (again.since, again.cured_at) == (desk.books.clock.now(), None)
    assert (desk.seen(), desk.seen(State.CURED)) == (["A"], [])


def test_what_was_never_parked_cannot_be_cured(desk: Desk) -> None:
    """No record appears out of nothing."""
    desk.work.unpark("products", "p1")
    assert desk.store.find(TENANT, "products", "p1") is None


def test_a_discarded_record_counts_no_more_unless_the_reason_is_another(desk: Desk) -> None:
    """The same category and codes stay discarded, whatever values the message quotes."""
    desk.books.product("A")
    assert desk.park("A")
    desk.store.discard(TENANT, desk.found("A"), desk.entry(), "ada")
    assert not desk.park("A", Reason("VALIDATION_ERROR", "no 7", ("INVALID_NUMBER",)))
    assert desk.found("A").reason.message == "no 7"
    assert (desk.seen(), desk.seen(State.DISCARDED)) == ([], ["A"])
    assert desk.park("A", Reason("VALIDATION_ERROR", "no", ("OTHER",)))
    assert (desk.seen(), desk.seen(State.DISCARDED)) == (["A"], [])
    assert desk.found("A").discarded_by is None


def test_a_reason_that_the_operator_has_not_seen_is_not_discarded(desk: Desk) -> None:
    """A refusal between reading and discarding makes him read again."""
    desk.books.product("A")
    desk.park("A")
    seen = desk.found("A")
    desk.park("A", Reason("CONFLICT", "taken"))
    with pytest.raises(Superseded):
        desk.store.discard(TENANT, seen, desk.entry(), "ada")
    assert desk.seen() == ["A"]


def test_orders_that_wait_are_counted(desk: Desk) -> None:
    """A listing says how many orders went without; those that have it by now do not count."""
    desk.books.product("A")
    orders = [desk.books.order([("A", 1)]).header.id for _ in range(2)]
    desk.park("A")
    desk.work.wait("products", desk.found("A").id, orders)
    (record,) = desk.store.page(TENANT, State.PARKED, KINDS, None, 9)[0]
    assert record.waiting == 2
    desk.work.unpark("products", record.id)
    (record,) = desk.store.page(TENANT, State.CURED, KINDS, None, 9)[0]
    assert record.waiting == 0


def test_a_line_is_owed_again_with_its_order(desk: Desk) -> None:
    """The line leaves the refused ones, its order is due, and what sync read before is stale."""
    desk.books.product("A")
    order_id = desk.books.order([("A", 1)] * 101).header.id
    (record,) = desk.records.orders([order_id], len).values()
    home = record.mark.key
    links = {number: f"h{number}" for number in range(1, 101)}
    desk.records.put_lines([LinePage(home, 1, links, ()), LinePage(home, 2, {}, (101,))])
    line = f"{order_id}-0101"
    desk.work.park(Parked("line_items", line, home, REASON, 1, 0), ())
    desk.work.clean([record.mark])
    parked = desk.store.find(TENANT, "line_items", line)
    assert parked is not None
    (before,) = desk.records.orders([order_id], len).values()
    desk.store.retry(TENANT, parked, desk.entry())
    assert [w.id for w in desk.work.look(ORDERS).waiting] == [order_id]
    (after,) = desk.records.orders([order_id], len).values()
    assert [n.number for p in after.pages for n in p.owed] == [101]
    assert after.pages[1].retried == {101}
    stale = LinePage(home, 2, {}, (101,), (), before.pages[1].revision)
    desk.records.put_lines([stale])
    (still,) = desk.records.orders([order_id], len).values()
    assert still.pages == after.pages


def test_an_association_is_owed_again_with_its_order(desk: Desk) -> None:
    """The order forgets its contact, so that it is tied to it once more."""
    desk.books.product("A")
    order_id = desk.books.order([("A", 1)]).header.id
    (record,) = desk.records.orders([order_id], len).values()
    home = record.mark.key
    desk.work.park(Parked(TO_CONTACT, order_id, home, REASON, 1, 0), ())
    desk.work.clean([record.mark])
    parked = desk.store.find(TENANT, TO_CONTACT, order_id)
    assert parked is not None
    desk.store.retry(TENANT, parked, desk.entry())
    desk.records.put_links({home: Link("9", contact="8")})
    desk.store.retry(TENANT, parked, desk.entry())
    (again,) = desk.records.orders([order_id], len).values()
    assert again.link == Link("9")
    assert again.mark.dirty
