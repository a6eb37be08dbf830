"""HubSpot is away for a day (everyday: for minutes): nothing is lost, nobody storms."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import boto3
import pytest

from core.crm.allowance import LIMITS, TEN_SECOND
from core.crm.breaker import PROBE_MS
from core.gcra import SECOND
from tests.flow.pacing import START
from tests.soak.shop import NUDGE_MS, SoakShop
from tests.support import tables
from tests.support.books import LINGERS
from tests.support.direct_twin import direct_twin
from tests.support.quick_moto import quick_moto

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MINUTE = 60_000
MINUTES = 24 * 60 if os.environ.get("PROOF") else 15
BETWEEN = 5
"""Minutes between orders."""

SKUS = [f"P-{number:02d}" for number in range(50)]


@pytest.fixture
def shop() -> Iterator[SoakShop]:
    """Return a shop that is in step, and in which no function dies."""
    with quick_moto(), direct_twin() as twin:
        dynamodb = boto3.client("dynamodb")
        tables.create(dynamodb)
        made = SoakShop(dynamodb, twin, "2026-09", 1, START)
        made.death.chance = 0
        made.provision()
        made.products(SKUS)
        made.wake_at = made.clock.now() + 1_000 * LINGERS.stock
        made.live(made.clock.now() + 10 * MINUTE)
        assert made.owed() == []
        yield made


@pytest.mark.slow
@pytest.mark.timeout(3_600)
def test_after_an_outage_all_is_there_as_soon_as_the_limits_allow(
    shop: SoakShop, record_property: Callable[[str, object], None]
) -> None:
    """Two calls a minute find out when it is over; then all goes out at once, without a 429."""
    twin, begin = shop.twin.twin, shop.clock.now()
    end = begin + MINUTES * MINUTE
    twin.faults.outages.append((begin, end))
    before, lines = twin.stats.calls.total(), 0
    orders = MINUTES // BETWEEN
    for number in range(orders):
        shop.live(begin + number * BETWEEN * MINUTE)
        bought = SKUS[number % 50 :: 10]
        shop.order([(sku, 1) for sku in bought])
        lines += len(bought)
        shop.owe()
    shop.live(end)
    tried = twin.stats.calls.total() - before
    while shop.owed():
        shop.wake()
    took = shop.clock.now() - end
    calls = twin.stats.calls.total() - before - tried
    least = calls * LIMITS[TEN_SECOND].interval // (SECOND // 1_000)
    record_property(
        "figures",
        f"{MINUTES} minutes, {tried} calls meanwhile; {len(shop.shown('orders'))} orders in step "
        f"after {took / 1000:.1f} s, {calls} calls: {least / 1000:.1f} s at the limit's pace",
    )
    assert tried <= 2 * MINUTES + 20
    assert took <= PROBE_MS + 3 * NUDGE_MS + 2 * least
    assert not twin.stats.limited
    assert len(shop.shown("orders")) == orders
    assert len(shop.shown("line_items")) == lines
    assert shop.counts.parked == 0
