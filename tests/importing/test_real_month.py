"""The rules on the real month, without any network: nothing is lost, nothing counted twice."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from countersign.importing import read_rows, sort
from countersign.importing.catalogue import products_of
from countersign.importing.journal import Journal
from countersign.importing.outcomes import Accepted
from countersign.importing.planning import owed_returns, plan_returns
from countersign.importing.report import make_report
from local.demo.month.expected import shop_of
from local.demo.month.least import calls_least
from local.demo.month.truth import read_truth
from tests.support.shop_files import DATA, require_month

if TYPE_CHECKING:
    from pathlib import Path

    from countersign.importing import Month


@pytest.fixture(scope="module")
def month() -> Month:
    """Return December 2010; in continuous integration it must be there."""
    return sort(read_rows(require_month()))


def test_every_row_ends_in_one_bucket(month: Month, tmp_path: Path) -> None:
    """Guarantee: the buckets sum to the rows, with the figures that docs/import.md tells."""
    with Journal(tmp_path / "journal.jsonl") as journal:
        for sale in month.sales:
            journal.order(sale.invoice, Accepted(sale.invoice, 0.0))
        plan_returns(month, journal, again=False)
        for returned in owed_returns(month, journal):
            journal.returned(returned.key, Accepted(returned.key, 0.0))
        report = make_report(month, journal, 0, {})
    assert report.complete
    assert report.rows_read == 42_481
    assert report.rows == {
        "ordered": 41_448,
        "charges": 158,
        "cancelled": 298,
        "cancellations_unmatched": 430,
        "rejected": 0,
        "not_orders": 147,
    }


def test_no_row_is_named_twice(month: Month) -> None:
    """Guarantee: each position is in one sale, one cancellation or one aside."""
    positions = Counter(
        [
            *(line.position for sale in month.sales for line in sale.lines),
            *(charge.position for sale in month.sales for charge in sale.charges),
            *(x.position for cancellation in month.cancellations for x in cancellation.rows),
            *(aside.position for aside in month.asides),
        ]
    )
    assert positions == Counter(range(42_481))


def test_the_demo_s_own_reading_agrees(month: Month) -> None:
    """Guarantee: two readings written apart find the same orders, lines, sums and products."""
    truth = read_truth(DATA)
    shop = shop_of(truth, set(), Decimal("0.9"), Counter())
    assert truth.rows_read == month.rows_read
    assert {
        s.invoice: (
            [(x.sku, x.quantity, x.price, x.description) for x in s.lines],
            sum(c.amount for c in s.charges),
        )
        for s in month.sales
    } == {
        i.number: (
            [(x.sku, x.quantity, x.price, x.description) for x in i.lines],
            i.total - i.subtotal,
        )
        for i in truth.invoices.values()
    }
    assert {
        p.sku: (p.name, p.price, p.opening_stock(Decimal("0.9"))) for p in products_of(month.sales)
    } == {sku: (shop.names[sku], shop.prices[sku], shop.opening[sku]) for sku in shop.opening}


def test_the_least_calls_are_those_of_the_files(month: Month) -> None:
    """Guarantee: the figure that the demo is held against stays what the issue defines."""
    shop = shop_of(read_truth(DATA), set(), Decimal(1), Counter())
    assert (len(shop.opening), len(shop.customers), len(month.sales)) == (2_781, 884, 1_552)
    records = 28 + 9 + 16 + 415
    associations = 22
    adoption = 28 + 9
    assert calls_least(shop, None) == records + associations + adoption
    assert calls_least(shop, 5) == records + associations + adoption + 28 * 6
