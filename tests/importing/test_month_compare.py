"""The demo's comparison of a month: green on what is right, red on any one thing that is not."""

from __future__ import annotations

import io
from collections import Counter
from copy import deepcopy
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from countersign.importing import Import, Settings, read_rows, sort
from countersign.importing.journal import Journal
from local.demo.compare import differences
from local.demo.month.api_seen import Reader, ledger_sum_matches, see_everything
from local.demo.month.books import Books, open_books
from local.demo.month.expected import expected_in_api, expected_in_hubspot, shop_of
from local.demo.month.returned import Back, check
from local.demo.month.truth import LONDON, read_truth
from tests.importing.http_door import served
from tests.importing.shop_files import row, write
from tests.support.shop import open_shop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from local.demo.compare import Records
    from tests.importing.http_door import HttpDoor

ROOT = Path(__file__).resolve().parents[2]

ROWS = (
    row(invoice="1", quantity=6, price="2.55"),
    row(invoice="1", sku="71053", name="LANTERN", quantity=2, price="3.39"),
    row(invoice="1", sku="POST", quantity=1, price="18"),
    row(invoice="2", sku="71053", name="LANTERN", quantity=4, customer=""),
    row(invoice="C3", quantity=-2, at="2010-12-03 09:00:00"),
    row(invoice="C3", quantity=-9, at="2010-12-03 09:00:00"),
)


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Books, Records, Any]]:
    """Return the books, what the API shows after the import, and the import's report."""
    folder = tmp_path_factory.mktemp("month")
    files = write(folder / "files", *ROWS)
    with open_shop() as shop, served(shop) as door:
        yield _import(door, files, folder / "journal.jsonl")


def _import(door: HttpDoor, files: Path, path: Path) -> tuple[Books, Records, Any]:
    settings = Settings(LONDON, Decimal(1), workers=1)
    with Journal(path) as journal:
        month = sort(read_rows(files))
        report = Import(month, door.target, journal, settings, io.StringIO()).run()
    reader = Reader(door.target)
    books = open_books(files, Decimal(1), {}, reader)
    return books, see_everything(reader, books.seen), report


def _expected(books: Books) -> Records:
    return expected_in_api(books.shop, books.returned.amounts)


def test_a_right_import_has_no_difference(imported: tuple[Books, Records, Any]) -> None:
    """Guarantee: orders, returns, stock, ledger and the report's buckets agree with the files."""
    books, found, report = imported
    assert differences(_expected(books), found) == []
    assert books.returned.faults == []
    assert differences(books.rows(), {("rows", "buckets"): report.rows}) == []
    assert ledger_sum_matches(found)


@pytest.mark.parametrize(
    ("key", "change", "field"),
    [
        (("stock", "71053"), {"available": 1}, "available"),
        (("stock", "85123A"), {"reserved": 1}, "reserved"),
        (("ledger", "71053"), {"available": -1}, "available"),
        (("ledger", "71053"), {"loose_ends": 1}, "loose_ends"),
        (("order", "1"), {"total": 1}, "total"),
        (("order", "1"), {"placed_at": "2010-12-01T09:26:00Z"}, "placed_at"),
        (("order", "2"), {"guest": False}, "guest"),
        (("order", "1"), {"returned": 0}, "returned"),
        (("customer", "17850"), {"ids": 2}, "ids"),
    ],
)
def test_one_wrong_field_is_one_difference(
    imported: tuple[Books, Records, Any],
    key: tuple[str, str],
    change: dict[str, object],
    field: str,
) -> None:
    """Guarantee: one unit, one penny, one customer too many turns the comparison red."""
    books, found, _ = imported
    wrong = found | {key: found[key] | change}
    assert [(d.kind, d.record, d.field) for d in differences(_expected(books), wrong)] == [
        (*key, field)
    ]


@pytest.mark.parametrize(
    "damage",
    [
        lambda lines: lines[:1],
        lambda lines: [lines[0], (*lines[1][:3], lines[1][3] + 1, lines[1][4])],
        lambda lines: [lines[0], (*lines[1][:2], lines[1][2] + 1, *lines[1][3:])],
        lambda lines: [lines[1], lines[0]],
    ],
    ids=["line missing", "price", "unit", "order of lines"],
)
def test_one_wrong_line_is_a_difference(
    imported: tuple[Books, Records, Any], damage: Callable[[list[Any]], list[Any]]
) -> None:
    """Guarantee: a line that is missing or differs in one figure is seen in the API."""
    books, found, _ = imported
    wrong = deepcopy(found)
    wrong["order", "1"]["lines"] = damage(wrong["order", "1"]["lines"])
    assert [(d.record, d.field) for d in differences(_expected(books), wrong)] == [("1", "lines")]


@pytest.mark.parametrize(
    ("key", "change"),
    [
        (("line_items", "1 line 2"), {"price": Decimal("3.40")}),
        (("line_items", "1 line 2"), {"quantity": Decimal(3)}),
        (("line_items", "1 line 2"), {"product": None}),
        (("products", "85123A"), {"countersign_available": Decimal(3)}),
        (("orders", "1"), {"hs_shipping_cost": Decimal(0)}),
        (("orders", "1"), {"stage": "Open"}),
        (("orders", "1"), {"contacts": []}),
        (("orders", "1"), {"line_items": ["1 line 1"]}),
    ],
)
def test_one_wrong_field_in_hubspot_is_a_difference(
    imported: tuple[Books, Records, Any], key: tuple[str, str], change: dict[str, object]
) -> None:
    """Guarantee: HubSpot is held against the files field by field, associations included."""
    expected = expected_in_hubspot(imported[0].shop)
    wrong = expected | {key: expected[key] | change}
    assert [(d.kind, d.record) for d in differences(expected, wrong)] == [key]
    del wrong[key]
    assert [(d.kind, d.record, d.field) for d in differences(expected, wrong)] == [(*key, "")]


@pytest.mark.parametrize(
    "backs",
    [
        [],
        [Back("1", 1, 1, "C3")],
        [Back("1", 1, 2, "C3"), Back("1", 2, 1, "C3")],
        [Back("1", 1, 2, "C9")],
        [Back("2", 1, 2, "C3")],
        [Back("1", 1, 9, "C3")],
    ],
    ids=["missed", "in part", "goods of another SKU", "unknown cause", "a guest's", "too many"],
)
def test_a_return_that_the_files_do_not_have_is_a_fault(
    imported: tuple[Books, Records, Any], backs: list[Back]
) -> None:
    """Guarantee: a missed, partial, foreign or excessive return turns the comparison red."""
    books = imported[0]
    assert check(books.truth, books.shop.standing, backs).faults


def test_a_later_sale_takes_nothing_back(tmp_path: Path) -> None:
    """Guarantee: a return to an order that was placed after the cancellation is a fault."""
    rows = [row(invoice="1", quantity=2), row(invoice="C2", quantity=-2, at="2010-12-02 09:00:00")]
    files = write(tmp_path, *rows, row(invoice="3", quantity=2, at="2010-12-03 09:00:00"))
    truth = read_truth(files)
    standing = shop_of(truth, set(), Decimal(1), Counter()).standing
    assert check(truth, standing, [Back("1", 1, 2, "C2")]).faults == []
    assert check(truth, standing, [Back("3", 1, 2, "C2")]).faults


@pytest.mark.parametrize(
    "name", ["truth", "expected", "returned", "least", "api_seen", "twin_seen", "books", "settling"]
)
def test_the_comparison_shares_no_code_with_the_importer(name: str) -> None:
    """Guarantee: a mistake of the importer cannot be made a second time by what checks it."""
    source = (ROOT / "local" / "demo" / "month" / f"{name}.py").read_text("utf-8")
    assert "countersign.importing" not in source
