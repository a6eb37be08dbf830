"""What HubSpot should show of a record."""

from __future__ import annotations

from dataclasses import replace

from core.crm import mapping
from core.crm.properties import NATIVE, OURS, STAGES_REACHED, UNIQUE, ObjectType
from core.crm.records import CustomerRecord, Link, Mark, OrderRecord, PageRecord, ProductRecord
from core.customers.model import Customer
from core.inventory.model import Product
from core.orders.model import Charge, ChargeKind, Header, Line, OrderState

STAGES = {"Open": ("pipe", "open")}
ORDER_ID = "01jd9z3v5q8r2t4w6x8y0abcde"
PRODUCT = Product("p1", "TEA-1", "Tea", 255, "GBP", 0, 0, version=3)
HOME = Mark(("main#SKU#TEA-1", "PRODUCT"), 3, "products")
RECORD = ProductRecord(PRODUCT, 97, 3, 9, (HOME,))
ADA = Customer("c1", 0, b"k", "C-1", "ada@example.com", "Ada", "Lovelace", "+44", version=2)
PERSON = CustomerRecord(ADA, Mark(("main#CUSTOMER#c1", "CUSTOMER"), 2, "customers"))
LINES = (Line(1, "TEA-1", "main", 3, 255), Line(2, "CUP-1", "main", 1, 1000, "A blue cup"))
CHARGES = (
    Charge(ChargeKind.SHIPPING, 400),
    Charge(ChargeKind.POSTAGE, 99),
    Charge(ChargeKind.DISCOUNT, -100),
    Charge(ChargeKind.TAX, 353),
    Charge(ChargeKind.FEE, 10),
)
HEADER = Header(
    id=ORDER_ID,
    state=OrderState.PLACED,
    attempt=1,
    chunk=1,
    chunks=1,
    currency="GBP",
    subtotal=1765,
    total=2527,
    line_count=2,
    pages=1,
    placed_at=1_795_300_500_000,
    updated_at=1_795_300_500_000,
    customer_id="c1",
    external_id="INV-9",
    version=1,
)
PAGE = PageRecord(1, LINES, {})
ORDER = OrderRecord(
    HEADER,
    CHARGES,
    (PAGE,),
    Mark((f"main#ORDER#{ORDER_ID}", "HEADER"), 1, "orders"),
)


def test_a_product() -> None:
    """A product shows its price as a decimal, its stock summed, and both versions."""
    subject = mapping.product(RECORD)
    assert dict(subject.properties) == {
        "countersign_product_id": "p1",
        "countersign_version": "3",
        "name": "Tea",
        "description": "",
        "price": "2.55",
        "hs_sku": "TEA-1",
        "countersign_sku": "TEA-1",
        "countersign_available": "97",
        "countersign_reserved": "3",
        "countersign_on_hand": "100",
        "countersign_stock_version": "9",
    }
    assert subject.adopt_by == "TEA-1"
    assert subject.home == HOME.key


def test_a_sku_that_does_not_speak_for_its_case() -> None:
    """Of SKUs that differ in case only, the others claim no HubSpot SKU and adopt nothing."""
    subject = mapping.product(replace(RECORD, product=replace(PRODUCT, speaks_for_case=False)))
    assert "hs_sku" not in subject.properties
    assert subject.adopt_by is None


def test_what_is_withheld_is_never_sent() -> None:
    """A property that HubSpot holds elsewhere is left out of every later push."""
    product = mapping.product(replace(RECORD, link=Link("7", frozenset({"hs_sku"}))))
    assert "hs_sku" not in product.properties
    person = mapping.customer(replace(PERSON, link=Link("7", frozenset({"email"}))))
    assert "email" not in person.properties


def test_a_customer() -> None:
    """A customer is a contact, found by e-mail."""
    subject = mapping.customer(PERSON)
    assert dict(subject.properties) == {
        "countersign_customer_id": "c1",
        "countersign_version": "2",
        "email": "ada@example.com",
        "firstname": "Ada",
        "lastname": "Lovelace",
        "phone": "+44",
        "countersign_external_id": "C-1",
    }
    assert subject.adopt_by == "ada@example.com"


def test_an_order() -> None:
    """An order shows its sums, its charges by kind, its stage, and no personal data."""
    subject = mapping.order(ORDER, STAGES)
    assert dict(subject.properties) == {
        "countersign_order_id": ORDER_ID,
        "countersign_version": "1",
        "countersign_note": "",
        "hs_order_name": "Order INV-9",
        "hs_currency_code": "GBP",
        "hs_total_price": "25.27",
        "hs_subtotal_price": "17.65",
        "hs_shipping_cost": "4.99",
        "hs_pipeline": "pipe",
        "hs_pipeline_stage": "open",
        "hs_external_created_date": "2026-11-21T22:35:00.000Z",
        "hs_source_store": "Countersign",
        "countersign_external_id": "INV-9",
        "countersign_tax": "3.53",
        "countersign_discount": "1.00",
        "countersign_fees": "0.10",
        "countersign_returned": "0.00",
        "countersign_cancelled": "0.00",
        "countersign_paid_at": "",
        "countersign_processed_at": "",
        "countersign_shipped_at": "",
        "countersign_cancelled_at": "",
        "countersign_refunded_at": "",
    }
    assert subject.adopt_by is None


def test_the_stages_that_an_order_passed() -> None:
    """An order shows its stage in HubSpot's pipeline and when it reached each; all have a place."""
    stages = {label: ("pipe", label) for label in mapping.STAGE_LABELS.values()}
    passed = {"placed": 1_795_300_500_000, "shipped": 1_795_300_501_000}
    header = replace(HEADER, state=OrderState.SHIPPED, stages=passed, returned=510)
    shown = mapping.order(replace(ORDER, header=header), stages).properties
    assert shown["hs_pipeline_stage"] == "Shipped"
    assert shown["countersign_shipped_at"] == "2026-11-21T22:35:01.000Z"
    assert shown["countersign_paid_at"] == ""
    assert shown["countersign_returned"] == "5.10"
    assert {str(s) for s in mapping.STAGE_LABELS} == {"placed", *STAGES_REACHED}


def test_lines() -> None:
    """A line has its own price, a unique id of ours, and the product that it is of, if known."""
    first, second = (mapping.line(ORDER, PAGE, line, {"TEA-1": "77"}) for line in LINES)
    assert dict(first.properties) == {
        "countersign_line_id": f"{ORDER_ID}-0001",
        "countersign_version": "1",
        "name": "TEA-1",
        "quantity": "3",
        "price": "2.55",
        "hs_sku": "TEA-1",
        "hs_line_item_currency_code": "GBP",
        "hs_product_id": "77",
    }
    assert second.properties["name"] == "A blue cup"
    assert "hs_product_id" not in mapping.line(ORDER, PAGE, LINES[0], {}).properties


def test_a_line_that_was_refused_and_is_owed_again_travels_alone() -> None:
    """One call finds out about it: no batch of a hundred is halved for its sake."""
    page = replace(PAGE, retried=frozenset({2}))
    suspects = [mapping.line(ORDER, page, line, {}).suspect for line in LINES]
    assert suspects == [False, True]


def test_currencies_without_minor_units() -> None:
    """Yen have no decimals, dinars three."""
    for currency, price in (("JPY", "255"), ("BHD", "0.255")):
        product = mapping.product(replace(RECORD, product=replace(PRODUCT, currency=currency)))
        assert product.properties["price"] == price


def test_nothing_is_sent_that_the_table_does_not_list() -> None:
    """Mapping and provisioning share one table: what is sent stands in it, and all of it is."""
    sent = {
        ObjectType.PRODUCTS: mapping.product(RECORD),
        ObjectType.CONTACTS: mapping.customer(PERSON),
        ObjectType.ORDERS: mapping.order(ORDER, STAGES),
        ObjectType.LINE_ITEMS: mapping.line(ORDER, PAGE, LINES[0], {"TEA-1": "77"}),
    }
    for kind, subject in sent.items():
        listed = {p.name for p in OURS[kind]} | set(NATIVE[kind])
        assert set(subject.properties) == listed
        assert subject.properties[UNIQUE[kind]] == subject.key


def test_pages_owe_what_is_neither_there_nor_parked() -> None:
    """Only lines that HubSpot has not seen are pushed."""
    page = PageRecord(1, LINES, {1: "h1"})
    assert [line.number for line in page.owed] == [2]
    assert PageRecord(1, LINES, {1: "h1"}, frozenset({2})).owed == ()
