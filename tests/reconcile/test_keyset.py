"""Listing HubSpot's side: past its 10,000, through one second, behind its lag."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from local.twin import search
from local.twin.catalog import find_type
from local.twin.state import Record
from local.twin.writes import store
from tests.support.running_twin import PORTAL

if TYPE_CHECKING:
    from tests.reconcile.shop import ReconciledShop


WHOLE = bool(os.environ.get("PROOF"))


def strangers(shop: ReconciledShop, count: int) -> None:
    """Put products into HubSpot that say they are ours, all changed in the same millisecond."""
    portal, kind = shop.twin.twin.portals[PORTAL], find_type("products")
    portal.settings.search_lag_ms = 0
    assert kind is not None
    for number in range(count):
        now = shop.clock.now()
        record = Record(str(next(portal.ids)), kind, now, now)
        store(portal, record, {"countersign_product_id": f"unknown-{number}"}, told=False)


def seen(shop: ReconciledShop, count: int) -> None:
    """Let a full run and one of changes see all of them, by no more searches than it takes."""
    strangers(shop, count)
    searches = -(-count // 200)
    shop.calls()
    assert shop.drift() == {"products.stranger": count}
    assert shop.calls()["POST /crm/objects/2026-09/{objectType}/search"] == max(searches, 1) + 3
    found = [f.key for f in shop.findings]
    assert len(set(found)) == count
    for record in shop.twin.twin.portals[PORTAL].records["0-7"].values():
        store(shop.twin.twin.portals[PORTAL], record, {"name": "changed"}, told=False)
    assert shop.drift(full=False) == {"products.stranger": count}


@pytest.mark.slow
@pytest.mark.timeout(1_800)
def test_more_changes_of_one_second_than_a_search_shows(
    shop: ReconciledShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row 15: what changed in one second is seen whole, though a search ends long before.

    25,000 changes against HubSpot's own 10,000 in `make proof`; every day 900 against 400.
    """
    if not WHOLE:
        monkeypatch.setattr(search, "MAX_RESULTS", 400)
    shop.twin.twin.recorder.keep = not WHOLE
    seen(shop, 25_000 if WHOLE else 900)


def test_what_search_shows_late_is_seen_by_the_next_run(shop: ReconciledShop) -> None:
    """Row 16: an edit that search did not know of yet is within the next run's overlap."""
    shop.twin.twin.portals[PORTAL].settings.search_lag_ms = 30_000
    shop.product("TEA-1")
    shop.settle()
    shop.reconcile()
    tea = shop.one("products")["id"]
    shop.clock.advance(3_600_000)
    shop.edit("products", tea, price="0.01")
    assert shop.drift(full=False, after=0) == {}
    assert shop.drift(full=False, after=3_600) == {"products.differs.price": 1}


def test_a_stale_search_result_is_no_drift(shop: ReconciledShop) -> None:
    """Row 16: search shows an old value, or a record that is gone; reads by id decide."""
    shop.product("TEA-1")
    shop.settle()
    shop.reconcile()
    strangers(shop, 1)
    shop.twin.twin.portals[PORTAL].settings.search_lag_ms = 30_000
    shop.clock.advance(3_600_000)
    stranger = next(p["id"] for p in shop.shown("products") if "name" not in p["properties"])
    shop.product("TEA-1", price=999)
    shop.sync(after=6)
    shop.remove("products", stranger)
    assert shop.drift(full=False, after=1) == {}
