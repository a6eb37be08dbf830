"""The products that the sales name, with what the files tell of each."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from countersign.importing.month import Sale


@dataclass(frozen=True, slots=True)
class Product:
    """A SKU that was sold: its most frequent description and price, and the units sold in all."""

    sku: str
    name: str
    price: int
    sold: int

    def opening_stock(self, factor: Decimal) -> int:
        """Return so much of what was sold, rounded down."""
        return int(self.sold * factor)


def products_of(sales: Iterable[Sale]) -> tuple[Product, ...]:
    """Return every SKU of the sales, in the order in which they first come.

    Of names and prices that are equally frequent the first counts; without a description the SKU
    is the name.
    """
    names: defaultdict[str, Counter[str]] = defaultdict(Counter)
    prices: defaultdict[str, Counter[int]] = defaultdict(Counter)
    sold: Counter[str] = Counter()
    for sale in sales:
        for line in sale.lines:
            names[line.sku][line.description] += bool(line.description)
            prices[line.sku][line.price] += 1
            sold[line.sku] += line.quantity
    return tuple(
        Product(sku, names[sku].most_common(1)[0][0] or sku, prices[sku].most_common(1)[0][0], n)
        for sku, n in sold.items()
    )


def waves(products: Iterable[Product]) -> tuple[tuple[Product, ...], tuple[Product, ...]]:
    """Part the products so that of SKUs that differ by case alone the first is put first.

    HubSpot may fold case, so only one of them can have its SKU field: the first one that is put.
    """
    first: dict[str, Product] = {}
    later = tuple(p for p in products if first.setdefault(p.sku.casefold(), p) is not p)
    return tuple(first.values()), later
