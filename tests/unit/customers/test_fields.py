"""Which fields a caller is shown, and the one table of what is personal."""

from __future__ import annotations

from dataclasses import fields

import pytest

from core.crm import mapping, properties
from core.crm.properties import ObjectType
from core.crm.records import CustomerRecord, Mark
from core.customers.fields import OPEN, SCOPE_OF, shown
from core.customers.model import Address, Customer, CustomerDraft
from core.customers.personal import PERSONAL, READ, READ_CONTACT, TABLE, Place, Sort
from core.errors import Forbidden, Invalid
from core.masking import PERSONAL_FIELDS
from customers_api.answers import CustomerOut
from customers_api.schemas import ChangeIn, CustomerIn

NOT_PERSONAL = {"id", "created_at", "audit_key", "version"}
HOME = Address("12 Marked Street", "Markedtown", "GB", "Marked Person", postal_code="MK1 1AA")


def test_every_field_of_a_customer_is_in_the_table() -> None:
    """Guarantee: a field that a customer can have is personal by the table, or named here."""
    assert {f.name for f in fields(Customer)} - NOT_PERSONAL == {f.name for f in TABLE}
    assert {f.name for f in fields(CustomerDraft)} == set(PERSONAL)


def test_what_can_be_shown_and_changed_is_what_the_table_says() -> None:
    """Guarantee: routes show and change the table's fields and no others (OWASP API3)."""
    assert set(CustomerOut.model_fields) == {"id", "version", *SCOPE_OF}
    assert set(ChangeIn.model_fields) == {"version", *PERSONAL}
    assert set(CustomerIn.model_fields) == {"consents", *PERSONAL}


def test_a_field_is_hidden_in_logs_by_its_name() -> None:
    """Guarantee: a personal field that reaches a log line by its name is masked.

    An external id is the shop's own number and named so of orders too; consents name no person.
    """
    named = {f.name for f in TABLE if f.sort not in {Sort.IDENTIFIER, Sort.CONSENT}}
    assert named <= PERSONAL_FIELDS


def test_hubspot_is_pushed_what_the_table_allows() -> None:
    """Guarantee: a contact holds what may stand in HubSpot; no address goes there."""
    person = Customer(
        "id", 0, b"k", "marked-ext", "marked@example.org", "Marked", "Name", "+442079460018",
        billing_address=HOME, shipping_address=HOME,
    )  # fmt: skip
    mark = Mark(("pk", "sk"), 1, "customers")
    pushed = set(mapping.customer(CustomerRecord(person, mark)).properties.values())
    for field in TABLE:
        value = getattr(person, field.name)
        if Place.HUBSPOT_CONTACT in field.places:
            assert value in pushed
    assert not [v for v in pushed if "Street" in v or "MK1" in v]


@pytest.mark.parametrize("kind", [ObjectType.ORDERS, ObjectType.LINE_ITEMS])
def test_no_address_can_stand_on_an_order(kind: ObjectType) -> None:
    """Guarantee: no property of orders or lines is one of a person: only contacts can be erased."""
    names = [p.name for p in properties.OURS[kind]] + list(properties.NATIVE[kind])
    assert not [n for n in names if "address" in n or "email" in n or "phone" in n]


def test_without_a_question_all_that_may_be_seen_is_shown() -> None:
    """Guarantee: each scope shows its own fields, and no scope shows none."""
    assert shown({READ}, None) == {*OPEN, "external_id", "consents"}
    assert shown({READ_CONTACT, READ}, None) == set(SCOPE_OF)
    assert shown({"customers:write"}, None) == set()


def test_what_is_asked_for_is_shown_and_nothing_else() -> None:
    """Guarantee: of what may be seen only what is asked for is shown."""
    assert shown({READ, READ_CONTACT}, ["email", "id"]) == {"email"}


def test_a_field_beyond_the_scopes_is_refused_by_its_name() -> None:
    """Guarantee: nothing is left out in silence: what may not be seen is a 403 that names it."""
    with pytest.raises(Forbidden) as hidden:
        shown({READ}, ["email", "guest"])
    assert [(f.field, f.code) for f in hidden.value.fields] == [("fields.email", "scope_not_held")]
    with pytest.raises(Invalid) as unknown:
        shown({READ}, ["audit_key"])
    assert unknown.value.code == "unknown_field"
