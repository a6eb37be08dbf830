"""What people complain of in other integrations: rows of docs/proof/complaints.md."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from core.customers.model import CustomerDraft
from tests.flow.faults import script
from tests.support.running_twin import PORTAL

if TYPE_CHECKING:
    from tests.flow.shop import Shop

KINDS = ("products", "contacts", "orders", "line_items")


def test_no_push_searches_and_none_doubles(shop: Shop) -> None:
    """Search knows of nothing for 30 s and replies are lost: no push asks it, and none doubles."""
    shop.twin.twin.portals[PORTAL].settings.search_lag_ms = 30_000
    shop.products(["A-1", "B-1"])
    for number in range(3):
        shop.order([("A-1", 1), ("B-1", 2)], customer=CustomerDraft("C-1", "ada@example.com"))
        script(shop.twin.twin, f"{KINDS[number]}/batch/upsert", status=504, applied=True)
        shop.sync(after=6)
    for _ in range(4):
        shop.sync(after=61)
    assert shop.owed() == []
    assert [len(shop.shown(kind)) for kind in KINDS] == [2, 1, 3, 6]
    assert not any("search" in endpoint for endpoint in shop.calls())


def test_no_batch_names_a_record_twice(shop: Shop) -> None:
    """Orders that share customer and products, changed again and again: each is named once."""
    for price in range(100, 105):
        shop.product("A-1", price=price)
    for _ in range(5):
        shop.order([("A-1", 1)] * 3, customer=CustomerDraft("C-1", "ada@example.com"))
    shop.sync()
    sent = [e for e in shop.twin.twin.recorder.kept if "/batch/" in e["path"]]
    for exchange in sent:
        inputs = [json.dumps(i, sort_keys=True) for i in json.loads(exchange["request"])["inputs"]]
        ids = [json.loads(i).get("id", i) for i in inputs]
        assert len(ids) == len(set(ids)), exchange["path"]
    assert shop.owed() == []
    assert [len(shop.shown(kind)) for kind in KINDS] == [1, 1, 5, 15]
