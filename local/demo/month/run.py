"""The month in a running system: import, wait for HubSpot, import again, compare, report."""

from __future__ import annotations

import math
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from countersign.importing.command import import_files
from countersign.importing.journal import Journal
from countersign.importing.outcomes import Accepted
from countersign.importing.run import Settings
from local.demo.caller import vended_caller
from local.demo.compare import differences
from local.demo.month.api_seen import Reader, ledger_sum_matches, see_everything, see_orders
from local.demo.month.books import open_books
from local.demo.month.expected import expected_in_api, expected_in_hubspot
from local.demo.month.least import calls_least
from local.demo.month.report import MonthReport
from local.demo.month.settling import settle
from local.demo.month.truth import LONDON
from local.demo.month.twin_seen import calls, see_portal
from local.demo.month.valve import parked_records, set_sync

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from countersign.flavours import Flavour
    from countersign.importing import Report
    from local.demo.compare import Difference, Records
    from local.demo.month.books import Books
    from local.demo.month.twin_seen import Shown
    from local.progress import Progress
    from local.system import System

PRODUCTION_LINGERS = {"order_linger_seconds": 5, "stock_linger_seconds": 60}
"""The deployment's own defaults; `calls_least` is about them."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for: whose files, how much of what they sell is in stock, live or backlog."""

    data: Path
    factor: Decimal = Decimal(1)
    backlog: bool = False
    workers: int = 4


@dataclass(slots=True)
class Month:
    """One run of the month."""

    system: System
    wish: Wish
    progress: Progress
    seconds: dict[str, float] = field(default_factory=dict)

    def run(self) -> MonthReport:
        """Do everything and report; what does not add up stands in the report."""
        aws, portal = self.system.endpoint.session(), self.system.portal
        caller = vended_caller(self.system)
        reader = Reader(self.system.target(), caller)
        with self._phase("import"):
            set_sync(aws, on=not self.wish.backlog)
            first = self._import(caller)
        with self._phase("settle"):
            set_sync(aws, on=True)
            refused = {one["invoice"]: one["code"] for one in first.refused}
            books = open_books(self.wish.data, self.wish.factor, refused, reader)
            settle(portal, books.seen, expected_in_hubspot(books.shop), self.progress.say)
        before = calls(portal.url)
        with self._phase("second_import"):
            second = self._import(caller)
        with self._phase("compare"):
            seen = see_orders(reader, books.customer_of)
            records, shown = see_everything(reader, seen), see_portal(portal, seen)
            drift = _drift(books, second, records, shown)
        return MonthReport(
            backlog=self.wish.backlog,
            books=books,
            second=second,
            ledger_sum_matches=ledger_sum_matches(records),
            objects=shown.objects,
            calls=before,
            calls_after=calls(portal.url),
            calls_least=calls_least(books.shop, self._minutes()),
            parked=parked_records(aws, self.system.stack_outputs["CoreTableName"]),
            lag_p95_seconds=self._lag(shown.visible_at),
            drift=drift,
            seconds=self.seconds,
        )

    def _import(self, caller: Flavour) -> Report:
        settings = Settings(LONDON, self.wish.factor, workers=self.wish.workers)
        target = self.system.target()
        return import_files(self.wish.data, self._journal(), settings, target, caller)

    def _journal(self) -> Path:
        return self.system.state / "import-journal.jsonl"

    def _minutes(self) -> int | None:
        return None if self.wish.backlog else int(self.seconds["import"] // 60)

    def _lag(self, visible_at: Mapping[str, float]) -> float:
        """Return how long 95 % of the orders took from the door's answer to their last line."""
        with Journal(self._journal()) as journal:
            lags = sorted(
                visible_at.get(invoice, math.inf) - outcome.at
                for invoice, outcome in journal.orders.items()
                if isinstance(outcome, Accepted)
            )
        return round(lags[math.ceil(len(lags) * 0.95) - 1], 1) if lags else 0.0

    @contextmanager
    def _phase(self, name: str) -> Iterator[None]:
        self.progress.say(f"\n{name.replace('_', ' ')}")
        started = time.monotonic()
        yield
        self.seconds[name] = round(time.monotonic() - started, 1)


def _drift(books: Books, said: Report, records: Records, shown: Shown) -> list[Difference]:
    """Return all that differs: the importer's own report, the API, the returns, HubSpot."""
    buckets: Records = {("rows", "buckets"): dict(said.rows)}
    refused: Records = {("refused", one["invoice"]): one for one in said.refused}
    return [
        *differences(books.rows(), buckets | refused),
        *differences(expected_in_api(books.shop, books.returned.amounts), records),
        *books.returned.faults,
        *differences(expected_in_hubspot(books.shop), shown.records),
    ]
