"""Products and customers on their way out: versions, adoption, SKUs that differ in case only."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from core.customers.model import CustomerDraft

if TYPE_CHECKING:
    from tests.flow.shop import Shop

READ, UPSERT, UPDATE = "batch/read", "batch/upsert", "batch/update"


def create(shop: Shop, kind: str, **properties: str) -> str:
    """Create a record in HubSpot as somebody else would."""
    path = f"/crm/objects/2026-09/{kind}"
    reply = shop.twin.call("POST", path, {"properties": properties, "associations": []})
    assert reply.status == 201, reply.body
    shop.calls()
    return str(reply.body["id"])


def by_action(calls: Any) -> dict[str, int]:
    """Return counts by what is called, e.g. `batch/read`."""
    counts: dict[str, int] = {}
    for endpoint, number in calls.items():
        action = "/".join(endpoint.split("/")[-2:])
        counts[action] = counts.get(action, 0) + number
    return counts


def test_ten_changes_to_one_product_cost_one_record(shop: Shop) -> None:
    """A product that changes ten times within its linger is pushed once, as it is in the end."""
    for price in range(100, 110):
        shop.product("TEA-1", price=price)
    shop.sync(after=6)
    assert by_action(shop.calls()) == {READ: 1, UPSERT: 1}
    assert shop.one("products")["properties"]["price"] == "1.09"
    assert shop.one("products")["properties"]["countersign_version"] == "10"


def test_a_second_run_makes_no_call(shop: Shop) -> None:
    """When nothing has changed, nothing is asked of HubSpot."""
    shop.product("TEA-1")
    shop.order([("TEA-1", 1)])
    shop.sync()
    shop.calls()
    tally = shop.sync()
    assert shop.calls() == {}
    assert tally.again_at is None


def test_stock_waits_for_its_linger_and_then_all_of_it_goes(shop: Shop) -> None:
    """Stock is pushed when its oldest change is a minute old, and then everything that is dirty."""
    for sku in ("A-1", "B-1"):
        shop.product(sku)
    shop.sync()
    shop.calls()
    shop.order([("A-1", 2)])
    shop.sync(after=30)
    shop.order([("B-1", 3)])
    shop.sync(after=10)
    stale = shop.one("products", countersign_sku="A-1")["properties"]["countersign_available"]
    assert stale == "1000"
    shop.calls()
    shop.sync(after=25)
    assert by_action(shop.calls()) == {UPSERT: 1}
    shown = {p["properties"]["hs_sku"]: p["properties"] for p in shop.shown("products")}
    assert shown["A-1"]["countersign_available"] == "998"
    assert shown["B-1"]["countersign_available"] == "997"


def test_a_stage_that_an_order_reaches_costs_one_call(shop: Shop) -> None:
    """A placed order that is paid is pushed again by itself: its lines stand already."""
    shop.product("TEA-1")
    order = shop.order([("TEA-1", 1)] * 120)
    shop.sync()
    shop.calls()
    shop.reach(order.header.id, "paid")
    shop.sync()
    assert by_action(shop.calls()) == {UPSERT: 1}
    stages = shop.portals.of("main").order_stages()
    shown = shop.one("orders")["properties"]
    assert shown["hs_pipeline_stage"] == stages["Paid"][1]
    assert shown["countersign_paid_at"]
    assert shop.owed() == []


def test_a_product_that_is_there_by_sku_is_adopted(shop: Shop) -> None:
    """A product that HubSpot has under the very same SKU becomes ours; no second one is made."""
    there = create(shop, "products", name="Old name", hs_sku="TEA-1")
    ours = shop.product("TEA-1", name="Tea")
    tally = shop.sync()
    found = shop.one("products")
    assert found["id"] == there
    assert found["properties"]["countersign_product_id"] == ours.id
    assert found["properties"]["name"] == "Tea"
    assert tally.adopted["products"] == 1


def test_a_contact_that_is_there_by_email_is_adopted(shop: Shop) -> None:
    """A contact with the customer's e-mail, in whatever case, becomes the customer's."""
    there = create(shop, "contacts", email="ada@example.com", firstname="A.")
    shop.product("TEA-1")
    shop.order([("TEA-1", 1)], customer=CustomerDraft("C-1", "Ada@Example.com", "Ada"))
    shop.sync()
    assert shop.one("contacts")["id"] == there
    assert shop.one("contacts")["properties"]["firstname"] == "Ada"
    assert shop.one("orders")["associations"]["contacts"] == {there: [507]}


def test_a_contact_made_between_our_read_and_our_write_is_adopted(shop: Shop) -> None:
    """Somebody else is quicker by a moment: his contact becomes ours, nothing is parked."""
    path = "/crm/objects/2026-09/contacts"
    made: list[str] = []

    async def quicker(exchange: Any, proceed: Any) -> Any:
        answer = await proceed(exchange)
        if exchange.url_path.endswith("contacts/batch/read") and not made:
            made.append("")
            body = {"properties": {"email": "ada@example.com"}, "associations": []}
            made.append(
                await asyncio.to_thread(lambda: shop.twin.call("POST", path, body).body["id"])
            )
        return answer

    shop.twin.twin.layers.append(quicker)
    shop.product("TEA-1")
    shop.order([("TEA-1", 1)], customer=CustomerDraft("C-1", "ada@example.com", "Ada"))
    tally = shop.sync()
    assert not tally.parked
    shop.sync()
    shop.sync()
    assert shop.one("contacts")["id"] == made[1]
    assert shop.one("orders")["associations"]["contacts"] == {made[1]: [507]}


def test_a_portal_without_a_stage_holds_back_only_the_orders_in_it(shop: Shop) -> None:
    """An order whose stage the portal lacks rests and says why; the others go on."""
    shop.product("TEA-1")
    first, second = shop.order([("TEA-1", 1)]), shop.order([("TEA-1", 2)])
    pipelines = shop.twin.twin.portals[1].pipelines["0-123"]
    for pipeline in pipelines.values():
        pipeline.stages = [s for s in pipeline.stages if s.label != "Paid"]
    shop.speak("2026-09")
    shop.reach(first.header.id, "paid")
    tally = shop.sync()
    assert tally.reasons == ["the order pipeline has no stage labelled Paid"]
    assert shop.one("orders")["properties"]["countersign_order_id"] == second.header.id


def test_skus_that_differ_in_case_only_stay_two_products(shop: Shop) -> None:
    """Two SKUs that differ in case only are two products; the first one has HubSpot's SKU field."""
    shop.product("15056BL", price=100)
    shop.product("15056bl", price=200)
    tally = shop.sync()
    shown = {p["properties"]["countersign_sku"]: p["properties"] for p in shop.shown("products")}
    assert shown["15056BL"]["hs_sku"] == "15056BL"
    assert "hs_sku" not in shown["15056bl"]
    assert shown["15056bl"]["price"] == "2.00"
    assert not tally.parked


def test_a_foreign_case_variant_keeps_its_sku_and_is_not_adopted(shop: Shop) -> None:
    """Another's product whose SKU differs in case only is left alone, now and at later pushes."""
    there = create(shop, "products", name="Theirs", hs_sku="tea-1")
    shop.product("TEA-1", name="Ours")
    shop.sync()
    shop.product("TEA-1", name="Ours, renamed")
    tally = shop.sync()
    shown = {p["id"]: p["properties"] for p in shop.shown("products")}
    assert shown.pop(there)["name"] == "Theirs"
    assert [p["name"] for p in shown.values()] == ["Ours, renamed"]
    assert not tally.parked


def test_a_contact_found_by_a_further_address_keeps_its_first(shop: Shop) -> None:
    """A contact that holds the e-mail as a further address is adopted, its first address kept."""
    there = create(shop, "contacts", email="work@example.com")
    shop.twin.call(
        "PATCH",
        f"/_twin/records/contacts/{there}",
        {"properties": {"hs_additional_emails": "home@example.com"}},
    )
    shop.product("TEA-1")
    shop.order([("TEA-1", 1)], customer=CustomerDraft("C-1", "home@example.com", "Ada"))
    shop.sync()
    contacts = shop.shown("contacts")
    assert [c["properties"]["email"] for c in contacts if c["id"] == there] == ["work@example.com"]


@pytest.mark.parametrize("version", ["2026-09", "v3"])
def test_both_api_versions_work(shop: Shop, version: str) -> None:
    """One setting changes the API version; what stands in HubSpot is the same."""
    shop.speak(version)
    shop.product("TEA-1")
    person = CustomerDraft("C-1", "ada@example.com", "Ada")
    shop.order([("TEA-1", 1)], customer=person)
    shop.sync()
    order = shop.one("orders")
    assert len(order["associations"]["line_items"]) == 1
    assert len(order["associations"]["contacts"]) == 1
    assert shop.owed() == []
