"""What the API and HubSpot must show, worked out from the files.

Taken from elsewhere are only: which orders the importer reports as refused, the ids that the API
gave to the others, and which rows of C-invoices came back to which order (held against the files
by `returned`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from local.demo.month.truth import most_frequent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from local.demo.compare import Records
    from local.demo.month.truth import Invoice, Truth

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shop:
    """The orders that must stand, and what the files say of the products in them."""

    standing: Mapping[str, Invoice]
    names: Mapping[str, str]
    prices: Mapping[str, int]
    opening: Mapping[str, int]
    sold: Counter[str]
    back: Counter[str] = field(default_factory=Counter)

    @property
    def customers(self) -> set[str]:
        """The customers that some order names."""
        return {invoice.customer for invoice in self.standing.values()} - {""}

    def left(self, sku: str) -> int:
        """Return what must be on the shelf in the end."""
        return self.opening[sku] - self.sold[sku] + self.back[sku]


def shop_of(truth: Truth, refused: set[str], factor: Decimal, back: Counter[str]) -> Shop:
    """Return the shop after an import that refused these invoices and took back these units."""
    names: defaultdict[str, Counter[str]] = defaultdict(Counter)
    prices: defaultdict[str, Counter[int]] = defaultdict(Counter)
    offered: Counter[str] = Counter()
    sold: Counter[str] = Counter()
    for invoice in truth.invoices.values():
        for line in invoice.lines:
            names[line.sku][line.description] += 1 if line.description else 0
            prices[line.sku][line.price] += 1
            offered[line.sku] += line.quantity
            if invoice.number not in refused:
                sold[line.sku] += line.quantity
    return Shop(
        standing={n: i for n, i in truth.invoices.items() if n not in refused},
        names={sku: most_frequent(counts) or sku for sku, counts in names.items()},
        prices={sku: most_frequent(counts) for sku, counts in prices.items()},
        opening={sku: int(units * factor) for sku, units in offered.items()},
        sold=sold,
        back=back,
    )


def expected_in_api(shop: Shop, returned: Mapping[str, int]) -> Records:
    """Return stock by SKU, orders by invoice, and that one customer is one customer."""
    records: Records = {}
    for sku in shop.opening:
        left = shop.left(sku)
        records["stock", sku] = {"available": left, "reserved": 0, "on_hand": left}
        records["ledger", sku] = {"available": left, "reserved": 0, "loose_ends": 0}
    for invoice in shop.standing.values():
        records["order", invoice.number] = {
            "state": "shipped",
            "currency": "GBP",
            "placed_at": invoice.placed_at,
            "lines": [
                (n, line.sku, line.quantity, line.price, line.description or None)
                for n, line in enumerate(invoice.lines, start=1)
            ],
            "subtotal": invoice.subtotal,
            "total": invoice.total,
            "returned": returned.get(invoice.number, 0),
            "guest": not invoice.customer,
        }
    records |= {("customer", name): {"ids": 1} for name in shop.customers}
    return records


def expected_in_hubspot(shop: Shop) -> Records:
    """Return products by SKU, contacts by customer, orders by invoice, and their lines."""
    records: Records = dict(_products(shop))
    for name in shop.customers:
        records["contacts", name] = {"countersign_external_id": name, "email": None}
    for invoice in shop.standing.values():
        records["orders", invoice.number] = _order(invoice)
        for n, line in enumerate(invoice.lines, start=1):
            records["line_items", line_name(invoice.number, n)] = {
                "name": line.description or line.sku,
                "quantity": Decimal(line.quantity),
                "price": _pounds(line.price),
                "hs_sku": line.sku,
                "hs_line_item_currency_code": "GBP",
                "product": line.sku,
            }
    return records


def line_name(invoice: str, number: int) -> str:
    """Return what a line is known by in the comparison."""
    return f"{invoice} line {number}"


def _products(shop: Shop) -> Iterator[tuple[tuple[str, str], Json]]:
    spoken: set[str] = set()
    for sku in shop.opening:
        left = Decimal(shop.left(sku))
        yield (
            ("products", sku),
            {
                "name": shop.names[sku],
                "price": _pounds(shop.prices[sku]),
                # HubSpot may fold case: of SKUs that differ by case alone, the first has its field.
                "hs_sku": None if sku.casefold() in spoken else sku,
                "countersign_available": left,
                "countersign_reserved": Decimal(0),
                "countersign_on_hand": left,
            },
        )
        spoken.add(sku.casefold())


def _order(invoice: Invoice) -> Json:
    return {
        "hs_currency_code": "GBP",
        "hs_subtotal_price": _pounds(invoice.subtotal),
        "hs_total_price": _pounds(invoice.total),
        "hs_shipping_cost": _pounds(invoice.shipping),
        "countersign_discount": _pounds(-invoice.discount),
        "countersign_fees": _pounds(invoice.fees),
        "countersign_tax": Decimal(0),
        "hs_external_created_date": invoice.placed_at,
        "stage": "Shipped",
        "contacts": [invoice.customer] if invoice.customer else [],
        "line_items": sorted(
            line_name(invoice.number, n) for n in range(1, len(invoice.lines) + 1)
        ),
    }


def _pounds(pence: int) -> Decimal:
    return Decimal(pence) / 100
