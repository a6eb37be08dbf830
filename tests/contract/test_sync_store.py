"""What sync asks of a store: one suite for the fake and for DynamoDB (moto)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from core.crm.lanes import ORDERS, PRODUCTS, STOCK
from core.crm.outcomes import Reason
from core.crm.ports import LinePage, Parked
from core.crm.records import Link
from core.store.crm import StoredRecords
from core.store.work import StoredWork
from tests.contract.fake_books import FakeBooks
from tests.support import tables
from tests.support.books import LINGERS, TENANT, Books

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.crm.ports import CrmStore, WorkStore
    from core.crm.records import Mark, ProductRecord

REASON = Reason("VALIDATION_ERROR", "no", ("INVALID_NUMBER",))


class Store:
    """A store under test: who writes into it, and the two ports of sync."""

    def __init__(self, books: Books | FakeBooks, work: WorkStore, records: CrmStore) -> None:
        """Keep the parts."""
        self.books, self.work, self.records = books, work, records

    def product(self, sku: str) -> ProductRecord:
        """Return a product as sync reads it."""
        return self.records.products([sku])[sku]

    def home(self, sku: str) -> Mark:
        """Return the mark of a product's own item."""
        return self.product(sku).marks[0]


@pytest.fixture(params=["fake", "dynamodb"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """Return an empty store."""
    if request.param == "fake":
        fake = FakeBooks()
        yield Store(fake, fake.store, fake.store)
        return
    with mock_aws(), ThreadPoolExecutor(1) as executor:
        dynamodb = boto3.client("dynamodb")
        tables.create(dynamodb)
        books = Books(dynamodb)
        work = StoredWork(dynamodb, books.core, TENANT, LINGERS, books.clock, executor)
        yield Store(books, work, StoredRecords(dynamodb, books.core, TENANT, executor))


def test_a_new_product_and_its_stock_wait_in_their_lanes(store: Store) -> None:
    """What is written is found, due a linger after the change, by its id."""
    store.books.product("TEA-1")
    now = store.books.clock.now()
    products, stock = store.work.look(PRODUCTS).waiting, store.work.look(STOCK).waiting
    assert [(w.id, w.due_at - now) for w in products] == [("TEA-1", 5_000)]
    assert [(w.id, w.due_at - now) for w in stock] == [("TEA-1", 60_000)]
    assert store.work.look(ORDERS).waiting == ()


def test_the_oldest_is_found_first(store: Store) -> None:
    """A look is ordered by due time, over all of the index's partitions."""
    for number in range(12):
        store.books.product(f"P-{number}")
        store.books.clock.advance(10)
    found = [w.id for w in store.work.look(PRODUCTS).waiting]
    assert found == [f"P-{number}" for number in range(12)]


def test_another_tenants_work_is_not_found(store: Store) -> None:
    """A look shows one tenant's lane and nothing of any other tenant or lane."""
    store.books.product("TEA-1")
    assert {w.key[0].split("#")[0] for w in store.work.look(PRODUCTS).waiting} == {TENANT}


def test_a_read_shows_marks_and_sums(store: Store) -> None:
    """A product is read with its stock and the marks of all its items."""
    store.books.product("TEA-1", stock=7)
    record = store.product("TEA-1")
    assert (record.available, record.reserved, record.stock_version) == (7, 0, 1)
    assert [m.dirty for m in record.marks] == [True, True]
    assert record.link is None
    assert store.records.products(["NONE"]) == {}


def test_clean_takes_the_mark_away(store: Store) -> None:
    """A mark whose version is in HubSpot is out of its lane."""
    store.books.product("TEA-1")
    assert store.work.clean(store.product("TEA-1").marks) == 2
    assert store.work.look(PRODUCTS).waiting == ()
    assert store.work.look(STOCK).waiting == ()
    assert not any(m.dirty for m in store.product("TEA-1").marks)


def test_clean_leaves_what_has_changed_since(store: Store) -> None:
    """A version raised after the read stays owed, due a linger from now."""
    store.books.product("TEA-1", price=1)
    seen = store.home("TEA-1")
    store.books.product("TEA-1", price=2)
    store.books.clock.advance(60_000)
    assert store.work.clean([seen]) == 0
    (waiting,) = store.work.look(PRODUCTS).waiting
    assert waiting.due_at == store.books.clock.now() + 5_000


def test_a_further_change_moves_no_due_time(store: Store) -> None:
    """What is owed is not put off by changing again."""
    store.books.product("TEA-1", price=1)
    due = store.work.look(PRODUCTS).waiting[0].due_at
    store.books.clock.advance(3_000)
    store.books.product("TEA-1", price=2)
    assert [w.due_at for w in store.work.look(PRODUCTS).waiting] == [due]


def test_what_rests_is_due_later_and_keeps_its_attempts(store: Store) -> None:
    """A rest moves the due time and is told by a read, until the item is clean."""
    store.books.product("TEA-1")
    until = store.books.clock.now() + 30_000
    store.work.rest([(replace(store.home("TEA-1"), attempts=1), until)])
    store.work.rest([(replace(store.home("TEA-1"), attempts=2), until)])
    mark = store.home("TEA-1")
    assert mark.attempts == 2
    assert mark.resting(until - 1)
    assert not mark.resting(until)
    assert store.work.look(PRODUCTS).waiting[0].due_at == until
    store.work.clean([mark])
    store.books.product("TEA-1", price=9)
    assert store.home("TEA-1").attempts == 0


def test_a_rest_does_not_dirty_what_is_clean(store: Store) -> None:
    """An item that was cleaned in the meantime stays clean."""
    store.books.product("TEA-1")
    mark = store.home("TEA-1")
    store.work.clean([mark])
    store.work.rest([(mark, store.books.clock.now() + 1)])
    assert store.work.look(PRODUCTS).waiting == ()


def test_parking_takes_the_marks_away_until_a_change(store: Store) -> None:
    """What HubSpot refuses leaves its lanes, is known as parked, and comes back when it changes."""
    store.books.product("TEA-1", price=1)
    record = store.product("TEA-1")
    parked = Parked(
        "products", record.product.id, record.marks[0].key, REASON, 1, store.books.clock.now()
    )
    store.work.park(parked, record.marks)
    assert store.work.look(PRODUCTS).waiting == ()
    assert store.work.look(STOCK).waiting == ()
    assert store.product("TEA-1").parked
    store.books.product("TEA-1", price=2)
    assert len(store.work.look(PRODUCTS).waiting) == 1
    store.work.clean(store.product("TEA-1").marks)
    assert not store.product("TEA-1").parked


def test_a_change_during_a_refusal_is_not_parked(store: Store) -> None:
    """A version raised after the read stays in its lane: the change may have cured it."""
    store.books.product("TEA-1", price=1)
    record = store.product("TEA-1")
    store.books.product("TEA-1", price=2)
    parked = Parked(
        "products", record.product.id, record.marks[0].key, REASON, 1, store.books.clock.now()
    )
    store.work.park(parked, record.marks)
    assert len(store.work.look(PRODUCTS).waiting) == 1
    assert store.product("TEA-1").parked


def test_an_order_that_lacks_what_was_parked_is_owed_once_that_is_cured(store: Store) -> None:
    """A cure brings back the orders that went without, and each of them once."""
    store.books.product("TEA-1")
    orders = [store.books.order([("TEA-1", 1)]).header.id for _ in range(2)]
    store.work.wait("products", "p1", orders[:1])
    store.work.clean([r.mark for r in store.records.orders(orders, len).values()])
    store.work.unpark("products", "p1")
    assert [w.id for w in store.work.look(ORDERS).waiting] == orders[:1]
    store.work.clean([store.records.orders(orders, len)[orders[0]].mark])
    store.work.unpark("products", "p1")
    assert store.work.look(ORDERS).waiting == ()


def test_links_are_kept_beside_their_records(store: Store) -> None:
    """Where a record stands is read with it and by itself."""
    store.books.product("TEA-1")
    store.books.product("CUP-1")
    link = Link("77", frozenset({"hs_sku"}))
    store.records.put_links({store.home("TEA-1").key: link})
    assert store.product("TEA-1").link == link
    assert store.records.product_links(["TEA-1", "CUP-1", "NONE"]) == {"TEA-1": link}


def test_an_order_is_read_whole_with_what_is_known_of_its_lines(store: Store) -> None:
    """Lines come page by page, each with where it stands; only the others are owed."""
    store.books.product("TEA-1")
    order_id = store.books.order([("TEA-1", 1)] * 150).header.id
    (waiting,) = store.work.look(ORDERS).waiting
    assert waiting.id == order_id
    record = store.records.orders([order_id], len)[order_id]
    assert [len(page.lines) for page in record.pages] == [100, 50]
    assert record.mark.dirty
    links = {n: f"h{n}" for n in range(101, 150)}
    store.records.put_lines([LinePage(record.mark.key, 2, links, (150,))])
    store.records.put_links({record.mark.key: Link("9", contact="8")})
    again = store.records.orders([order_id], len)[order_id]
    assert again.pages[1].links == links
    assert [len(page.owed) for page in again.pages] == [100, 0]
    assert again.link == Link("9", contact="8")


def test_orders_are_read_as_far_as_they_fit(store: Store) -> None:
    """The line counts decide how many orders are read, in the order asked for."""
    store.books.product("TEA-1")
    ids = [store.books.order([("TEA-1", 1)] * size).header.id for size in (2, 3, 4)]
    seen: list[list[int]] = []

    def fits(counts: list[int]) -> int:
        seen.append(counts)
        return 2

    assert list(store.records.orders([ids[1], "0" * 26, ids[0], ids[2]], fits)) == [ids[1], ids[0]]
    assert seen == [[3, 2, 4]]
