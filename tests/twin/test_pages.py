"""The pages: what a newcomer looks for is there, and nothing in a record can run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.twin.test_objects import VERSIONS, create

if TYPE_CHECKING:
    from tests.support.running_twin import RunningTwin

BASE = VERSIONS["2026-09"]
NASTY = '<script>alert("x")</script>&'


@pytest.fixture
def order(twin: RunningTwin) -> str:
    """Place an order with a customer and a line, and return its id."""
    (pipeline,) = twin.call("GET", "/crm/pipelines/2026-09/orders").body["results"]
    product = create(twin, BASE, "products", name="Blue teapot", price="12.50", hs_sku="POT")
    contact = create(twin, BASE, "contacts", email="ann@example.com")
    line = create(
        twin,
        BASE,
        "line_items",
        name="Teapot, blue",
        quantity="2",
        price="12.50",
        hs_sku="POT",
        hs_product_id=product["id"],
    )
    made = create(
        twin,
        BASE,
        "orders",
        hs_order_name="Order 1001",
        hs_total_price="25.00",
        hs_currency_code="GBP",
        hs_pipeline=pipeline["id"],
        hs_pipeline_stage=pipeline["stages"][0]["id"],
    )["id"]
    for kind, other in (("contacts", contact), ("line_items", line)):
        path = f"{BASE}/orders/{made}/associations/default/{kind}/{other['id']}"
        assert twin.call("PUT", path).status == 200
    return str(made)


def page(twin: RunningTwin, path: str) -> str:
    """Return a page's text, tags and spacing taken out."""
    reply = twin.call("GET", path)
    assert reply.status == 200
    assert reply.headers["content-type"].startswith("text/html")
    text = re.sub(r"<style>.*?</style>|<[^>]+>", " ", str(reply.body), flags=re.DOTALL)
    return " ".join(text.split())


def test_the_overview_counts_and_shows_the_newest_orders(twin: RunningTwin, order: str) -> None:
    """A newcomer sees at once whether the order arrived."""
    text = page(twin, "/")
    assert "1 Orders" in text
    assert "1 Products" in text
    assert "Order 1001 Open ann@example.com 1 25.00 GBP" in text
    assert f"/records/orders/{order}" in str(twin.call("GET", "/").body)


def test_an_order_shows_customer_lines_with_product_names_and_total(
    twin: RunningTwin, order: str
) -> None:
    """On one page, without looking up ids."""
    text = page(twin, f"/records/orders/{order}")
    assert "Order 1001" in text
    assert "Open · total 25.00 GBP" in text
    assert "Customer ann@example.com" in text
    assert "Teapot, blue Blue teapot POT 2 12.50 25.00" in text


def test_each_type_has_a_list(twin: RunningTwin, order: str) -> None:
    """With what tells records apart; every link on it leads somewhere."""
    assert order
    assert "Blue teapot POT 12.50" in page(twin, "/records/products")
    for kind in ("orders", "contacts", "line_items", "products", "deals", "companies", "carts"):
        body = str(twin.call("GET", f"/records/{kind}").body)
        for link in re.findall(r'href="(/records/[^"]+)"', body):
            assert twin.call("GET", link.replace("&amp;", "&")).status == 200


def test_a_long_list_has_pages(twin: RunningTwin) -> None:
    """A hundred to a page, and a silly page number is no error."""
    for i in range(101):
        create(twin, BASE, "products", name=f"P{i}")
    assert "Page 1 of 2" in page(twin, "/records/products")
    assert "P0" in page(twin, "/records/products?page=2")
    assert "Page 2 of 2" in page(twin, "/records/products?page=99")
    assert "Page 1 of 2" in page(twin, "/records/products?page=x")


def test_what_a_record_holds_stays_text(twin: RunningTwin) -> None:
    """Script in any value is escaped on every page, and the browser is told to run nothing."""
    made = create(twin, BASE, "products", name=NASTY, description=NASTY)["id"]
    create(twin, BASE, "orders", hs_order_name=NASTY)
    for path in ("/", "/records/products", "/records/orders", f"/records/products/{made}"):
        reply = twin.call("GET", path)
        assert "<script" not in str(reply.body)
        assert "default-src 'none'" in reply.headers["content-security-policy"]


def test_pages_load_nothing_from_elsewhere(twin: RunningTwin, order: str) -> None:
    """No script, image, font or style sheet by address."""
    for path in ("/", f"/records/orders/{order}"):
        body = str(twin.call("GET", path).body)
        assert not re.search(r"<script|<img|<link|@import|url\(|https?://", body)


@pytest.mark.parametrize("path", ["/records/teapots", "/records/orders/404", "/?portal=9"])
def test_what_is_not_there_is_a_page_too(twin: RunningTwin, path: str) -> None:
    """404 with a way back."""
    reply = twin.call("GET", path)
    assert reply.status == 404
    assert "Back to the overview" in str(reply.body)
