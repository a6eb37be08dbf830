"""One soak: a shop's days with every fault of a seed, until both sides must agree."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from local.demo.month.expected import shop_of
from local.demo.month.truth import read_truth
from local.twin.faults.kinds import KNOWN
from local.twin.neighbours import Neighbour
from local.twin.rules import Rule
from tests.soak.agreement import hubspot_differs, store_differs
from tests.soak.invoices import epoch
from tests.soak.shop import SoakShop

if TYPE_CHECKING:
    from pathlib import Path

    from mypy_boto3_dynamodb import DynamoDBClient

    from local.demo.compare import Difference
    from local.demo.month.expected import Shop as Goods
    from local.demo.month.truth import Truth
    from tests.support.direct_twin import DirectTwin

HOUR = 3_600_000
FAULTS = 0.25
"""The share of calls that meet a fault."""

ROUNDS = 5
"""So often may both sides be compared until nothing differs: faults leave records unread."""

PRODUCTS, LINES = "0-7", "0-8"
POISON = 2
"""So many names of each are refused, until somebody mends that."""


@dataclass(frozen=True, slots=True)
class Soak:
    """A seed, and what it lives through: the first `days` of the files, one order in `every`."""

    seed: int
    days: int
    every: int = 1
    outage_minutes: int = 20

    @property
    def version(self) -> str:
        """The API version: every second seed speaks the old one."""
        return "2026-09" if self.seed % 2 else "v3"


@dataclass(slots=True)
class Lived:
    """What came of it."""

    orders: int
    lines: int
    shop: SoakShop
    faults: Counter[str]
    earned: Counter[str]
    drift: dict[str, int] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)

    def figures(self) -> str:
        """Return a row for docs/proof/soak.md."""
        counts, drift = self.shop.counts, sum(self.drift.values())
        return (
            f"{self.orders} orders, {self.lines} lines, {counts.runs} runs, "
            f"{self.shop.death.deaths} killed, {counts.calls} calls, {sum(self.faults.values())} "
            f"faults of {len(self.faults)} kinds, {counts.parked} parked, {counts.edits} edits "
            f"behind our back, drift {drift}, earned 429s {dict(self.earned)}"
        )


def live(soak: Soak, data: Path, dynamodb: DynamoDBClient, twin: DirectTwin) -> Lived:
    """Live through the days of a seed, and compare both sides with the files."""
    truth = cut(soak, data)
    goods = shop_of(truth, set(), Decimal(1), Counter())
    invoices = sorted(goods.standing.values(), key=lambda i: (i.placed_at, i.number))
    shop = SoakShop(dynamodb, twin, soak.version, soak.seed, epoch(invoices[0].placed_at) - HOUR)
    shop.provision()
    shop.stock(goods)
    plague(soak, twin, goods, shop.clock.now())
    edits = set(shop.dice.sample(range(len(invoices)), k=min(len(invoices) // 4, 12)))
    for number, invoice in enumerate(invoices):
        shop.sell(invoice)
        if number in edits:
            shop.edit_behind_our_back()
    shop.settle()
    drift = found = shop.reconcile()
    for _ in range(ROUNDS):
        shop.settle()
        if not any(found.values()):
            break
        found = shop.reconcile()
    assert not any(found.values()), found
    stats = twin.twin.stats
    lines = sum(len(i.lines) for i in invoices)
    lived = Lived(len(invoices), lines, shop, Counter(stats.faults), Counter(stats.earned), drift)
    lived.differences = differences_of(shop, twin, goods)
    return lived


def differences_of(shop: SoakShop, twin: DirectTwin, goods: Goods) -> list[Difference]:
    """Compare HubSpot and the store with the files, field by field."""
    return [
        *hubspot_differs(twin, goods, shop.seen, shop.removed),
        *store_differs(shop.dynamodb, shop.core, goods, shop.seen),
    ]


def cut(soak: Soak, data: Path) -> Truth:
    """Read the first days' files, and keep one invoice in so many."""
    with TemporaryDirectory() as scratch:
        for file in sorted(data.glob("*.csv"))[: soak.days]:
            shutil.copy(file, scratch)
        truth = read_truth(type(data)(scratch))
    kept = list(truth.invoices.items())[soak.seed % soak.every :: soak.every]
    truth.invoices = dict(kept)
    return truth


def plague(soak: Soak, twin: DirectTwin, goods: Goods, begin: int) -> None:
    """Let everything go wrong: faults by chance, an outage, another program, refused records."""
    dice, portal = Random(f"plague {soak.seed}"), next(iter(twin.twin.portals.values()))  # noqa: S311 - dice for a test
    rates = {name: dice.random() for name in KNOWN}
    rates["daily"] = 0.05
    whole = sum(rates.values())
    faults = twin.twin.faults
    faults.draw_from(soak.seed, {name: FAULTS * rate / whole for name, rate in rates.items()})
    out = begin + round(dice.uniform(1, 8) * HOUR)
    faults.outages.append((out, out + soak.outage_minutes * 60_000))
    caller = twin.twin.caller(twin.twin.tokens[twin.token])
    twin.twin.limiter.neighbours.append(Neighbour(caller, 10_000 / (caller.burst / 5), begin))
    names = sorted(set(goods.names.values()))
    for kind in (PRODUCTS, LINES):
        for name in dice.sample(names, k=min(POISON, len(names))):
            rule = Rule(kind, "name", re.escape(name), refuses=True, versions=())
            portal.rules.append(rule)
