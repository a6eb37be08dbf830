"""What HubSpot should show of a record: our models in, HubSpot's properties out, all strings.

Money becomes a decimal by its currency's exponent. Orders and lines carry no personal data: it
stands in the contact and nowhere else. A property without a value is cleared by "".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.clock import rfc3339
from core.crm.ownership import PIPELINE, STAGE
from core.crm.properties import NOTE, STAGES_REACHED, UNIQUE, VERSION, ObjectType, reached
from core.crm.subjects import Subject
from core.money import decimal
from core.orders.model import ChargeKind
from core.orders.states import STAGES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from core.crm.records import CustomerRecord, OrderRecord, PageRecord, ProductRecord
    from core.orders.model import Charge, Line

SOURCE_STORE = "Countersign"

STAGE_LABELS = STAGES
"""The label of HubSpot's order stage for each state of an order that is pushed."""

_SHIPPING = (ChargeKind.SHIPPING, ChargeKind.POSTAGE)


def product(record: ProductRecord) -> Subject:
    """Map a product with its stock."""
    item = record.product
    properties = {
        UNIQUE[ObjectType.PRODUCTS]: item.id,
        VERSION: str(item.version),
        "name": item.name,
        "description": item.description or "",
        "price": decimal(item.price, item.currency),
        "countersign_sku": item.sku,
        "countersign_available": str(record.available),
        "countersign_reserved": str(record.reserved),
        "countersign_on_hand": str(record.available + record.reserved),
        "countersign_stock_version": str(record.stock_version),
    }
    if item.speaks_for_case:
        properties["hs_sku"] = item.sku
    withheld = record.link.withheld if record.link else frozenset[str]()
    return Subject(
        ObjectType.PRODUCTS,
        item.id,
        record.marks[0].key,
        {k: v for k, v in properties.items() if k not in withheld},
        record.marks,
        record.link,
        item.sku if item.speaks_for_case else None,
        record.parked,
    )


def customer(record: CustomerRecord) -> Subject:
    """Map a customer to a contact."""
    person = record.customer
    properties = {
        UNIQUE[ObjectType.CONTACTS]: person.id,
        VERSION: str(person.version),
        "firstname": person.first_name or "",
        "lastname": person.last_name or "",
        "phone": person.phone or "",
        "countersign_external_id": person.external_id or "",
    }
    if person.email:
        properties["email"] = person.email
    withheld = record.link.withheld if record.link else frozenset[str]()
    return Subject(
        ObjectType.CONTACTS,
        person.id,
        record.mark.key,
        {k: v for k, v in properties.items() if k not in withheld},
        (record.mark,),
        record.link,
        person.email,
        record.parked,
        person.audit_key,
    )


def order(record: OrderRecord, stages: Mapping[str, tuple[str, str]]) -> Subject:
    """Map an order without its lines.

    `stages` gives the pipeline's and the stage's id by the stage's label. An order that is on its
    way to a state has no stage.
    """
    header = record.header
    stage = stages.get(STAGE_LABELS.get(header.state, ""))
    sums = _sums(record.charges)
    shipping = sum(sums[kind] for kind in _SHIPPING)
    properties = {
        UNIQUE[ObjectType.ORDERS]: header.id,
        VERSION: str(header.version),
        "hs_order_name": f"Order {header.external_id or header.id}",
        "hs_currency_code": header.currency,
        "hs_total_price": decimal(header.total, header.currency),
        "hs_subtotal_price": decimal(header.subtotal, header.currency),
        "hs_shipping_cost": decimal(shipping, header.currency),
        **(dict(zip((PIPELINE, STAGE), stage, strict=True)) if stage else {}),
        "hs_external_created_date": rfc3339(header.placed_at),
        "hs_source_store": SOURCE_STORE,
        "countersign_external_id": header.external_id or "",
        "countersign_tax": decimal(sums[ChargeKind.TAX], header.currency),
        "countersign_discount": decimal(-sums[ChargeKind.DISCOUNT], header.currency),
        "countersign_fees": decimal(sums[ChargeKind.FEE], header.currency),
        "countersign_returned": decimal(header.returned, header.currency),
        "countersign_cancelled": decimal(header.cancelled, header.currency),
        NOTE: header.note or "",
    }
    for state in STAGES_REACHED:
        at = header.stages.get(state)
        properties[reached(state)] = "" if at is None else rfc3339(at)
    return Subject(
        ObjectType.ORDERS,
        header.id,
        record.mark.key,
        properties,
        (record.mark,),
        record.link,
        suspect=record.parked,
    )


def line(record: OrderRecord, page: PageRecord, item: Line, products: Mapping[str, str]) -> Subject:
    """Map a line of an order's page. `products` has HubSpot's ids of products, by SKU."""
    currency = record.header.currency
    properties = {
        UNIQUE[ObjectType.LINE_ITEMS]: line_id(record.header.id, item.number),
        VERSION: str(record.header.version),
        "name": item.description or item.sku,
        "quantity": str(item.quantity),
        "price": decimal(item.unit_price, currency),
        "hs_sku": item.sku,
        "hs_line_item_currency_code": currency,
    }
    if item.sku in products:
        properties["hs_product_id"] = products[item.sku]
    key = properties[UNIQUE[ObjectType.LINE_ITEMS]]
    suspect = item.number in page.retried
    return Subject(ObjectType.LINE_ITEMS, key, record.mark.key, properties, suspect=suspect)


def line_id(order_id: str, number: int) -> str:
    """Return the unique id of an order's line: `<order id>-<number, four digits or more>`."""
    return f"{order_id}-{number:04d}"


def _sums(charges: Iterable[Charge]) -> dict[ChargeKind, int]:
    sums = dict.fromkeys(ChargeKind, 0)
    for charge in charges:
        sums[charge.kind] += charge.amount
    return sums
