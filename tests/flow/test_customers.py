"""A customer who is changed here stands changed in HubSpot, with what may stand there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from core.customers.model import Address, CustomerDraft
from tests.support.people import Registrar

if TYPE_CHECKING:
    from tests.flow.shop import Shop

HOME = Address("1 Marked Street", "Markedtown", "GB", postal_code="MK1 1AA")


def test_a_changed_customer_is_one_contact_without_his_address(shop: Shop) -> None:
    """Guarantee: a new e-mail moves the contact, makes no second one, and no address goes along."""
    people = Registrar(shop.dynamodb, clock=shop.clock)
    draft = CustomerDraft("C-1", "ada@example.com", "Ada", shipping_address=HOME)
    made = people.customers.upsert(people.act(), people.ticket(), draft)
    shop.sync()
    contact = shop.one("contacts", countersign_customer_id=made.id)
    assert contact["properties"]["email"] == "ada@example.com"

    given = {"email": "lovelace@example.com", "first_name": None, "phone": "+442079460018"}
    people.customers.change(people.act(), made.id, made.version, given)
    shop.sync()
    shown = shop.one("contacts")
    assert shown["id"] == contact["id"]
    assert shown["properties"]["email"] == "lovelace@example.com"
    assert shown["properties"]["phone"] == "+442079460018"
    assert not shown["properties"].get("firstname")
    assert "Marked" not in json.dumps(shop.shown("contacts"))
    assert shop.owed() == []
