"""What reconcile finds and mends: each kind of difference, by field, and then none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.customers.model import CustomerDraft

if TYPE_CHECKING:
    from tests.reconcile.shop import ReconciledShop

ADA = CustomerDraft("C-1", "ada@example.com", "Ada", "Lovelace", "+441632960000")


def furnished(shop: ReconciledShop) -> str:
    """Put two products and an order of Ada's into both sides; return the order's id."""
    shop.product("TEA-1")
    shop.product("CUP-1")
    order = shop.order([("TEA-1", 2), ("CUP-1", 1)], customer=ADA)
    shop.settle()
    return order.header.id


def test_what_is_in_step_is_no_drift(shop: ReconciledShop) -> None:
    """Guarantee: two sides that agree have no drift, and nothing is owed afterwards."""
    furnished(shop)
    run = shop.reconcile()
    assert run.drift == {}
    assert run.looked == {
        "products": 2,
        "contacts": 1,
        "orders": 1,
        "line_items": 2,
        "hubspot.products": 2,
        "hubspot.contacts": 1,
        "hubspot.orders": 1,
        "hubspot.line_items": 2,
    }
    assert shop.owed() == []


def test_a_lost_webhook_is_a_number_that_returns_to_zero(shop: ReconciledShop) -> None:
    """Row 12: edits whose webhooks were lost are found by field, mended, and then are none."""
    furnished(shop)
    tea = shop.one("products", countersign_sku="TEA-1")["id"]
    order = shop.one("orders")["id"]
    line = shop.one("line_items", hs_sku="CUP-1")["id"]
    shop.edit("products", tea, price="1.00", countersign_available="7")
    shop.edit("orders", order, hs_total_price="0")
    shop.edit("line_items", line, quantity="5")
    assert shop.drift() == {
        "products.differs.price": 1,
        "products.differs.countersign_available": 1,
        "orders.differs.hs_total_price": 1,
        "line_items.differs.quantity": 1,
    }
    shop.settle()
    assert shop.drift() == {}
    assert shop.properties("line_items", line)["quantity"] == "1"


def test_what_was_deleted_behind_our_back_is_made_again(shop: ReconciledShop) -> None:
    """Guarantee: a record that is gone is found, made again with its parts, and then in step."""
    furnished(shop)
    tea = shop.one("products", countersign_sku="TEA-1")["id"]
    shop.remove("products", tea)
    assert shop.drift() == {"products.gone": 1}
    shop.settle()
    assert shop.drift() == {}
    assert shop.one("products", countersign_sku="TEA-1")["id"] != tea


def test_a_contact_that_was_deleted_is_handed_to_inbound(shop: ReconciledShop) -> None:
    """Guarantee: it may have gone for privacy's sake, so reconcile does not make it again."""
    furnished(shop)
    contact = shop.one("contacts")["id"]
    shop.remove("contacts", contact)
    assert shop.drift() == {"contacts.gone": 1}
    assert shop.looks == [("contacts", contact)]
    shop.settle()
    assert shop.shown("contacts") == []


def test_an_order_that_was_deleted_comes_back_with_its_lines(shop: ReconciledShop) -> None:
    """Guarantee: HubSpot deletes an order's lines with it; all of them are made again, joined."""
    furnished(shop)
    shop.remove("orders", shop.one("orders")["id"])
    assert shop.shown("line_items") == []
    assert shop.drift() == {"orders.gone": 1}
    shop.settle()
    assert shop.drift() == {}
    order = shop.one("orders")
    assert len(order["associations"]["line_items"]) == 2
    assert len(order["associations"]["contacts"]) == 1


def test_a_line_that_was_deleted_comes_back(shop: ReconciledShop) -> None:
    """Guarantee: one missing line is found and pushed again; the other stays as it is."""
    furnished(shop)
    kept = shop.one("line_items", hs_sku="CUP-1")["id"]
    shop.remove("line_items", shop.one("line_items", hs_sku="TEA-1")["id"])
    assert shop.drift() == {"line_items.gone": 1}
    shop.settle()
    assert shop.drift() == {}
    assert shop.one("line_items", hs_sku="CUP-1")["id"] == kept


def test_what_hubspot_is_right_about_is_handed_to_inbound(shop: ReconciledShop) -> None:
    """Guarantee: a name that a salesperson changed is not overwritten but looked at by inbound."""
    furnished(shop)
    contact = shop.one("contacts")["id"]
    shop.edit("contacts", contact, lastname="King", countersign_external_id="C-9")
    assert shop.drift() == {
        "contacts.differs.lastname": 1,
        "contacts.differs.countersign_external_id": 1,
    }
    assert shop.looks == [("contacts", contact)]


def test_a_merged_contact_is_found_where_it_stands_now(shop: ReconciledShop) -> None:
    """Guarantee: the contact that another went into is the customer's from then on."""
    furnished(shop)
    ours = shop.one("contacts")["id"]
    body = {"properties": {"email": "countess@example.com"}, "associations": []}
    winner = shop.twin.call("POST", "/crm/objects/2026-09/contacts", body).body["id"]
    merge = {"primaryObjectId": winner, "objectIdToMerge": ours}
    assert shop.twin.call("POST", "/crm/objects/2026-09/contacts/merge", merge).status == 200
    assert shop.drift() == {"contacts.moved": 1}
    assert ("contacts", winner) in shop.looks


def test_customers_whose_contacts_were_merged_are_left_to_a_person(shop: ReconciledShop) -> None:
    """Guarantee: two customers of ours are not made one, nor is the merged contact made again."""
    shop.product("TEA-1")
    for number, email in enumerate(("ada@example.com", "eve@example.com")):
        shop.order([("TEA-1", 1)], customer=CustomerDraft(f"C-{number}", email))
    shop.settle()
    ada, eve = (shop.one("contacts", email=f"{who}@example.com")["id"] for who in ("ada", "eve"))
    merge = {"primaryObjectId": ada, "objectIdToMerge": eve}
    assert shop.twin.call("POST", "/crm/objects/2026-09/contacts/merge", merge).status == 200
    for _ in range(2):
        assert shop.drift()["contacts.merged"] == 1
        assert shop.owed() == []
    assert len(shop.shown("contacts")) == 1


def test_records_that_only_say_that_they_are_ours_are_reported(shop: ReconciledShop) -> None:
    """Guarantee: an unknown id of ours, a clone and a foreign line are told, and left alone."""
    furnished(shop)
    path = "/crm/objects/2026-09"
    stranger = {"name": "X", "countersign_product_id": "01jd0000000000000000000000"}
    clone = {"name": "Tea", "countersign_sku": "TEA-1", "countersign_version": "1"}
    for properties in (stranger, clone):
        body = {"properties": properties, "associations": []}
        assert shop.twin.call("POST", f"{path}/products", body).status == 201
    body = {"properties": {"name": "by hand", "quantity": "1"}, "associations": []}
    line = shop.twin.call("POST", f"{path}/line_items", body).body["id"]
    order = shop.one("orders")["id"]
    joined = f"{path}/orders/{order}/associations/default/line_items/{line}"
    assert shop.twin.call("PUT", joined).status == 200
    assert shop.drift() == {"products.stranger": 1, "products.copy": 1, "line_items.stranger": 1}
    assert shop.owed() == []


def test_what_was_never_put_there_is_found(shop: ReconciledShop) -> None:
    """Guarantee: a record that lost its mark and its link is owed again."""
    furnished(shop)
    (key,) = {
        (i["pk"]["S"], i["sk"]["S"])
        for i in shop.dynamodb.scan(TableName=shop.core)["Items"]
        if i["sk"]["S"] == "LINK" and "TEA-1" in i["pk"]["S"]
    }
    shop.dynamodb.delete_item(TableName=shop.core, Key={"pk": {"S": key[0]}, "sk": {"S": key[1]}})
    assert shop.drift() == {"products.unlinked": 1}
    shop.settle()
    assert shop.drift() == {}
    assert len(shop.shown("products")) == 2


def test_a_run_of_changes_finds_what_was_edited_since(shop: ReconciledShop) -> None:
    """Guarantee: after a full run, a run of changes finds an edit by one search for each type."""
    furnished(shop)
    shop.reconcile()
    line = shop.one("line_items", hs_sku="CUP-1")["id"]
    shop.clock.advance(3_600_000)
    shop.edit("line_items", line, price="0.01")
    assert shop.drift(full=False) == {"line_items.differs.price": 1}
    shop.settle()
    shop.calls()
    assert shop.drift(full=False) == {}
    assert sum(shop.calls().values()) == 4
