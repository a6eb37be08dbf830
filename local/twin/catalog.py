"""HubSpot's object types and standard properties, as far as the twin knows them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ObjectType:
    """An object type: `name` in paths, `type_id` in ids, `legacy` in error messages."""

    type_id: str
    name: str
    singular: str
    label: str
    display: str
    group: str
    shown: tuple[str, ...]
    required: tuple[str, ...] = ()
    pipeline: str | None = None
    stage: str | None = None

    @property
    def legacy(self) -> str:
        """The name in HubSpot's error messages, e.g. LINE_ITEM."""
        return self.singular.upper()


TYPES = (
    ObjectType(
        "0-1", "contacts", "contact", "Contacts", "email", "contactinformation",
        ("createdate", "email", "firstname", "lastname", "lastmodifieddate"),
    ),
    ObjectType(
        "0-2", "companies", "company", "Companies", "name", "companyinformation",
        ("createdate", "domain", "name", "hs_lastmodifieddate"),
    ),
    ObjectType(
        "0-3", "deals", "deal", "Deals", "dealname", "dealinformation",
        ("amount", "closedate", "createdate", "dealname", "dealstage", "pipeline",
         "hs_lastmodifieddate"),
        required=("dealname", "dealstage", "pipeline"), pipeline="pipeline", stage="dealstage",
    ),
    ObjectType(
        "0-7", "products", "product", "Products", "name", "productinformation",
        ("createdate", "description", "name", "price", "hs_lastmodifieddate"),
    ),
    ObjectType(
        "0-8", "line_items", "line_item", "Line items", "name", "lineiteminformation",
        ("createdate", "hs_lastmodifieddate", "quantity"),
    ),
    ObjectType(
        "0-123", "orders", "order", "Orders", "hs_order_name", "order_information",
        ("hs_createdate", "hs_lastmodifieddate"),
        required=("hs_order_name",), pipeline="hs_pipeline", stage="hs_pipeline_stage",
    ),
    ObjectType(
        "0-142", "carts", "cart", "Carts", "hs_cart_name", "cart_information",
        ("hs_createdate", "hs_lastmodifieddate"),
    ),
)  # fmt: skip
_BY_NAME = {key: t for t in TYPES for key in (t.type_id, t.name, t.singular)}


def find_type(name: str) -> ObjectType | None:
    """Find a type by plural name, singular name or type id."""
    return _BY_NAME.get(name.lower())


# Kept by HubSpot on every record; a write to one of them is refused.
READ_ONLY = {
    "hs_object_id": "number",
    "createdate": "datetime",
    "hs_createdate": "datetime",
    "hs_lastmodifieddate": "datetime",
    "lastmodifieddate": "datetime",
    "hs_merged_object_ids": "string",
    "hs_num_of_associated_line_items": "number",
}

# name:type, string where no type is given. A choice lists its options after the type.
_STANDARD = {
    "contacts": "email firstname lastname phone mobilephone company address city state zip "
    "country website jobtitle hs_language hs_additional_emails "
    "lifecyclestage:enumeration=subscriber|lead|marketingqualifiedlead|salesqualifiedlead|"
    "opportunity|customer|evangelist|other",
    "companies": "name domain phone address city state zip country website industry "
    "numberofemployees:number annualrevenue:number",
    "deals": "dealname amount:number closedate:datetime pipeline dealstage description "
    "deal_currency_code hubspot_owner_id:number",
    "products": "name description price:number hs_sku hs_cost_of_goods_sold:number hs_folder "
    "hs_product_type:enumeration=inventory|non_inventory|service hs_images hs_url tax:number "
    "hs_status:enumeration=active|inactive hs_tax_category discount:number "
    "hs_discount_percentage:number hs_recurring_billing_period hs_pricing_model "
    "recurringbillingfrequency hubspot_owner_id:number",
    "line_items": "name description price:number quantity:number amount:number hs_sku "
    "hs_product_id:number hs_line_item_currency_code discount:number "
    "hs_discount_percentage:number tax:number hs_url hs_images hs_position_on_quote:number "
    "hs_recurring_billing_period recurringbillingfrequency hs_external_id",
    "orders": "hs_order_name hs_currency_code hs_source_store hs_fulfillment_status "
    "hs_shipping_status_url hs_shipping_tracking_number hs_order_note hs_tags "
    "hs_shipping_address_name hs_shipping_address_street hs_shipping_address_city "
    "hs_shipping_address_state hs_shipping_address_postal_code hs_shipping_address_country "
    "hs_billing_address_name hs_billing_address_street hs_billing_address_city "
    "hs_billing_address_state hs_billing_address_postal_code hs_billing_address_country "
    "hs_pipeline hs_pipeline_stage hs_total_price:number hs_subtotal_price:number hs_tax:number "
    "hs_shipping_cost:number hs_discount_codes hs_external_order_id hs_external_order_url "
    "hs_external_order_status hs_external_created_date:datetime hs_external_cart_id "
    "hs_external_checkout_id hs_processed_date:datetime hs_exchange_rate:number "
    "hs_homecurrency_amount:number",
    "carts": "hs_cart_name hs_external_cart_id hs_external_status hs_source_store "
    "hs_total_price:number hs_currency_code hs_tax:number hs_cart_discount:number "
    "hs_shipping_cost:number hs_tags hs_cart_url",
}


@dataclass(frozen=True, slots=True)
class Standard:
    """A standard property before a portal has made it its own."""

    name: str
    type: str
    options: tuple[str, ...]


def standard_properties(object_type: ObjectType) -> list[Standard]:
    """Return the type's standard properties that a caller may write."""
    found = []
    for word in _STANDARD[object_type.name].split():
        name, _, kind = word.partition(":")
        kind, _, options = kind.partition("=")
        found.append(Standard(name, kind or "string", tuple(filter(None, options.split("|")))))
    return found
