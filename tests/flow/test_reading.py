"""Reading HubSpot: by its own id and by ours, live and from the recycle bin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.crm import calls, mapping
from core.crm.outcomes import Ok
from core.crm.ownership import Ownership
from core.crm.properties import UNIQUE, ObjectType
from core.crm.seeing import differences
from core.customers.model import CustomerDraft
from core.hubspot.client import HubspotClient
from core.store.crm import StoredRecords
from tests.support.books import TENANT

if TYPE_CHECKING:
    from core.crm.calls import Call
    from core.crm.outcomes import Result
    from tests.flow.shop import Shop


def results(shop: Shop, asked: tuple[Call, ...]) -> tuple[Result, ...]:
    """Return what HubSpot answers to one call."""
    (call,) = asked
    client = HubspotClient(shop.twin.token, shop.twin.url, shop.version)
    outcome = client.send(call).outcome
    assert isinstance(outcome, Ok), outcome
    return outcome.results


@pytest.mark.parametrize("version", ["2026-09", "v3"])
def test_by_its_id_by_ours_and_from_the_bin(shop: Shop, version: str) -> None:
    """A record is found by either id while it lives, and by HubSpot's once it is archived."""
    shop.speak(version)
    shop.product("TEA-1")
    shop.sync()
    there = shop.one("products")
    ours = there["properties"]["countersign_product_id"]
    kind = ObjectType.PRODUCTS
    (found,) = results(shop, calls.read_by_id(kind, [there["id"], "999999"]))
    assert (found.id, found.properties["countersign_sku"]) == (there["id"], "TEA-1")
    assert results(shop, calls.read_by_ours(kind, [ours, "nobody's"])) == (found,)
    shop.twin.call("DELETE", f"/_twin/records/products/{there['id']}")
    assert results(shop, calls.read_by_id(kind, [there["id"]])) == ()
    (gone,) = results(shop, calls.read_by_id(kind, [there["id"]], archived=True))
    assert gone.properties[UNIQUE[kind]] == ours


def test_what_sync_wrote_differs_in_nothing(shop: Shop) -> None:
    """A whole shop, pushed and read again, agrees field by field."""
    shop.product("TEA-1")
    ada = CustomerDraft(email="Ada@Example.com", first_name="Ada")
    order = shop.order([("TEA-1", 2)], customer=ada)
    shop.sync()
    records = StoredRecords(shop.dynamodb, shop.core, TENANT, shop.executors[1])
    products = records.products(["TEA-1"])
    orders = records.orders([order.header.id], len)
    people = records.customers([order.header.customer_id or ""])
    stages = shop.portals.of(TENANT).order_stages()
    subjects = (
        *(mapping.product(r) for r in products.values()),
        *(mapping.customer(r) for r in people.values()),
        *(mapping.order(r, stages) for r in orders.values()),
    )
    for subject in subjects:
        (shown,) = results(shop, calls.read_by_ours(subject.type, [subject.key]))
        assert differences(subject, shown.properties, Ownership()) == ()
