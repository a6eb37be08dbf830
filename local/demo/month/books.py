"""The files' side of the comparison, once the first import has said which orders stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from local.demo.month.api_seen import see_orders
from local.demo.month.expected import shop_of
from local.demo.month.returned import check
from local.demo.month.truth import read_truth

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal
    from pathlib import Path

    from local.demo.compare import Records
    from local.demo.month.api_seen import Reader, Seen
    from local.demo.month.expected import Shop
    from local.demo.month.returned import Returned
    from local.demo.month.truth import Truth


@dataclass(frozen=True, slots=True)
class Books:
    """What the files say, which invoices were refused with which code, and what follows."""

    truth: Truth
    refused: Mapping[str, str]
    seen: Seen
    returned: Returned
    shop: Shop

    def customer_of(self, invoice: str) -> str | None:
        """Return the files' customer of an invoice, None for a guest's or an unknown one."""
        return customer_of(self.truth, invoice)

    def rows(self) -> Records:
        """Return how many rows each bucket must hold, and why an order may be refused."""
        standing, truth = self.shop.standing.values(), self.truth
        turned_away = [truth.invoices[n] for n in self.refused if n in truth.invoices]
        records: Records = {
            ("rows", "buckets"): {
                "ordered": sum(len(i.lines) for i in standing),
                "charges": sum(i.charge_rows for i in standing),
                "cancelled": self.returned.rows,
                "cancellations_unmatched": truth.unmatchable
                + len(truth.goods_back)
                - self.returned.rows,
                "rejected": sum(len(i.lines) + i.charge_rows for i in turned_away),
                "not_orders": truth.not_orders,
            }
        }
        return records | {("refused", n): {"code": "out_of_stock"} for n in self.refused}


def customer_of(truth: Truth, invoice: str) -> str | None:
    """Return the files' customer of an invoice."""
    known = truth.invoices.get(invoice)
    return known.customer or None if known else None


def open_books(data: Path, factor: Decimal, refused: Mapping[str, str], reader: Reader) -> Books:
    """Read the files, and from the API which orders there are and what came back."""
    truth = read_truth(data)
    seen = see_orders(reader, lambda invoice: customer_of(truth, invoice))
    standing = {n: i for n, i in truth.invoices.items() if n not in refused}
    returned = check(truth, standing, seen.backs)
    shop = shop_of(truth, set(refused), factor, returned.units)
    return Books(truth, refused, seen, returned, shop)
