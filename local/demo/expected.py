"""What the API and HubSpot must show, worked out from the day's orders alone.

Written apart from `functions/`, so that a mistake there is not made here a second time. Of the
door's answers only the ids are taken: an order's, and its customer's. Amounts are minor units in
the API and decimals in HubSpot.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.demo.compare import Records
    from local.demo.day import Day, PlacedOrder
    from local.demo.placing import Placed

Json = dict[str, Any]


def expected_in_api(day: Day, placed: Placed) -> Records:
    """Return stock by SKU, orders by id, and that one person is one customer."""
    records: Records = {}
    taken = _taken(day, placed)
    for product in day.products:
        records["stock", product.sku] = {
            "available": product.stock - taken[product.sku],
            "reserved": taken[product.sku],
            "on_hand": product.stock,
        }
    prices = {p.sku: p.price for p in day.products}
    for order, order_id, _ in _accepted(day, placed):
        records["order", order_id] = {
            "state": "placed",
            "external_id": order.body["external_id"],
            "currency": order.body["currency"],
            "lines": _lines(order, prices),
            "subtotal": _subtotal(order, prices),
            "total": _subtotal(order, prices) + sum(_charges(order).values()),
        }
    for person in _people(day, placed):
        records["person", person] = {"customers": 1}
    return records


def expected_in_hubspot(day: Day, placed: Placed) -> Records:
    """Return products, contacts, orders with their associations, and line items."""
    records: Records = {}
    taken = _taken(day, placed)
    spoken: set[str] = set()
    for product in day.products:
        records["products", product.sku] = {
            "name": product.name,
            "price": _decimal(product.price),
            # HubSpot may fold case: the first of two SKUs that differ by case alone has its field.
            "hs_sku": None if product.sku.casefold() in spoken else product.sku,
            "countersign_available": product.stock - taken[product.sku],
            "countersign_reserved": taken[product.sku],
            "countersign_on_hand": product.stock,
        }
        spoken.add(product.sku.casefold())
    prices = {p.sku: p.price for p in day.products}
    for order, order_id, customer_id in _accepted(day, placed):
        contact_id = customer_id if _identified(order) else None
        if contact_id is not None:
            records["contacts", contact_id] = _contact(order.body["customer"])
        records["orders", order_id] = _order(order, order_id, contact_id, prices)
        records |= dict(_line_items(order, order_id, prices))
    return records


def _accepted(day: Day, placed: Placed) -> Iterator[tuple[PlacedOrder, str, str | None]]:
    """Yield each order that stands, with its id and its customer's."""
    for order in day.orders:
        answer = placed.orders.get(order.key)
        if answer is not None:
            yield order, answer["id"], answer.get("customer_id")


def _taken(day: Day, placed: Placed) -> Counter[str]:
    taken: Counter[str] = Counter()
    for order, _, _ in _accepted(day, placed):
        for line in order.body["lines"]:
            taken[line["sku"]] += line["quantity"]
    return taken


def customers_by_person(day: Day, placed: Placed) -> dict[str, set[str | None]]:
    """Return the customer ids that the door gave each person: one each, if all is well."""
    found: dict[str, set[str | None]] = defaultdict(set)
    for order, _, customer_id in _accepted(day, placed):
        if order.person is not None:
            found[order.person].add(customer_id)
    return found


def _people(day: Day, placed: Placed) -> list[str]:
    return sorted(customers_by_person(day, placed))


def _lines(order: PlacedOrder, prices: dict[str, int]) -> list[Json]:
    return [
        {
            "number": number,
            "sku": line["sku"],
            "quantity": line["quantity"],
            "unit_price": line.get("unit_price", prices[line["sku"]]),
        }
        for number, line in enumerate(order.body["lines"], start=1)
    ]


def _subtotal(order: PlacedOrder, prices: dict[str, int]) -> int:
    return sum(line["quantity"] * line["unit_price"] for line in _lines(order, prices))


def _charges(order: PlacedOrder) -> Counter[str]:
    charges: Counter[str] = Counter()
    for charge in order.body.get("charges", ()):
        charges[charge["kind"]] += charge["amount"]
    return charges


def _identified(order: PlacedOrder) -> bool:
    """Tell whether the customer can be known again: a guest gets no contact in HubSpot."""
    customer = order.body.get("customer", {})
    return "email" in customer or "external_id" in customer


def _contact(customer: Json) -> Json:
    return {
        "email": customer.get("email"),
        "firstname": customer.get("first_name"),
        "lastname": customer.get("last_name"),
        "countersign_external_id": customer.get("external_id"),
    }


def _order(
    order: PlacedOrder, order_id: str, contact_id: str | None, prices: dict[str, int]
) -> Json:
    charges, goods = _charges(order), _subtotal(order, prices)
    lines = range(1, len(order.body["lines"]) + 1)
    return {
        "hs_currency_code": order.body["currency"],
        "hs_subtotal_price": _decimal(goods),
        "hs_total_price": _decimal(goods + sum(charges.values())),
        "hs_shipping_cost": _decimal(charges["shipping"] + charges["postage"]),
        "countersign_tax": _decimal(charges["tax"]),
        "countersign_discount": _decimal(-charges["discount"]),
        "countersign_fees": _decimal(charges["fee"]),
        "countersign_external_id": order.body["external_id"],
        "hs_external_created_date": order.body["placed_at"],
        "hs_source_store": "Countersign",
        "stage": "Open",
        "contacts": [contact_id] if contact_id is not None else [],
        "line_items": [_line_id(order_id, number) for number in lines],
    }


def _line_items(
    order: PlacedOrder, order_id: str, prices: dict[str, int]
) -> Iterator[tuple[tuple[str, str], Json]]:
    for line in _lines(order, prices):
        yield (
            ("line_items", _line_id(order_id, line["number"])),
            {
                "quantity": line["quantity"],
                "price": _decimal(line["unit_price"]),
                "hs_sku": line["sku"],
                "product": line["sku"],
                "hs_line_item_currency_code": order.body["currency"],
            },
        )


def _line_id(order_id: str, number: int) -> str:
    return f"{order_id}-{number:04d}"


def _decimal(minor: int) -> Decimal:
    return Decimal(minor) / 100
