"""Paths for every API version, made in one place."""

from __future__ import annotations

import pytest

from core.crm.calls import Action, Call
from core.crm.properties import ObjectType
from core.hubspot import paths

ORDERS, CONTACTS, PRODUCTS = ObjectType.ORDERS, ObjectType.CONTACTS, ObjectType.PRODUCTS
UPSERT = Call(Action.UPSERT, ORDERS, ())
BIN = Call(Action.READ, ORDERS, (), archived=True)
JOIN = Call(Action.ASSOCIATE, ORDERS, (), to_type=CONTACTS)


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (paths.batch("2026-09", UPSERT), "/crm/objects/2026-09/orders/batch/upsert"),
        (paths.batch("v3", UPSERT), "/crm/v3/objects/orders/batch/upsert"),
        (paths.batch("v3", BIN), "/crm/v3/objects/orders/batch/read?archived=true"),
        (
            paths.batch("2026-09", JOIN),
            "/crm/associations/2026-09/orders/contacts/batch/associate/default",
        ),
        (paths.batch("v3", JOIN), "/crm/v4/associations/orders/contacts/batch/associate/default"),
        (paths.properties("2026-09", PRODUCTS), "/crm/properties/2026-09/products"),
        (paths.properties("v3", PRODUCTS), "/crm/v3/properties/products"),
        (paths.create_properties("v3", PRODUCTS), "/crm/v3/properties/products/batch/create"),
        (paths.property_groups("2026-09", PRODUCTS), "/crm/properties/2026-09/products/groups"),
        (paths.adopting_property("v3", PRODUCTS), "/crm/v3/properties/products/hs_sku"),
        (paths.order_pipelines("2026-09"), "/crm/pipelines/2026-09/order"),
        (paths.order_pipelines("v3"), "/crm/v3/pipelines/order"),
        (paths.account("2026-09"), "/account-info/2026-09/details"),
        (paths.account("v3"), "/account-info/v3/details"),
    ],
)
def test_paths(made: str, expected: str) -> None:
    """A path is HubSpot's for its version; associations of v3 are v4."""
    assert made == expected
