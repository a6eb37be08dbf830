"""HubSpot refuses, limits, falls silent: nothing is lost, doubled or held up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from core.customers.model import CustomerDraft
from core.store import keys
from tests.flow.faults import refuse, script
from tests.support.books import TENANT

if TYPE_CHECKING:
    from tests.flow.shop import Shop


def upserts(calls: Any) -> int:
    """Count the upserts of all types."""
    return sum(n for endpoint, n in calls.items() if endpoint.endswith("batch/upsert"))


def test_one_bad_record_in_a_hundred_is_parked_and_the_others_land(shop: Shop) -> None:
    """99 of 100 land, the bad one is parked with HubSpot's reason, at 14 extra calls at most."""
    shop.products(f"P-{number:03d}" for number in range(100))
    _break_price(shop, "P-037")
    tally = shop.sync()
    calls = shop.calls()
    assert len(shop.shown("products")) == 99
    assert upserts(calls) <= 1 + 14
    assert tally.parked == {"products": 1}
    parked = shop.item(keys.parked(TENANT, "products", _id(shop, "P-037")))
    assert parked is not None
    assert parked["category"] == "VALIDATION_ERROR"
    assert "INVALID_NUMBER" in parked["codes"]
    assert shop.owed() == []


def test_a_parked_record_costs_one_call_when_it_changes_and_is_cured_by_it(shop: Shop) -> None:
    """A parked record that changes is tried again, alone, and is parked no more once it lands."""
    shop.products(f"P-{number:03d}" for number in range(20))
    _break_price(shop, "P-007")
    shop.sync()
    shop.calls()
    shop.product("P-007", price=300)
    shop.product("P-008", price=300)
    shop.sync()
    assert upserts(shop.calls()) == 2
    assert len(shop.shown("products")) == 20
    parked = shop.item(keys.parked(TENANT, "products", _id(shop, "P-007")))
    assert parked is not None
    assert parked["cured_at"]
    shop.product("P-007", price=301)
    shop.product("P-008", price=301)
    shop.sync()
    assert upserts(shop.calls()) == 1


def test_an_order_does_not_wait_for_its_parked_product_or_customer(shop: Shop) -> None:
    """HubSpot refuses a customer and a product; their order lands without them."""
    shop.product("GOOD-1")
    shop.product("BAD-1")
    _break_price(shop, "BAD-1")
    person = CustomerDraft("C-1", "ada@example", "Ada")
    shop.order([("GOOD-1", 1), ("BAD-1", 1)], customer=person)
    tally = shop.sync()
    order = shop.one("orders")
    assert len(order["associations"]["line_items"]) == 2
    assert "contacts" not in order["associations"]
    linked = [line["properties"].get("hs_product_id") for line in shop.shown("line_items")]
    assert sorted(linked, key=str) == sorted([shop.one("products")["id"], None], key=str)
    assert tally.parked == {"products": 1, "contacts": 1}
    assert shop.owed() == []


def test_an_order_gets_what_it_lacked_once_that_is_cured(shop: Shop) -> None:
    """When the refused product and customer are mended, the order that went without gets both."""
    shop.product("BAD-1")
    _break_price(shop, "BAD-1")
    shop.order([("BAD-1", 1)], customer=CustomerDraft("C-1", "ada@example", "Ada"))
    shop.sync()
    shop.product("BAD-1", price=300)
    shop.product("GOOD-1")
    shop.order([("GOOD-1", 1)], customer=CustomerDraft("C-1", "ada@example.com", "Ada"))
    shop.sync()
    shop.sync()
    (contact,) = shop.shown("contacts")
    for order in shop.shown("orders"):
        assert order["associations"]["contacts"] == {contact["id"]: [507]}
    products = {p["id"] for p in shop.shown("products")}
    lines = shop.shown("line_items")
    assert len(lines) == 2
    assert {line["properties"]["hs_product_id"] for line in lines} == products
    assert shop.owed() == []


def test_an_answer_that_shows_an_older_version_is_pushed_again(shop: Shop) -> None:
    """When HubSpot answers with an older version than was sent, the record stays owed."""
    shop.product("A-1")

    async def overwritten(exchange: Any, proceed: Any) -> Any:
        answer = await proceed(exchange)
        if exchange.url_path.endswith("products/batch/upsert") and not seen:
            seen.append(1)
            for result in answer.body["results"]:
                result["properties"]["countersign_version"] = "0"
        return answer

    seen: list[int] = []
    shop.twin.twin.layers.append(overwritten)
    tally = shop.sync()
    assert tally.resting == {"products": 1}
    assert "countersign_version" in tally.reasons[0]
    shop.sync()
    assert shop.owed() == []


def test_a_reason_is_kept_without_personal_data(shop: Shop) -> None:
    """HubSpot quotes the address that it refuses; what is kept of its words does not."""
    shop.product("A-1")
    shop.order([("A-1", 1)], customer=CustomerDraft(None, "ada lovelace@example", "Ada"))
    shop.sync()
    found = shop.dynamodb.scan(
        TableName=shop.core,
        FilterExpression="sk = :sk",
        ExpressionAttributeValues={":sk": {"S": "PARKED"}},
    )["Items"]
    assert len(found) == 1
    assert "lovelace" not in str(found)
    assert "Email address" in found[0]["message"]["S"]


def test_after_a_429_nothing_is_sent_and_nothing_is_slept_out(shop: Shop) -> None:
    """A 429 ends the run at once; the next runs hold until the window is over, then all lands."""
    shop.product("A-1")
    limited = script(shop.twin.twin, "products/batch/upsert", status=429)
    tally = shop.sync(after=6)
    assert tally.limited == {"TEN_SECONDLY_ROLLING": 1}
    assert max(shop.clock.slept, default=0) <= 2
    assert tally.again_at is not None
    shop.calls()
    shop.sync(after=4)
    assert shop.calls() == {}
    shop.sync(after=8)
    assert len(shop.shown("products")) == 1
    assert limited.met == 1
    assert shop.owed() == []


@pytest.mark.parametrize("status", [500, 502, 503, 504, 423, 477, 521])
def test_a_failing_call_is_left_alone_and_then_repeated(shop: Shop, status: int) -> None:
    """What HubSpot cannot do now is not asked again at once, and done later."""
    shop.product("A-1")
    script(shop.twin.twin, "products/batch/upsert", status=status)
    tally = shop.sync(after=6)
    assert tally.resting == {"products": 1}
    assert len(shop.owed()) > 0
    shop.calls()
    shop.sync(after=15)
    assert shop.calls() == {}
    shop.sync(after=20)
    assert len(shop.shown("products")) == 1
    assert shop.owed() == []


def test_a_reply_that_is_lost_after_the_write_doubles_nothing(shop: Shop) -> None:
    """HubSpot did it, its answer never came: the repeat changes nothing but our own books."""
    shop.product("A-1")
    shop.order([("A-1", 2)], customer=CustomerDraft("C-1", "ada@example.com"))
    for path in ("products/batch/upsert", "orders/batch/upsert", "line_items/batch/upsert"):
        script(shop.twin.twin, path, status=502, applied=True)
    script(shop.twin.twin, "associate/default", status=504, applied=True)
    for _ in range(8):
        shop.sync(after=61)
    for kind in ("products", "contacts", "orders", "line_items"):
        assert len(shop.shown(kind)) == 1
    order = shop.one("orders")
    assert len(order["associations"]["contacts"]) == 1
    assert len(order["associations"]["line_items"]) == 1
    assert shop.owed() == []


def test_a_change_during_the_push_is_pushed_after_it(shop: Shop) -> None:
    """A version raised while the one before was on its way stays owed, and lands a linger later."""
    shop.product("A-1", price=100)

    async def meddle(exchange: Any, proceed: Any) -> Any:
        if exchange.url_path.endswith("products/batch/upsert") and not meddled:
            meddled.append(1)
            shop.product("A-1", price=200)
        return await proceed(exchange)

    meddled: list[int] = []
    shop.twin.twin.layers.append(meddle)
    tally = shop.sync(after=6)
    assert tally.raised == 1
    assert shop.one("products")["properties"]["price"] == "1.00"
    assert shop.owed() != []
    shop.sync(after=6)
    assert shop.one("products")["properties"]["price"] == "2.00"
    assert shop.owed() == []


def test_an_order_of_250_lines_is_whole_in_hubspot(shop: Shop) -> None:
    """An order of three pages stands in HubSpot with every line, at the calls that it needs."""
    shop.products(f"P-{number:03d}" for number in range(5))
    shop.sync()
    shop.calls()
    shop.order([(f"P-{number % 5:03d}", 1) for number in range(250)])
    shop.sync()
    calls = shop.calls()
    assert len(shop.one("orders")["associations"]["line_items"]) == 250
    assert upserts(calls) == 1 + 3 + 1
    assert sum(n for endpoint, n in calls.items() if "associate" in endpoint) == 1
    assert shop.owed() == []


def test_a_refused_line_is_parked_and_its_order_is_whole_but_for_it(shop: Shop) -> None:
    """One line that HubSpot refuses does not hold up the other 149, now or at the next change."""
    shop.product("A-1")
    placed = shop.order([("A-1", 1)] * 150)
    _break_line(shop, placed.header.id, 77)
    tally = shop.sync()
    assert len(shop.one("orders")["associations"]["line_items"]) == 149
    assert tally.parked == {"line_items": 1}
    line = f"{placed.header.id}-0077"
    assert shop.item(keys.parked(TENANT, "line_items", line)) is not None
    assert shop.owed() == []


def test_a_missing_property_stops_everything_and_parks_nothing(shop: Shop) -> None:
    """A portal that is not provisioned is an operator's matter: no bisection, nothing parked."""
    shop.product("A-1")
    shop.product("B-1")
    path = "/crm/properties/2026-09/products/countersign_on_hand"
    assert shop.twin.call("DELETE", path).status == 204
    tally = shop.sync()
    assert not tally.parked
    assert upserts(shop.calls()) == 1
    assert "denied 400" in tally.reasons[0]
    assert len(shop.owed()) > 0


def _id(shop: Shop, sku: str) -> str:
    item = shop.item(keys.product(TENANT, sku))
    assert item is not None
    return str(item["id"])


def _break_price(shop: Shop, sku: str) -> None:
    """Let the portal refuse this product until its price changes: 2.55 becomes no number there."""
    original = shop.item(keys.product(TENANT, sku))
    assert original is not None
    refuse(shop.twin.twin, original["id"], '"price": "2.55"')


def _break_line(shop: Shop, order_id: str, number: int) -> None:
    refuse(shop.twin.twin, f"{order_id}-{number:04d}", '"price"')
