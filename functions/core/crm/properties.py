"""Every HubSpot property that Countersign reads or writes, by object type: the one table.

The mapping fills them, provisioning creates ours, the documentation lists them. `OURS` are custom
properties of the group `countersign`; `NATIVE` are HubSpot's own. A property with `unique` is what
HubSpot finds a record of ours by: at most ten a type, and it can be given only at creation
(HubSpot, "Properties": `hasUniqueValue`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ObjectType(StrEnum):
    """HubSpot's object types, by the name that its paths use."""

    CONTACTS = "contacts"
    PRODUCTS = "products"
    ORDERS = "orders"
    LINE_ITEMS = "line_items"


@dataclass(frozen=True, slots=True)
class Property:
    """A custom property as HubSpot's API defines it; `type` is `string`, `number` or `datetime`."""

    name: str
    label: str
    type: str
    description: str
    unique: bool = False

    @property
    def field_type(self) -> str:
        """How HubSpot shows it in a form."""
        return {"number": "number", "datetime": "date"}.get(self.type, "text")


GROUP = "countersign"
GROUP_LABEL = "Countersign"
VERSION = "countersign_version"
NOTE = "countersign_note"


def _id(name: str, label: str) -> Property:
    return Property(name, label, "string", "Countersign's own id of this record.", unique=True)


def _number(name: str, label: str, description: str) -> Property:
    return Property(name, label, "number", description)


def reached(state: str) -> str:
    """Return the property that shows when an order reached a state."""
    return f"countersign_{state}_at"


STAGES_REACHED = ("paid", "processed", "shipped", "cancelled", "refunded")


_VERSION = _number(VERSION, "Countersign version", "Which state of the record was written last.")
_EXTERNAL = "countersign_external_id"

OURS: dict[ObjectType, tuple[Property, ...]] = {
    ObjectType.CONTACTS: (
        _id("countersign_customer_id", "Countersign customer id"),
        _VERSION,
        Property(_EXTERNAL, "Shop's customer id", "string", "The shop's own id of the customer."),
    ),
    ObjectType.PRODUCTS: (
        _id("countersign_product_id", "Countersign product id"),
        _VERSION,
        Property("countersign_sku", "Exact SKU", "string", "The SKU with its case kept."),
        _number("countersign_available", "Available stock", "What can be sold, all locations."),
        _number("countersign_reserved", "Reserved stock", "Set aside for orders, all locations."),
        _number("countersign_on_hand", "Stock on hand", "Available and reserved together."),
        _number("countersign_stock_version", "Stock version", "Which state of stock is shown."),
    ),
    ObjectType.ORDERS: (
        _id("countersign_order_id", "Countersign order id"),
        _VERSION,
        Property(_EXTERNAL, "Shop's order number", "string", "The shop's own id of the order."),
        _number("countersign_tax", "Tax", "Tax charged on the order."),
        _number("countersign_discount", "Discount", "Discount given, as a positive amount."),
        _number("countersign_fees", "Fees", "Fees charged on the order."),
        _number("countersign_returned", "Returned", "What returned lines had cost."),
        _number("countersign_cancelled", "Cancelled lines", "What cancelled lines had cost."),
        Property(NOTE, "Countersign's note", "string", "Why a move made here was undone."),
        *(
            Property(reached(state), f"{state.title()} at", "datetime", f"When it was {state}.")
            for state in STAGES_REACHED
        ),
    ),
    ObjectType.LINE_ITEMS: (
        _id("countersign_line_id", "Countersign line id"),
        _VERSION,
    ),
}

NATIVE: dict[ObjectType, tuple[str, ...]] = {
    ObjectType.CONTACTS: ("email", "firstname", "lastname", "phone"),
    ObjectType.PRODUCTS: ("name", "description", "price", "hs_sku"),
    ObjectType.ORDERS: (
        "hs_order_name",
        "hs_currency_code",
        "hs_total_price",
        "hs_subtotal_price",
        "hs_shipping_cost",
        "hs_pipeline",
        "hs_pipeline_stage",
        "hs_external_created_date",
        "hs_source_store",
    ),
    ObjectType.LINE_ITEMS: (
        "name",
        "quantity",
        "price",
        "hs_sku",
        "hs_product_id",
        "hs_line_item_currency_code",
    ),
}

UNIQUE: dict[ObjectType, str] = {
    kind: next(p.name for p in table if p.unique) for kind, table in OURS.items()
}
"""The property by which HubSpot finds a record of ours: what every upsert names as `idProperty`."""

MODIFIED: dict[ObjectType, str] = {
    kind: "lastmodifieddate" if kind is ObjectType.CONTACTS else "hs_lastmodifieddate"
    for kind in ObjectType
}
"""HubSpot's own property that tells when a record last changed."""

ADOPT_BY: dict[ObjectType, str] = {ObjectType.CONTACTS: "email", ObjectType.PRODUCTS: "hs_sku"}
"""By which of HubSpot's own properties a record that stood there before us is found."""
