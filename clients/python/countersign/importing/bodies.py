"""The API's bodies and Idempotency-Keys for what is imported.

Keys and bodies come from the files alone, so that a call whose answer was lost can be made again.
"""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from countersign.importing.catalogue import Product
    from countersign.importing.matching import Return
    from countersign.importing.month import Line, Sale

Json = dict[str, Any]

CURRENCY = "GBP"
LOCATION = "main"


def product_body(product: Product, opening_stock: int | None) -> Json:
    """Return the body of PUT /v1/products/{sku}; without opening stock none is set."""
    body: Json = {"name": product.name, "price": product.price, "currency": CURRENCY}
    if opening_stock is not None:
        body["opening_stock"] = [{"location": LOCATION, "quantity": opening_stock}]
    return body


def order_body(sale: Sale, fulfilment: str, zone: ZoneInfo) -> Json:
    """Return the body of POST /v1/orders."""
    body: Json = {
        "external_id": sale.invoice,
        "currency": CURRENCY,
        "placed_at": _rfc3339(sale.at, zone),
        "fulfilment": fulfilment,
        "lines": [_line(line) for line in sale.lines],
        "charges": [
            {"kind": str(c.kind), "label": c.label, "amount": c.amount} for c in sale.charges
        ],
    }
    if sale.customer is not None:
        body["customer"] = {"external_id": sale.customer}
    return body


def return_body(returned: Return, *, restock: bool) -> Json:
    """Return the body of POST /v1/orders/{id}/returns."""
    return {
        "lines": [{"number": n, "quantity": q} for n, q in sorted(returned.quantities.items())],
        "restock": restock,
        "reason": f"Cancelled by {returned.cancellation}",
    }


def order_key(sale: Sale) -> str:
    """Return the Idempotency-Key of an order."""
    return f"import-order-{sale.invoice}"


def return_key(returned: Return) -> str:
    """Return the Idempotency-Key of a return."""
    return f"import-return-{returned.key}"


def _line(line: Line) -> Json:
    body: Json = {"sku": line.sku, "quantity": line.quantity, "unit_price": line.price}
    if line.description:
        body["description"] = line.description
    return body


def _rfc3339(at: datetime, zone: ZoneInfo) -> str:
    """Return the moment in UTC; of an hour that comes twice in autumn the first is meant."""
    return at.replace(tzinfo=zone).astimezone(UTC).isoformat().replace("+00:00", "Z")
