"""Reads at the hubspot door: a user of a registered portal, and what its tenant lets them read."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

import pytest

from core.access.incident import Place
from core.crm.signature import sign
from core.routes import ROUTES, Door, live_at, route
from core.store import keys, table
from local.twin.fetch.fetch import Viewer, address
from tests.support import tables
from tests.support.doors import event
from tests.support.shop import CLIENT_SECRET, HUBSPOT_URL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.functions.orders_api.orders import Orders
    from tests.support.doors import Reply
    from tests.support.shop import Shop

EMAIL = "ada.marked@example.com"


def fetched(
    shop: Shop,
    name: str,
    path: Mapping[str, str] | None = None,
    *,
    portal: int = 1,
    user: int = 815,
    own: str = "",
    age_ms: int = 0,
    headers: Mapping[str, str] | None = None,
) -> Reply:
    """Call a route as HubSpot does for a UI extension."""
    asked = route(name)
    url = HUBSPOT_URL + asked.path.format_map(path or {}) + own
    url = address(url, Viewer(portal, user, EMAIL))
    timestamp = str(time.time_ns() // 1_000_000 - age_ms)
    signed = {
        "X-HubSpot-Signature-v3": sign(CLIENT_SECRET, asked.method, url, b"", timestamp),
        "X-HubSpot-Request-Timestamp": timestamp,
    }
    real = urlsplit(url).path.removeprefix("/hubspot")
    made = event(
        asked.method, asked.path, real, None, signed | dict(headers or {}), stage="hubspot"
    )
    made["requestContext"]["identity"] = {"sourceIp": "203.0.113.7"}
    query = dict(parse_qsl(urlsplit(url).query))
    made["queryStringParameters"] = query
    made["multiValueQueryStringParameters"] = {n: [v] for n, v in query.items()}
    return shop.door.call(made)


def test_a_card_reads_stock_orders_and_returns(orders: Orders, shop: Shop) -> None:
    """Guarantee: what the five routes answer a signed caller they answer a portal's user."""
    order_id = orders.placed()
    assert fetched(shop, "get_stock", {"sku": "A"}).json["sku"] == "A"
    assert fetched(shop, "get_product", {"sku": "A"}).json["sku"] == "A"
    assert fetched(shop, "get_order", {"id": order_id}).json["id"] == order_id
    assert fetched(shop, "list_returns", {"id": order_id}).json == {"returns": []}
    listed = fetched(shop, "list_orders", own="?limit=1&state=placed")
    assert [o["id"] for o in listed.json["orders"]] == [order_id]


def test_only_reads_are_open(shop: Shop) -> None:
    """Guarantee: HubSpot can set no Idempotency-Key, so nothing is changed through its door."""
    open_ = [r for r in live_at(Door.HUBSPOT) if r.scope]
    assert {r.method for r in open_} == {"GET"}
    assert {r.scope for r in open_} == {"stock:read", "orders:read"}
    for closed in (r for r in ROUTES if Door.HUBSPOT not in r.doors and r.method == "GET"):
        if closed.function in {"inventory_api", "orders_api"}:
            path = dict.fromkeys(closed.path_parameters, "A")
            assert fetched(shop, closed.name, path).status == 404


def test_another_portals_orders_look_like_none(orders: Orders, shop: Shop) -> None:
    """Guarantee: the tenant is the signed portal's, whatever else is asked for."""
    shop.tenancy.put_portal("2", "other", ("orders:read",))
    order_id = orders.placed()
    there = fetched(shop, "get_order", {"id": order_id}, portal=2)
    nowhere = fetched(shop, "get_order", {"id": "01m806gq69ytrbhb27yd9exy9b"}, portal=2)
    assert (there.status, nowhere.status) == (404, 404)
    assert there.json | {"instance": ""} == nowhere.json | {"instance": ""}


def test_an_unknown_portal_and_a_closed_one_look_the_same(shop: Shop) -> None:
    """Guarantee: nobody learns from an answer which portals are registered."""
    unknown = fetched(shop, "list_orders", portal=77)
    closed = fetched(shop, "list_orders", portal=2)
    assert (unknown.status, closed.status) == (403, 403)
    assert unknown.json == closed.json


def test_what_was_taken_back_is_closed(shop: Shop) -> None:
    """Guarantee: a portal that is no longer declared, and one of a tenant that is off, are shut."""
    shop.tenancy.remove_portal("1")
    assert fetched(shop, "list_orders").status == 403
    shop.tenancy.put_portal("1", "main", ("orders:read",))
    shop.tenancy.remove_tenant("main")
    shop.handlers[1].edge.registry._cache.clear()
    assert fetched(shop, "list_orders").status == 403


@pytest.mark.parametrize("principal", ["hubspot-user/815", "all"])
def test_an_incident_ends_what_a_user_reads(shop: Shop, principal: str) -> None:
    """Guarantee: a cut shuts one user out, and one of the tenant all that was signed before."""
    place = Place("main", principal)
    item = {"valid_from": time.time_ns() // 1_000_000 - 1_000}
    key = keys.cut(place.tenant, place.principal)
    shop.dynamodb.put_item(
        TableName=tables.ACCESS, Item=table.to_wire({"pk": key.pk, "sk": key.sk, **item})
    )
    assert fetched(shop, "list_orders", age_ms=2_000).status == 403
    later = 403 if principal != "all" else 200
    assert fetched(shop, "list_orders").status == later
    assert fetched(shop, "list_orders", user=816).status == 200


@pytest.mark.parametrize("age_ms", [301_000, -301_000])
def test_an_old_signature_is_401(shop: Shop, age_ms: int) -> None:
    """Guarantee: the five minutes of the webhooks hold here too, on both sides."""
    refused = fetched(shop, "list_orders", age_ms=age_ms)
    assert (refused.status, refused.code) == (401, "signature")


def test_a_user_is_named_without_his_address(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    """Guarantee: the log says which user of HubSpot called, and never by e-mail."""
    with caplog.at_level(logging.INFO):
        assert fetched(shop, "list_orders").status == 200
        assert fetched(shop, "list_orders", age_ms=301_000).status == 401
        assert fetched(shop, "list_orders", portal=77).status == 403
    written = [vars(record) for record in caplog.records]
    assert "hubspot-user/815" in {entry.get("principal") for entry in written}
    assert "ada.marked" not in str(written)


def test_each_user_has_a_share_of_his_own(shop: Shop) -> None:
    """Guarantee: a flood by one user is counted against that user."""
    assert fetched(shop, "list_orders").status == 200
    counted = {i["pk"] for i in shop.items(tables.ACCESS) if i["sk"] == "RATE"}
    assert counted == {"main#RATE#hubspot-user/815"}


def test_another_tenant_cannot_be_named(shop: Shop) -> None:
    """Guarantee: the portal decides the tenant, and no header does."""
    for tenant, status in (("main", 200), ("other", 403)):
        asked = fetched(shop, "list_orders", headers={"Countersign-Tenant": tenant})
        assert asked.status == status
