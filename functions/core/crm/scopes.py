"""The HubSpot scopes that Countersign needs, by what for: the one table.

A token with fewer cannot do its work, one with more is worth stealing. The app's own declaration
(`clients/hubspot/src/app/app-hsmeta.json`), the link of an OAuth app and the check of a portal all
follow it. There is no `crm.schemas.products`: `e-commerce` stands for the properties of products
and line items, and from API 2026-09 on their records need it too (HubSpot, OpenAPI documents).
"""

from __future__ import annotations

from core.crm.properties import ObjectType

ACCOUNT = "oauth"
"""Lets a token see which account it opens."""

SHOP = "e-commerce"

BY_TYPE: dict[ObjectType, tuple[str, ...]] = {
    ObjectType.CONTACTS: (
        "crm.objects.contacts.read",
        "crm.objects.contacts.write",
        "crm.schemas.contacts.read",
        "crm.schemas.contacts.write",
    ),
    ObjectType.PRODUCTS: (
        "crm.objects.products.read",
        "crm.objects.products.write",
        SHOP,
    ),
    ObjectType.ORDERS: (
        "crm.objects.orders.read",
        "crm.objects.orders.write",
        "crm.schemas.orders.read",
        "crm.schemas.orders.write",
    ),
    ObjectType.LINE_ITEMS: (
        "crm.objects.line_items.read",
        "crm.objects.line_items.write",
        SHOP,
    ),
}

NEEDED = frozenset({ACCOUNT, *(scope for scopes in BY_TYPE.values() for scope in scopes)})


def purpose(scope: str) -> str:
    """Return what a needed scope is for: object types, or the account."""
    kinds = [str(kind) for kind, scopes in BY_TYPE.items() if scope in scopes]
    return " and ".join(kinds) or "the account's id"
