"""Contacts: edits are taken over, merges and deletions followed, the erased never come back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from core.crm.parking import EMAIL_TAKEN
from core.crm.properties import ObjectType
from core.customers.model import CustomerDraft
from core.errors import Conflict
from core.store import keys
from tests.inbound.shop import ADA, ToldShop, at
from tests.support.books import TENANT

if TYPE_CHECKING:
    from core.crm.notices import Notice

BEA = CustomerDraft("C-2", "bea@example.com", "Bea")


def contact(shop: ToldShop, customer_id: str) -> Any:
    """Return a customer's contact."""
    return shop.one("contacts", countersign_customer_id=customer_id)


def bought(shop: ToldShop, customer: CustomerDraft = ADA) -> tuple[str, str]:
    """Return a new buyer's id, and HubSpot's."""
    order, _ = shop.sold(customer=customer)
    ours = shop.customer_of(order)
    return ours, contact(shop, ours)["id"]


def test_edits_update_the_customer(shop: ToldShop) -> None:
    """Name, phone and a cleared field are taken over once; the audit names them without values."""
    ours, there = bought(shop)
    edited = {"firstname": "Augusta", "lastname": "", "phone": "+442079461111"}
    shop.in_hubspot("contacts", there, **edited)
    notices = shop.told()
    assert shop.look(notices) == {"applied": 1}
    person = shop.customer(ours)
    assert (person.first_name, person.last_name, person.phone) == ("Augusta", None, "+442079461111")
    (entry,) = shop.entries("applied")
    assert "Augusta" not in str(entry)
    assert set(entry["fields"]) == {
        "customer.first_name",
        "customer.last_name",
        "customer.phone",
    }
    shop.sync()
    assert shop.look(notices) == {"in_step": 1}
    assert shop.customer(ours).version == person.version


def test_an_edit_is_not_undone_by_a_push_that_was_due(shop: ToldShop) -> None:
    """A salesperson's name survives an order that changes the phone at the same time."""
    ours, there = bought(shop)
    shop.in_hubspot("contacts", there, firstname="Augusta")
    notices = shop.told()
    again = CustomerDraft("C-1", "ada@example.com", phone="+442079462222")
    shop.order([("TEA-1", 1)], customer=again)
    shop.sync()
    properties = contact(shop, ours)["properties"]
    assert (properties["firstname"], properties["phone"]) == ("Augusta", "+442079462222")
    assert shop.look(notices) == {"applied": 1}
    assert shop.customer(ours).first_name == "Augusta"


def test_a_changed_address_moves_its_guard(shop: ToldShop) -> None:
    """Orders under the new address are the same customer's."""
    ours, there = bought(shop)
    shop.in_hubspot("contacts", there, email="Countess@Example.com")
    assert shop.look() == {"applied": 1}
    assert shop.customer(ours).email == "countess@example.com"
    order = shop.order([("TEA-1", 1)], customer=CustomerDraft(email="countess@example.com"))
    assert order.header.customer_id == ours


def test_an_address_of_another_customer_waits_for_a_person(shop: ToldShop) -> None:
    """Neither side is overwritten; it is parked once, and over when the addresses agree."""
    ours, there = bought(shop)
    shop.order([("TEA-1", 1)], customer=BEA)  # known here, and not in HubSpot yet
    shop.in_hubspot("contacts", there, email="bea@example.com", firstname="B.")
    notices = shop.told()
    assert shop.look(notices) == {"applied": 1}
    assert shop.look(notices) == {"conflict": 1}
    assert shop.customer(ours).email == "ada@example.com"
    assert contact(shop, ours)["properties"]["email"] == "bea@example.com"
    parked = shop.item(keys.parked(TENANT, EMAIL_TAKEN, ours))
    assert parked is not None
    assert (parked["state"], parked["refusals"]) == ("parked", 1)
    shop.in_hubspot("contacts", there, email="ada@example.com")
    shop.look()
    settled = shop.item(keys.parked(TENANT, EMAIL_TAKEN, ours))
    assert settled is not None
    assert settled["state"] == "cured"


def test_a_cleared_address_is_put_back(shop: ToldShop) -> None:
    """The address is what the customer is known by."""
    ours, there = bought(shop)
    shop.in_hubspot("contacts", there, email="")
    assert shop.look() == {"put_right": 1}
    shop.sync()
    assert contact(shop, ours)["properties"]["email"] == "ada@example.com"


def test_a_stolen_id_is_given_back(shop: ToldShop) -> None:
    """A contact whose id of ours was cleared is found by e-mail; no second one is made."""
    ours, there = bought(shop)
    shop.in_hubspot("contacts", there, countersign_customer_id="")
    shop.look()
    shop.sync()
    assert contact(shop, ours)["id"] == there
    assert len(shop.shown("contacts")) == 1


def test_a_merge_moves_the_link_and_merges_no_customers(shop: ToldShop) -> None:
    """Both customers stay; the one whose contact went in is pushed no more, his orders are."""
    ada, there = bought(shop)
    bea, other = bought(shop, BEA)
    shop.as_person("contacts/merge", {"primaryObjectId": there, "objectIdToMerge": other})
    results = shop.look()
    assert results["merged"] == 1
    shop.order([("TEA-1", 1)], customer=CustomerDraft("C-2", "bea@example.com", "Beatrice"))
    shop.sync()
    (left,) = shop.shown("contacts")
    assert left["properties"]["countersign_customer_id"] == ada
    assert left["properties"]["firstname"] == "Ada"
    assert len(left["associations"]["orders"]) == 3
    assert shop.customer(bea).first_name == "Beatrice"
    assert shop.look([at(ObjectType.CONTACTS, other)]) == {"in_step": 1}


@pytest.mark.parametrize("gives_new_id", [False, True])
def test_a_contact_merged_into_one_of_nobodys_is_ours(
    shop: ToldShop, *, gives_new_id: bool
) -> None:
    """The contact that is left takes over our id, whichever id it has itself."""
    shop.twin.call("POST", "/_twin/settings", {"merge_gives_new_id": gives_new_id})
    ours, there = bought(shop)
    made = {"properties": {"email": "augusta@example.com"}, "associations": []}
    shop.as_person("contacts", made)
    other = shop.one("contacts", email="augusta@example.com")["id"]
    shop.as_person("contacts/merge", {"primaryObjectId": other, "objectIdToMerge": there})
    shop.look()
    shop.sync()
    (left,) = shop.shown("contacts")
    assert left["properties"]["countersign_customer_id"] == ours
    shop.order([("TEA-1", 1)], customer=ADA)
    shop.sync()
    (left,) = shop.shown("contacts")
    assert len(left["associations"]["orders"]) == 2


def test_a_deleted_contact_stays_away_until_the_next_order(shop: ToldShop) -> None:
    """It is not put back by itself; with the customer's next order it is."""
    ours, there = bought(shop)
    shop.delete_in_hubspot("contacts", there)
    assert shop.look() == {"deleted": 1}
    shop.sync()
    assert shop.shown("contacts") == []
    shop.order([("TEA-1", 1)], customer=ADA)
    shop.sync()
    assert contact(shop, ours)["id"] != there


def test_a_restored_contact_is_linked_again(shop: ToldShop) -> None:
    """What comes back from the bin is the same customer's."""
    ours, there = bought(shop)
    shop.delete_in_hubspot("contacts", there)
    shop.look()
    shop.twin.call("POST", f"/_twin/records/contacts/{there}/restore")
    shop.look()
    shop.in_hubspot("contacts", there, firstname="Augusta")
    shop.look()
    assert shop.customer(ours).first_name == "Augusta"


def erased(shop: ToldShop, there: str) -> tuple[Notice, ...]:
    """Delete a contact for privacy's sake; return what HubSpot tells."""
    path = "/crm/objects/2026-09/contacts/gdpr-delete"
    assert shop.twin.call("POST", path, {"objectId": there}).status == 204
    return shop.told()


@pytest.mark.parametrize("reverse", [False, True])
def test_an_erased_person_does_not_come_back(shop: ToldShop, *, reverse: bool) -> None:
    """Row 24: tombstones, no push, an erasure owed; whichever of the two events comes first."""
    ours, there = bought(shop)
    shop.in_hubspot("contacts", there, phone="+442079463333")
    old = shop.told()
    notices = erased(shop, there)
    assert len(notices) == 2
    shop.order([("TEA-1", 1)], customer=ADA)  # dirty, and an order that wants the contact
    results = shop.look(notices[::-1] if reverse else notices)
    assert results["erased"] == 1
    home = shop.item(keys.customer(TENANT, ours))
    assert home is not None
    assert home["work_queue"].split("#")[1] == "erasures"
    for _ in range(2):
        shop.look(old + notices)
        shop.sync()
        assert shop.shown("contacts") == []
    for draft in (ADA, CustomerDraft("C-1"), CustomerDraft(email="Ada@Example.com")):
        with pytest.raises(Conflict, match="erased"):
            shop.order([("TEA-1", 1)], customer=draft)
    assert len(shop.entries("privacy_deletion")) == 1


def test_an_erased_address_is_not_taken_over(shop: ToldShop) -> None:
    """Another contact that gets an erased person's address gets its own one back."""
    _, there = bought(shop)
    shop.look(erased(shop, there))
    shop.twin.twin.portals[1].blocked_emails.clear()
    bea, other = bought(shop, BEA)
    shop.in_hubspot("contacts", other, email="ada@example.com")
    assert shop.look() == {"put_right": 1}
    shop.sync()
    assert contact(shop, bea)["properties"]["email"] == "bea@example.com"


def test_a_contact_of_nobodys_makes_no_customer(shop: ToldShop) -> None:
    """Customers come by orders and the API; HubSpot's other contacts are its own affair."""
    made = {"properties": {"email": "lead@example.com"}, "associations": []}
    shop.as_person("contacts", made)
    there = shop.one("contacts", email="lead@example.com")["id"]
    assert shop.look([at(ObjectType.CONTACTS, there)]) == {"foreign": 1}
