"""Unique properties: identity, conflicts, folding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.twin.test_batches import PROPERTY, product, upsert
from tests.twin.test_objects import VERSIONS, create

if TYPE_CHECKING:
    from tests.support.running_twin import RunningTwin

BASE = VERSIONS["2026-09"]


@pytest.fixture(autouse=True)
def shop_id(twin: RunningTwin) -> None:
    """Define a unique property on products."""
    assert twin.call("POST", "/crm/properties/2026-09/products", PROPERTY).status == 201


def test_a_record_is_found_by_its_unique_property(twin: RunningTwin) -> None:
    """By single read and by batch read."""
    made = create(twin, BASE, "products", name="A", shop_id="a")
    found = twin.call("GET", f"{BASE}/products/a?idProperty=shop_id")
    assert found.body["id"] == made["id"]
    body = {
        "inputs": [{"id": "a"}],
        "idProperty": "shop_id",
        "properties": ["name"],
        "propertiesWithHistory": [],
    }
    read = twin.call("POST", f"{BASE}/products/batch/read", body)
    assert [r["id"] for r in read.body["results"]] == [made["id"]]


def test_only_unique_properties_identify(twin: RunningTwin) -> None:
    """`name` and a company's domain are refused as idProperty."""
    one = {"id": "a", "idProperty": "name", "properties": {"name": "a"}}
    reply = twin.call("POST", f"{BASE}/products/batch/upsert", {"inputs": [one]})
    assert reply.status == 400
    assert "non-unique 0-7 property name" in reply.body["message"]
    assert twin.call("GET", f"{BASE}/companies/a.com?idProperty=domain").status == 400


def test_a_second_owner_is_refused_and_told_of_the_first(twin: RunningTwin) -> None:
    """On create and on update, in the words that HubSpot uses."""
    first = create(twin, BASE, "products", name="A", shop_id="a")["id"]
    body = {"properties": {"shop_id": "a"}, "associations": []}
    reply = twin.call("POST", f"{BASE}/products", body)
    assert reply.status == 400
    assert reply.body["message"].endswith(f". {first} already has that value.")
    assert "Cannot set PropertyValueCoordinates{portalId=1, " in reply.body["message"]
    other = create(twin, BASE, "products", name="B")["id"]
    path = f"{BASE}/products/{other}"
    assert twin.call("PATCH", path, {"properties": {"shop_id": "a"}}).status == 400


def test_unique_values_fold_case_unless_switched(twin: RunningTwin) -> None:
    """Two keys that differ in case only are one to HubSpot: the pessimistic reading."""
    assert upsert(twin, BASE, product("Abc", name="1")).body["results"][0]["new"] is True
    assert upsert(twin, BASE, product("aBC", name="2")).body["results"][0]["new"] is False
    twin.call("POST", "/_twin/settings", {"folds_unique_values": False})
    assert upsert(twin, BASE, product("abc", name="3")).body["results"][0]["new"] is True


def test_hs_sku_is_unique_on_products_unless_switched(twin: RunningTwin) -> None:
    """The definition says so too; on line items it never is."""
    create(twin, BASE, "products", name="A", hs_sku="S1")
    body = {"properties": {"name": "B", "hs_sku": "s1"}, "associations": []}
    assert twin.call("POST", f"{BASE}/products", body).status == 400
    definition = "/crm/properties/2026-09/products/hs_sku"
    assert twin.call("GET", definition).body["hasUniqueValue"] is True
    for _ in range(2):
        create(twin, BASE, "line_items", name="L", hs_sku="S1")
    twin.call("POST", "/_twin/settings", {"sku_is_unique": False})
    assert twin.call("GET", definition).body["hasUniqueValue"] is False
    assert twin.call("POST", f"{BASE}/products", body).status == 201


def test_a_changed_or_cleared_value_is_free_again(twin: RunningTwin) -> None:
    """The index follows the record."""
    made = create(twin, BASE, "products", name="A", shop_id="a")["id"]
    path = f"{BASE}/products/{made}"
    for value in ("b", ""):
        twin.call("PATCH", path, {"properties": {"shop_id": value}})
    for value in ("a", "b"):
        create(twin, BASE, "products", name="N", shop_id=value)


def test_two_of_a_batch_cannot_share_a_value(twin: RunningTwin) -> None:
    """Also when neither is stored yet."""
    reply = upsert(twin, BASE, product("a", hs_sku="S"), product("b", hs_sku="s"))
    assert reply.status == 400
    assert twin.call("GET", f"{BASE}/products").body["results"] == []


def test_at_most_ten_custom_unique_properties(twin: RunningTwin) -> None:
    """The eleventh of an object type is refused; one that is not unique is not."""
    path = "/crm/properties/2026-09/products"
    for i in range(9):
        assert twin.call("POST", path, PROPERTY | {"name": f"u{i}"}).status == 201
    assert twin.call("POST", path, PROPERTY | {"name": "u9"}).status == 400
    more = PROPERTY | {"name": "u9", "hasUniqueValue": False}
    assert twin.call("POST", path, more).status == 201
