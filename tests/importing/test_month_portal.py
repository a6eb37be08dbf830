"""What the demo reads of HubSpot: the twin over HTTP, right and then edited by somebody."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from local.demo.compare import differences
from local.demo.month.api_seen import Seen
from local.demo.month.expected import expected_in_hubspot, shop_of
from local.demo.month.truth import read_truth
from local.demo.month.twin_seen import calls, see_portal
from local.hubspot import Portal
from tests.importing.shop_files import row, write
from tests.support.running_twin import running_twin

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from local.demo.compare import Records
    from tests.support.running_twin import RunningTwin

SEEN = Seen(invoices={"o-1": "536365"}, customers={"c-1": "17850"})
TO_CONTACT, TO_LINE = 507, 513


@pytest.fixture
def twin() -> Iterator[RunningTwin]:
    """Return a twin whose portal is ready for our records."""
    with running_twin() as opened:
        for kind, names in {
            "products": "countersign_sku countersign_available countersign_reserved "
            "countersign_on_hand",
            "contacts": "countersign_customer_id countersign_external_id",
            "orders": "countersign_order_id countersign_discount countersign_fees countersign_tax",
            "line_items": "countersign_line_id",
        }.items():
            for name in names.split():
                made = {"name": name, "label": name, "type": "string", "fieldType": "text"}
                group = opened.call("GET", f"/crm/v3/properties/{kind}/groups").body["results"][0]
                made["groupName"] = group["name"]
                answer = opened.call("POST", f"/crm/v3/properties/{kind}", made)
                assert answer.status == 201, answer.body
        yield opened


def _make(
    twin: RunningTwin, kind: str, properties: dict[str, str], to: dict[str, int] | None = None
) -> str:
    links = [
        {
            "to": {"id": i},
            "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": type_id}],
        }
        for i, type_id in (to or {}).items()
    ]
    answer = twin.call(
        "POST", f"/crm/v3/objects/{kind}", {"properties": properties, "associations": links}
    )
    assert answer.status == 201, answer.body
    return str(answer.body["id"])


def _fill(twin: RunningTwin) -> dict[str, str]:
    """Put into the portal what the order of `_expected` must look like there; return the ids."""
    stages = twin.call("GET", "/crm/v3/pipelines/orders").body["results"][0]
    shipped = next(s["id"] for s in stages["stages"] if s["label"] == "Shipped")
    stock = dict.fromkeys(("countersign_available", "countersign_on_hand"), "0")
    product = {"name": "WHITE HANGING HEART", "price": "2.55", "hs_sku": "85123A", **stock}
    product |= {"countersign_sku": "85123A", "countersign_reserved": "0"}
    person = {"countersign_customer_id": "c-1", "countersign_external_id": "17850"}
    ids = {
        "products": _make(twin, "products", product),
        "contacts": _make(twin, "contacts", person),
    }
    line = {"name": "WHITE HANGING HEART", "quantity": "6", "price": "2.55", "hs_sku": "85123A"}
    line |= {"hs_product_id": ids["products"], "hs_line_item_currency_code": "GBP"}
    ids["line_items"] = _make(twin, "line_items", line | {"countersign_line_id": "o-1-0001"})
    order = {
        "countersign_order_id": "o-1",
        "hs_order_name": "Order 536365",
        "hs_currency_code": "GBP",
        "hs_subtotal_price": "15.30",
        "hs_total_price": "33.3",
        "hs_shipping_cost": "18",
        "countersign_discount": "0",
        "countersign_fees": "0.00",
        "countersign_tax": "0",
        "hs_external_created_date": "2010-12-01T08:26:00.000Z",
        "hs_pipeline": stages["id"],
        "hs_pipeline_stage": shipped,
    }
    links = {ids["contacts"]: TO_CONTACT, ids["line_items"]: TO_LINE}
    return ids | {"orders": _make(twin, "orders", order, links)}


def _expected(folder: Path) -> Records:
    files = write(folder, row(), row(sku="POST", quantity=1, price=18))
    return expected_in_hubspot(shop_of(read_truth(files), set(), Decimal(1), Counter()))


def _drift(twin: RunningTwin, expected: Records) -> list[tuple[Any, ...]]:
    shown = see_portal(Portal(twin.url, token=twin.token), SEEN)
    return [(d.kind, d.record, d.field) for d in differences(expected, shown.records)]


def test_edits_behind_our_back_are_seen(twin: RunningTwin, tmp_path: Path) -> None:
    """Guarantee: a portal that shows the files has no drift; each edit of it is one difference."""
    expected, ids = _expected(tmp_path / "files"), _fill(twin)
    assert _drift(twin, expected) == []
    for kind, record, name, wrong, right in (
        ("line_items", "536365 line 1", "price", "2.56", "2.55"),
        ("line_items", "536365 line 1", "quantity", "5", "6"),
        ("products", "85123A", "countersign_available", "1", "0"),
        ("orders", "536365", "hs_total_price", "33.29", "33.30"),
    ):
        path = f"/_twin/records/{kind}/{ids[kind]}"
        twin.call("PATCH", path, {"properties": {name: wrong}})
        assert _drift(twin, expected) == [(kind, record, name)]
        twin.call("PATCH", path, {"properties": {name: right}})
    _make(twin, "contacts", {"email": "stranger@example.com"})
    assert [kind for kind, _, _ in _drift(twin, expected)] == ["contacts"]


def test_looking_is_not_counted(twin: RunningTwin, tmp_path: Path) -> None:
    """Guarantee: the demo's own reading of the portal adds no call to those that it reports."""
    expected = _expected(tmp_path / "files")
    _fill(twin)
    before = calls(twin.url).total
    _drift(twin, expected)
    assert calls(twin.url).total == before
