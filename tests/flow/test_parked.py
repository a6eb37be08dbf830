"""An operator and what HubSpot refused: seen, mended, owed again, or given up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from core.crm.parking import TO_CONTACT, Result, State
from core.customers.model import CustomerDraft
from core.store import keys
from tests.flow.faults import refuse, script
from tests.flow.operator import ME, Desk
from tests.support.books import TENANT

if TYPE_CHECKING:
    from tests.flow.shop import Shop


@pytest.fixture
def desk(shop: Shop) -> Desk:
    """Return the operator's desk."""
    return Desk(shop)


def _id(shop: Shop, sku: str) -> str:
    item = shop.item(keys.product(TENANT, sku))
    assert item is not None
    return str(item["id"])


def test_a_parked_product_lands_once_its_cause_is_mended_and_it_is_retried(
    shop: Shop, desk: Desk
) -> None:
    """Seen with reason and waiting orders; retried it lands, and its order gets it too."""
    shop.product("BAD-1")
    bad = refuse(shop.twin.twin, _id(shop, "BAD-1"))
    shop.order([("BAD-1", 1)])
    shop.sync()
    parked = desk.one("products")
    assert (parked.of, parked.waiting, parked.refusals) == ("BAD-1", 1, 1)
    assert parked.reason.category == "VALIDATION_ERROR"
    assert shop.sync().rounds == 0
    bad.mend()
    assert desk.retry(parked) is Result.OWED
    shop.sync(after=0)
    assert desk.seen() == []
    (cured,) = desk.seen(State.CURED)
    assert cured.cured_at == shop.clock.now()
    shop.sync()
    (line,) = shop.shown("line_items")
    assert line["properties"]["hs_product_id"] == shop.one("products")["id"]
    assert shop.owed() == []


def test_a_retry_in_vain_parks_it_again_at_the_cost_of_one_call(shop: Shop, desk: Desk) -> None:
    """What HubSpot still refuses is parked with the new reason, as old as it was."""
    shop.products(f"P-{n}" for n in range(5))
    refuse(shop.twin.twin, _id(shop, "P-3"))
    shop.sync()
    parked = desk.one("products")
    shop.calls()
    assert desk.retry(parked) is Result.OWED
    tally = shop.sync(after=1)
    assert sum(n for e, n in shop.calls().items() if e.endswith("upsert")) == 1
    assert tally.parked == {"products": 1}
    again = desk.one("products")
    assert (again.refusals, again.since) == (2, parked.since)
    assert again.refused_at > parked.refused_at
    assert shop.owed() == []


@pytest.mark.parametrize("kind", ["contacts", "orders"])
def test_a_parked_customer_and_a_parked_order_land_when_retried(
    shop: Shop, desk: Desk, kind: str
) -> None:
    """Each kind of record has its way back, and nothing is doubled or left owed."""
    shop.product("A-1")
    placed = shop.order([("A-1", 1)], customer=CustomerDraft("C-1", "ada@example.com", "Ada"))
    refused = script(shop.twin.twin, f"{kind}/batch/upsert", status=400, times=9)
    shop.sync()
    parked = desk.one(kind)
    assert parked.of == (placed.header.id if kind == "orders" else placed.header.customer_id)
    refused.times = 0
    assert desk.retry(parked) is Result.OWED
    shop.sync(after=1)
    shop.sync()
    assert desk.seen() == []
    order, contact = shop.one("orders"), shop.one("contacts")
    assert list(order["associations"]["contacts"]) == [contact["id"]]
    assert len(order["associations"]["line_items"]) == 1
    assert shop.owed() == []


def test_a_parked_line_lands_when_retried(shop: Shop, desk: Desk) -> None:
    """One call for its order and one for that line alone; the order is whole in HubSpot."""
    shop.product("A-1")
    placed = shop.order([("A-1", 1)] * 150)
    line = f"{placed.header.id}-0077"
    bad = refuse(shop.twin.twin, line)
    shop.sync()
    parked = desk.one("line_items")
    assert (parked.id, parked.of) == (line, placed.header.id)
    assert desk.retry(parked) is Result.OWED
    shop.sync(after=1)
    assert desk.one("line_items").refusals == 2
    bad.mend()
    shop.calls()
    assert desk.retry(parked) is Result.OWED
    shop.sync(after=1)
    assert sum(n for e, n in shop.calls().items() if e.endswith("upsert")) == 2
    assert len(shop.one("orders")["associations"]["line_items"]) == 150
    assert desk.seen() == []
    assert shop.owed() == []


def test_a_refused_association_is_made_when_retried(shop: Shop, desk: Desk) -> None:
    """An order that HubSpot would not tie to its contact is tied to it in the end."""
    shop.product("A-1")
    shop.order([("A-1", 1)], customer=CustomerDraft("C-1", "ada@example.com", "Ada"))
    path = "orders/contacts/batch/associate/default"
    refused = script(shop.twin.twin, path, status=400, times=9)
    shop.sync()
    parked = desk.one(TO_CONTACT)
    assert "contacts" not in shop.one("orders")["associations"]
    refused.times = 0
    assert desk.retry(parked) is Result.OWED
    shop.sync(after=1)
    assert list(shop.one("orders")["associations"]["contacts"]) == [shop.one("contacts")["id"]]
    assert desk.seen() == []
    assert shop.owed() == []


def test_an_order_is_tied_to_its_contact_anew_when_that_has_changed(shop: Shop) -> None:
    """A contact that stands elsewhere in HubSpot now is associated at the order's next push."""
    shop.product("A-1")
    placed = shop.order([("A-1", 1)], customer=CustomerDraft("C-1", "ada@example.com", "Ada"))
    shop.sync()
    other = shop.twin.call(
        "POST", "/crm/objects/2026-09/contacts", {"properties": {}, "associations": []}
    ).body["id"]
    customer = keys.customer(TENANT, placed.header.customer_id or "")
    shop.dynamodb.update_item(
        TableName=shop.core,
        Key={"pk": {"S": customer.pk}, "sk": {"S": "LINK"}},
        UpdateExpression="SET hubspot_id = :other",
        ExpressionAttributeValues={":other": {"S": other}},
    )
    shop.reach(placed.header.id, "paid")
    shop.calls()
    shop.sync()
    assert other in shop.one("orders")["associations"]["contacts"]
    assert sum(n for e, n in shop.calls().items() if "associate" in e) == 1
    shop.reach(placed.header.id, "processed")
    shop.sync()
    assert not [e for e in shop.calls() if "associate" in e]


def test_what_is_discarded_is_neither_listed_nor_counted_until_its_reason_changes(
    shop: Shop, desk: Desk
) -> None:
    """Given up, it is pushed only when it changes; a new reason brings it back to the operator."""
    shop.product("BAD-1")
    bad = refuse(shop.twin.twin, _id(shop, "BAD-1"))
    shop.sync()
    parked = desk.one("products")
    assert desk.discard(parked) is Result.DISCARDED
    assert desk.seen() == []
    (gone,) = desk.seen(State.DISCARDED)
    assert (gone.discarded_by, gone.discarded_at) == (ME.name, shop.clock.now())
    shop.calls()
    shop.sync()
    assert shop.calls() == {}
    shop.product("BAD-1", price=300)
    tally = shop.sync()
    assert not tally.parked
    assert desk.seen() == []
    bad.mend()
    refused = script(shop.twin.twin, "products/batch/upsert", status=400, times=9)
    shop.product("BAD-1", price=301)
    assert shop.sync().parked == {"products": 1}
    assert desk.one("products").discarded_at is None
    refused.times = 0


def test_what_is_discarded_and_lands_after_all_is_cured(shop: Shop, desk: Desk) -> None:
    """A change that HubSpot takes ends the discarding; a retry takes it back at once."""
    for sku in ("BAD-1", "BAD-2"):
        shop.product(sku)
    bad = [refuse(shop.twin.twin, _id(shop, sku)) for sku in ("BAD-1", "BAD-2")]
    shop.sync()
    for parked in desk.seen():
        assert desk.discard(parked) is Result.DISCARDED
    for one in bad:
        one.mend()
    first, second = sorted(desk.seen(State.DISCARDED), key=lambda r: r.of)
    shop.product("BAD-1", price=300)
    assert desk.retry(second) is Result.OWED
    shop.sync()
    assert len(shop.shown("products")) == 2
    assert [desk.seen(state) for state in (State.PARKED, State.DISCARDED)] == [[], []]
    assert {r.id for r in desk.seen(State.CURED)} == {first.id, second.id}


@pytest.mark.parametrize("kind", ["products", "line_items"])
def test_a_retry_during_a_push_is_not_lost(shop: Shop, desk: Desk, kind: str) -> None:
    """A refusal of a call that began before the retry does not undo it: it is pushed once more."""
    shop.product("A-1")
    placed = shop.order([("A-1", 1)] * 3)
    key = _id(shop, "A-1") if kind == "products" else f"{placed.header.id}-0002"
    bad = refuse(shop.twin.twin, key)
    shop.sync()
    parked = desk.one(kind)
    retried: list[Result] = []

    async def meddle(exchange: Any, proceed: Any) -> Any:
        answer = await proceed(exchange)
        if exchange.url_path.endswith(f"{kind}/batch/upsert") and not retried:
            bad.mend()
            retried.append(desk.retry(parked))
        return answer

    desk.retry(parked)
    shop.twin.twin.layers.insert(0, meddle)
    shop.sync(after=1)
    shop.sync()
    assert retried == [Result.OWED]
    assert desk.seen() == []
    assert len(shop.shown("products")) == 1
    assert len(shop.one("orders")["associations"]["line_items"]) == 3
    shop.sync()
    assert shop.owed() == []


def test_a_line_that_lands_while_it_is_retried_is_not_lost(shop: Shop, desk: Desk) -> None:
    """What the push writes down does not undo the retry; the repeat doubles nothing."""
    shop.product("A-1")
    placed = shop.order([("A-1", 1)] * 3)
    bad = refuse(shop.twin.twin, f"{placed.header.id}-0002")
    shop.sync()
    parked = desk.one("line_items")
    bad.mend()
    retried: list[Result] = []

    async def meddle(exchange: Any, proceed: Any) -> Any:
        answer = await proceed(exchange)
        if exchange.url_path.endswith("line_items/batch/upsert") and not retried:
            retried.append(desk.retry(parked))
        return answer

    desk.retry(parked)
    shop.twin.twin.layers.insert(0, meddle)
    for _ in range(3):
        shop.sync()
    assert retried == [Result.OWED]
    assert len(shop.shown("line_items")) == 3
    assert desk.seen() == []
    assert shop.owed() == []
