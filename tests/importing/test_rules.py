"""Each oddity of the shop's files, on files of a few rows, and where its rows end."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from countersign.importing import LayoutError, read_rows
from countersign.importing.bodies import order_body
from countersign.importing.catalogue import products_of, waves
from countersign.importing.month import Bucket, Kind
from tests.importing.shop_files import month_of, row, write

if TYPE_CHECKING:
    from pathlib import Path

LONDON = ZoneInfo("Europe/London")


def test_an_invoice_is_an_order(tmp_path: Path) -> None:
    """Guarantee: every line keeps its own price, also when a code stands on several lines."""
    month = month_of(tmp_path, row(price="2.55"), row(price="2.10", quantity=1), row(sku="71053"))
    (sale,) = month.sales
    assert (sale.invoice, sale.customer) == ("536365", "17850")
    assert [(x.sku, x.quantity, x.price) for x in sale.lines] == [
        ("85123A", 6, 255),
        ("85123A", 1, 210),
        ("71053", 6, 255),
    ]


@pytest.mark.parametrize(
    ("at", "sent"),
    [
        ("2010-12-01 08:26:00", "2010-12-01T08:26:00Z"),
        ("2011-07-01 08:26:00", "2011-07-01T07:26:00Z"),
    ],
    ids=["winter", "summer"],
)
def test_the_wall_clock_is_the_shop_s(tmp_path: Path, at: str, sent: str) -> None:
    """Guarantee: times are read in the zone that was chosen and sent in UTC."""
    (sale,) = month_of(tmp_path, row(at=at)).sales
    assert order_body(sale, "deduct", LONDON)["placed_at"] == sent


def test_a_guest_has_no_customer(tmp_path: Path) -> None:
    """Guarantee: without CustomerID the order names no customer at all."""
    (sale,) = month_of(tmp_path, row(customer="")).sales
    assert sale.customer is None
    assert "customer" not in order_body(sale, "deduct", LONDON)


@pytest.mark.parametrize(
    ("code", "quantity", "price", "kind", "amount"),
    [
        ("POST", 3, "18.00", Kind.POSTAGE, 5400),
        ("DOT", 1, "569.77", Kind.POSTAGE, 56977),
        ("C2", 1, "50", Kind.SHIPPING, 5000),
        ("M", 36, "0.85", Kind.FEE, 3060),
        ("m", 1, "2.55", Kind.FEE, 255),
        ("D", -1, "27.50", Kind.DISCOUNT, -2750),
        ("D", 1, "27.50", Kind.FEE, 2750),
        ("POST", -1, "5.00", Kind.FEE, -500),
        ("S", 1, "12.95", Kind.FEE, 1295),
        ("BANK CHARGES", 1, "15", Kind.FEE, 1500),
        ("AMAZONFEE", 1, "13541.33", Kind.FEE, 1354133),
        ("CRUK", -1, "1.60", Kind.FEE, -160),
        ("gift_0001_40", 1, "34.04", Kind.FEE, 3404),
    ],
)
def test_fees_posing_as_goods_are_charges(
    tmp_path: Path, code: str, quantity: int, price: str, kind: Kind, amount: int
) -> None:
    """Guarantee: what is no goods becomes a charge of quantity times price, and takes no stock."""
    month = month_of(tmp_path, row(), row(sku=code, quantity=quantity, price=price))
    (sale,) = month.sales
    assert [(c.kind, c.amount) for c in sale.charges] == [(kind, amount)]
    assert [product.sku for product in products_of(month.sales)] == ["85123A"]


@pytest.mark.parametrize("code", ["DCGS0076", "PADS", "15056bl", "85123a"])
def test_odd_codes_of_goods_are_goods(tmp_path: Path, code: str) -> None:
    """Guarantee: a code is taken exactly as it stands, and is goods unless the list says not."""
    (sale,) = month_of(tmp_path, row(sku=code)).sales
    assert [line.sku for line in sale.lines] == [code]


def test_codes_that_differ_in_case_are_two_products(tmp_path: Path) -> None:
    """Guarantee: neither is lost, and the first of them is put before the other."""
    month = month_of(tmp_path, row(sku="84029G"), row(sku="84029g"), row(sku="22752"))
    first, later = waves(products_of(month.sales))
    assert [p.sku for p in first] == ["84029G", "22752"]
    assert [p.sku for p in later] == ["84029g"]


def test_names_and_prices_are_the_most_frequent(tmp_path: Path) -> None:
    """Guarantee: a name and a price are what most rows have; units are all that is sold."""
    rows = [row(name="METAL SIGN", price="1"), row(name="", price="2"), row(name="", price="2")]
    (product,) = products_of(month_of(tmp_path, *rows).sales)
    assert (product.name, product.price, product.sold) == ("METAL SIGN", 200, 18)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([row(price=0, customer="", quantity=-43, name="damages")], "stock_note"),
        ([row(price=0, customer="", quantity=20, name="amazon")], "stock_note"),
        ([row(price=0, customer="", quantity=-5, name="")], "stock_note"),
        ([row(sku="POST", quantity=21, price=18)], "charges_only"),
        ([row(sku="AMAZONFEE", customer="", price="13541.33")], "charges_only"),
        ([row(invoice="A563185", sku="B", price="11062.06", quantity=1)], "ledger_adjustment"),
        ([row(invoice="A563186", sku="B", price="-11062.06", quantity=1)], "ledger_adjustment"),
    ],
)
def test_what_is_no_order(tmp_path: Path, rows: list[dict[str, str]], reason: str) -> None:
    """Guarantee: clerks' notes, fees alone and ledger adjustments make no order, and say why."""
    month = month_of(tmp_path, *rows)
    assert month.sales == ()
    assert [(a.bucket, a.reason) for a in month.asides] == [(Bucket.NOT_ORDERS, reason)]


def test_goods_at_no_price_are_sold(tmp_path: Path) -> None:
    """Guarantee: goods at 0 in an invoice with one manual sum leave the shelf all the same."""
    rows = [row(price=0, customer=""), row(sku="M", price="924.59", quantity=1, customer="")]
    (sale,) = month_of(tmp_path, *rows).sales
    assert [(x.quantity, x.price) for x in sale.lines] == [(6, 0)]
    assert [c.amount for c in sale.charges] == [92459]


@pytest.mark.parametrize(
    ("bad", "reason", "other"),
    [
        (row(price="two"), "price_not_a_number", "another_row_is_unreadable"),
        (row(price="NaN"), "price_not_a_number", "another_row_is_unreadable"),
        (row(price="0.001"), "price_not_in_whole_minor_units", "another_row_is_unreadable"),
        (row(quantity="6.5"), "quantity_not_a_whole_number", "another_row_is_unreadable"),
        (row(at="1/12/2010"), "date_not_readable", "another_row_is_unreadable"),
        (row(at="2010-12-01 08:26:00+01:00"), "date_has_a_zone", "another_row_is_unreadable"),
        (row(sku=""), "no_stock_code", "another_row_is_unreadable"),
        (row(quantity=0), "quantity_not_positive", "quantity_not_positive"),
        (row(quantity=-1), "quantity_not_positive", "quantity_not_positive"),
        (row(price="-1"), "price_negative", "price_negative"),
        (row(customer="17851.0"), "several_customers", "several_customers"),
    ],
)
def test_an_invoice_with_a_bad_row_is_rejected_whole(
    tmp_path: Path, bad: dict[str, str], reason: str, other: str
) -> None:
    """Guarantee: no order is imported without one of its rows; each row says why it is not."""
    month = month_of(tmp_path, row(), bad, row(invoice="536366"))
    assert [sale.invoice for sale in month.sales] == ["536366"]
    told = {aside.position: (aside.bucket, aside.reason) for aside in month.asides}
    assert told == {0: (Bucket.REJECTED, other), 1: (Bucket.REJECTED, reason)}


def test_an_invoice_number_of_no_known_form_is_rejected(tmp_path: Path) -> None:
    """Guarantee: what cannot be told to be a sale is not taken for one."""
    month = month_of(tmp_path, row(invoice="INV 7"), row(invoice=""))
    assert month.sales == ()
    assert [a.reason for a in month.asides] == ["unknown_invoice_number", "no_invoice_number"]


@pytest.mark.parametrize(
    ("fields", "bucket", "reason"),
    [
        ({"sku": "POST"}, Bucket.UNMATCHED, "charge"),
        ({"sku": "M"}, Bucket.UNMATCHED, "charge"),
        ({"customer": ""}, Bucket.UNMATCHED, "guest"),
        ({"quantity": 1}, Bucket.REJECTED, "quantity_not_negative"),
    ],
)
def test_rows_that_cancel_no_goods_of_a_known_customer(
    tmp_path: Path, fields: dict[str, object], bucket: Bucket, reason: str
) -> None:
    """Guarantee: credited fees and guests' cancellations are counted, and change nothing."""
    month = month_of(tmp_path, row(**({"invoice": "C536379", "quantity": -1} | fields)))
    assert month.cancellations == ()
    assert [(a.bucket, a.reason) for a in month.asides] == [(bucket, reason)]


def test_files_are_read_in_order_of_their_names(tmp_path: Path) -> None:
    """Guarantee: positions run on from file to file, and a byte order mark does no harm."""
    write(tmp_path, row(invoice="2"), name="2010-12-02.csv")
    write(tmp_path, row(invoice="1"), name="2010-12-01.csv")
    first = tmp_path / "2010-12-01.csv"
    first.write_bytes(b"\xef\xbb\xbf" + first.read_bytes())
    assert [(r.position, r.invoice) for r in read_rows(tmp_path)] == [(0, "1"), (1, "2")]


def test_another_layout_is_refused(tmp_path: Path) -> None:
    """Guarantee: a file without one of the columns is not guessed at."""
    with pytest.raises(LayoutError, match="no CSV files"):
        list(read_rows(tmp_path))
    (tmp_path / "a.csv").write_text("InvoiceNo,StockCode\n1,2\n", encoding="utf-8")
    with pytest.raises(LayoutError, match="no column Description"):
        list(read_rows(tmp_path))


def test_unprintable_characters_become_spaces(tmp_path: Path) -> None:
    """Guarantee: a stray control character in a description does not cost the order."""
    (sale,) = month_of(tmp_path, row(name=" RED\tBOX\x00 ", at=datetime(2010, 12, 1))).sales  # noqa: DTZ001
    assert sale.lines[0].description == "RED BOX"
