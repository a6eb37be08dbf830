"""What HubSpot shows beside what it should: equal, to be repaired, or to be taken over."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.crm import mapping
from core.crm.ownership import Ownership, Side, chosen
from core.crm.properties import ObjectType
from core.crm.records import Link
from core.crm.seeing import ahead, differences
from core.crm.values import canonical, same
from tests.unit.crm.test_mapping import ORDER, PERSON, RECORD, STAGES

if TYPE_CHECKING:
    from core.crm.subjects import Subject

CLEAN = replace(PERSON, mark=replace(PERSON.mark, lane=None))


def agreed(subject: Subject, *names: str) -> Subject:
    """Return the subject as it stands once both sides have had the same values."""
    prints = {n: subject.fingerprint(n, subject.properties.get(n)) for n in names}
    return replace(subject, link=Link("7", agreed=prints))


PERSONAL = ("firstname", "lastname", "phone", "email")
ADA = agreed(mapping.customer(CLEAN), *PERSONAL)


def found(subject: Subject, ownership: Ownership | None = None, **changed: str) -> dict[str, Side]:
    """Return the winner by property when HubSpot shows the subject with some values changed."""
    shown = {k: v for k, v in {**subject.properties, **changed}.items() if v}
    listed = differences(subject, shown, ownership or Ownership())
    assert all((d.type, d.key) == (subject.type, subject.key) for d in listed)
    return {d.property: d.wins for d in listed}


@pytest.mark.parametrize(
    ("kind", "name", "ours", "theirs"),
    [
        (ObjectType.ORDERS, "hs_total_price", "10.00", "10"),
        (ObjectType.ORDERS, "hs_total_price", "0.00", "0"),
        (ObjectType.ORDERS, "hs_total_price", "100", "1E+2"),
        (ObjectType.PRODUCTS, "countersign_available", "7", "7.0"),
        (ObjectType.LINE_ITEMS, "price", "-1.50", "-1.5"),
        (ObjectType.ORDERS, "countersign_paid_at", "2026-11-21T22:35:00.000Z", "1795300500000"),
        (ObjectType.ORDERS, "hs_external_created_date", "2026-11-21T22:35:00Z", "1795300500000"),
        (ObjectType.CONTACTS, "email", "ada@example.com", "Ada@Example.com"),
        (ObjectType.CONTACTS, "phone", "", None),
        (ObjectType.CONTACTS, "lastname", "Lovelace", " Lovelace "),
    ],
)
def test_the_same_written_otherwise(
    kind: ObjectType, name: str, ours: str, theirs: str | None
) -> None:
    """How HubSpot writes numbers, times, addresses and nothing is no difference."""
    assert same(kind, name, ours, theirs)


@pytest.mark.parametrize(
    ("kind", "name", "ours", "theirs"),
    [
        (ObjectType.ORDERS, "hs_total_price", "10.00", "10.01"),
        (ObjectType.ORDERS, "hs_total_price", "10.00", ""),
        (ObjectType.ORDERS, "hs_total_price", "0", ""),
        (ObjectType.PRODUCTS, "countersign_sku", "tea", "TEA"),
        (ObjectType.CONTACTS, "lastname", "1.0", "1"),
        (ObjectType.ORDERS, "countersign_paid_at", "1795300500000", "1795300500001"),
    ],
)
def test_what_is_not_the_same(kind: ObjectType, name: str, ours: str, theirs: str) -> None:
    """A number that is text, a SKU's case, a missing zero are differences."""
    assert not same(kind, name, ours, theirs)


@given(st.sampled_from(list(ObjectType)), st.sampled_from(["price", "email", "name"]), st.text())
def test_a_canonical_value_is_its_own_form(kind: ObjectType, name: str, value: str) -> None:
    """No value whatever raises, and the form of a form is itself."""
    assert canonical(kind, name, canonical(kind, name, value)) == canonical(kind, name, value)


def test_in_step_is_no_difference() -> None:
    """A record that HubSpot shows as it should differs in nothing."""
    assert found(ADA) == {}
    assert found(mapping.product(RECORD)) == {}
    assert found(mapping.order(ORDER, STAGES)) == {}


def test_our_own_fields_are_repaired() -> None:
    """What is ours alone is put right, changed or cleared, ours dirty or not."""
    product = mapping.product(RECORD)
    assert found(product, price="9.99", name="") == {"price": Side.OURS, "name": Side.OURS}
    assert found(ADA, countersign_external_id="X") == {"countersign_external_id": Side.OURS}


def test_a_shared_field_that_changed_there_is_taken_over() -> None:
    """Both sides had the same value, and only HubSpot's has changed since; clearing is a change."""
    assert found(ADA, phone="+49", lastname="") == {"phone": Side.HUBSPOT, "lastname": Side.HUBSPOT}


def test_a_shared_field_that_changed_here_is_repaired() -> None:
    """Only ours has changed since both had the same: HubSpot is yet to be told."""
    ours = replace(ADA, properties={**ADA.properties, "phone": "+1"})
    assert found(ours, phone="+44") == {"phone": Side.OURS}


def test_ours_stands_when_both_changed() -> None:
    """What came through our own doors is not lost to a change made at the same time."""
    ours = replace(ADA, properties={**ADA.properties, "phone": "+1"})
    assert found(ours, phone="+2") == {"phone": Side.OURS}


def test_a_field_changed_there_is_not_undone_by_another_changed_here() -> None:
    """Who wins is decided field by field, also while the record is owed to HubSpot."""
    dirty = replace(ADA, marks=(PERSON.mark,))
    ours = replace(dirty, properties={**dirty.properties, "phone": "+1"})
    assert found(ours, phone="+44", firstname="Augusta") == {
        "phone": Side.OURS,
        "firstname": Side.HUBSPOT,
    }


def test_nothing_was_agreed_yet() -> None:
    """Then HubSpot's value is taken over, unless it has none or ours is on its way."""
    fresh = replace(ADA, link=Link("7"))
    assert found(fresh, phone="+2", firstname="") == {"phone": Side.HUBSPOT, "firstname": Side.OURS}
    assert found(replace(fresh, marks=(PERSON.mark,)), phone="+2") == {"phone": Side.OURS}


def test_an_email_may_be_changed_and_not_cleared() -> None:
    """It is what the customer is known by."""
    assert found(ADA, email="countess@example.com") == {"email": Side.HUBSPOT}
    assert found(ADA, email="") == {"email": Side.OURS}


def test_an_email_that_only_hubspot_has_is_taken_over() -> None:
    """A field in which we have nothing is looked at all the same."""
    without = mapping.customer(replace(CLEAN, customer=replace(CLEAN.customer, email=None)))
    assert "email" not in without.properties
    linked = replace(without, link=Link("7"))
    assert found(linked, email="new@example.com") == {"email": Side.HUBSPOT}


def test_what_is_withheld_is_not_compared() -> None:
    """A property that HubSpot holds elsewhere is neither missed nor overwritten."""
    shared = mapping.customer(replace(CLEAN, link=Link("7", frozenset({"email"}))))
    assert found(shared, email="first@example.com") == {}


def test_a_deployer_may_give_a_field_to_either_side() -> None:
    """Then it no longer matters who changed it."""
    ours = chosen({"contacts": {"phone": "ours"}})
    assert found(ADA, ours, phone="+2") == {"phone": Side.OURS}
    theirs = chosen({"contacts": {"phone": "hubspot"}})
    changed = replace(ADA, properties={**ADA.properties, "phone": "+1"})
    assert found(changed, theirs, phone="") == {"phone": Side.HUBSPOT}


def test_a_stage_is_tried_even_if_the_order_moved_here_too() -> None:
    """Two moves are no matter of who was first: the state machine says whether both can be."""
    order = agreed(mapping.order(ORDER, STAGES), "hs_pipeline_stage")
    assert found(order, hs_pipeline_stage="paid") == {"hs_pipeline_stage": Side.HUBSPOT}
    moved = replace(order, properties={**order.properties, "hs_pipeline_stage": "processed"})
    assert found(moved, hs_pipeline_stage="paid") == {"hs_pipeline_stage": Side.HUBSPOT}
    assert found(moved, hs_pipeline_stage="open") == {"hs_pipeline_stage": Side.OURS}
    assert found(order, hs_pipeline_stage="") == {"hs_pipeline_stage": Side.OURS}


def test_fingerprints_show_no_value() -> None:
    """What is kept beside the link says nothing without the person's own key."""
    assert "ada" not in str(ADA.link).lower()
    other = replace(ADA, secret=b"another")
    assert other.fingerprint("phone", "+44") != ADA.fingerprint("phone", "+44")


def test_ahead_of_what_we_read() -> None:
    """HubSpot shows a later version: ours was read before it was pushed."""
    assert ahead(ADA, {"countersign_version": "3"})
    assert ahead(mapping.product(RECORD), {"countersign_stock_version": "10"})
    assert not ahead(ADA, {"countersign_version": "2"})
    assert not ahead(ADA, {"countersign_version": "soon"})
