"""Which side owns a field: every property has a rule, and only sensible choices are taken."""

from __future__ import annotations

import pytest

from core.crm.calls import shown
from core.crm.ownership import RULES, Ownership, Side, chosen, parsed
from core.crm.properties import UNIQUE, ObjectType

CHOICES = {
    "contacts": {"phone": "hubspot", "email": "ours"},
    "orders": {"hs_pipeline_stage": "ours"},
}


def test_every_property_that_we_know_has_an_owner() -> None:
    """No property is sent or read whose owner nobody has decided."""
    assert set(RULES) == {(kind, name) for kind in ObjectType for name in shown(kind)}
    assert all(rule.side in rule.choices for rule in RULES.values())


def test_what_follows_from_the_ledger_is_never_hubspots() -> None:
    """Stock, prices, totals, lines and ids are ours, whatever a deployer wishes."""
    fixed = {(k, n) for (k, n), rule in RULES.items() if rule.choices == (Side.OURS,)}
    assert {(k, n) for k, n in RULES if k in {ObjectType.PRODUCTS, ObjectType.LINE_ITEMS}} <= fixed
    assert {(kind, name) for kind, name in UNIQUE.items()} <= fixed
    assert (ObjectType.ORDERS, "hs_total_price") in fixed


def test_choices_change_the_sides_and_survive_the_environment() -> None:
    """What a deployer chooses is what a function reads from its environment."""
    assert Ownership().of(ObjectType.CONTACTS, "phone") is Side.BOTH
    read = parsed(chosen(CHOICES).written())
    assert read == chosen(CHOICES)
    assert read.of(ObjectType.CONTACTS, "phone") is Side.HUBSPOT
    assert read.having(ObjectType.CONTACTS, Side.BOTH) == {"firstname", "lastname"}
    assert read.having(ObjectType.ORDERS, Side.BOTH) == frozenset()


def test_every_wrong_choice_is_named_at_once() -> None:
    """A deployer mends all mistakes in one go."""
    wrong = {"deals": {}, "products": {"price": "both"}, "contacts": {"x": "ours", "email": "me"}}
    with pytest.raises(ValueError, match="no object type 'deals'") as raised:
        chosen(wrong)
    told = str(raised.value)
    assert all(part in told for part in ("products.price can only", "'x'", "no side 'me'"))
