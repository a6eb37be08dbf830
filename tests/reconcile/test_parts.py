"""Orders and their parts: more associations than one answer lists, parts without their whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.crm.properties import ObjectType
from core.customers.model import CustomerDraft
from local.twin import associations
from tests.flow.faults import refuse

if TYPE_CHECKING:
    import pytest

    from tests.reconcile.shop import ReconciledShop

LINES = 12


def part(shop: ReconciledShop, order: str, kind: str, other: str) -> None:
    """Take an association away, as somebody in HubSpot does."""
    body = {"inputs": [{"from": {"id": order}, "to": [{"id": other}]}]}
    path = f"/crm/associations/2026-09/orders/{kind}/batch/archive"
    assert shop.twin.call("POST", path, body).status in {200, 204}


def test_every_line_of_a_great_order_is_compared(
    shop: ReconciledShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row 17: associations beyond the first page count; one that is missing there is found."""
    monkeypatch.setattr(associations, "MAX_LISTED", 5)
    shop.product("TEA-1")
    shop.order([("TEA-1", 1)] * LINES)
    shop.settle()
    run = shop.reconcile()
    assert run.drift == {}
    assert run.looked["line_items"] == LINES
    order = shop.one("orders")
    last = max(order["associations"]["line_items"], key=int)
    part(shop, order["id"], "line_items", last)
    assert shop.drift() == {"orders.unassociated.line_items": 1}
    shop.settle()
    assert shop.drift() == {}
    assert len(shop.one("orders")["associations"]["line_items"]) == LINES


def test_an_order_without_its_contact_is_joined_again(shop: ReconciledShop) -> None:
    """Row 17: an order that lost its contact is found, and associated again."""
    shop.product("TEA-1")
    shop.order([("TEA-1", 1)], customer=CustomerDraft("C-1", "ada@example.com"))
    shop.settle()
    order, contact = shop.one("orders")["id"], shop.one("contacts")["id"]
    part(shop, order, "contacts", contact)
    assert shop.drift() == {"orders.unassociated.contacts": 1}
    shop.settle()
    assert shop.drift() == {}
    assert list(shop.one("orders")["associations"]["contacts"]) == [contact]


def test_what_hubspot_refuses_is_no_drift(shop: ReconciledShop) -> None:
    """Guarantee: a parked product, and the order's line that waits for it, are known of."""
    product = shop.product("BAD-1")
    refuse(shop.twin.twin, product.id)
    shop.order([("BAD-1", 1)])
    shop.sync()
    run = shop.reconcile()
    assert run.drift == {}
    assert run.refused[ObjectType.PRODUCTS] == 1
