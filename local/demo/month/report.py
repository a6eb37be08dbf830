"""`.local/demo-report.json` of a month, and the few lines of it that a person reads."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from countersign.importing import Report as ImportReport
    from local.demo.compare import Difference
    from local.demo.month.books import Books
    from local.demo.month.twin_seen import Calls

SHOWN = 20
"""How many differences a person is shown; the file has all."""


@dataclass(frozen=True, slots=True)
class MonthReport:
    """What came of the month; `backlog` says that sync was held off during the import.

    `calls` were counted before the second import, `calls_after` after it and the comparison.
    """

    backlog: bool
    books: Books
    second: ImportReport
    ledger_sum_matches: bool
    objects: Mapping[str, int]
    calls: Calls
    calls_after: Calls
    calls_least: int
    parked: int
    lag_p95_seconds: float
    drift: list[Difference]
    seconds: dict[str, float]

    @property
    def second_calls(self) -> int:
        """Calls to HubSpot that came of the second import."""
        return self.calls_after.total - self.calls.total

    @property
    def adds_up(self) -> bool:
        """Whether every row is in one bucket, every order whole, and HubSpot shows it all."""
        return (
            sum(self.second.rows.values()) == self.books.truth.rows_read > 0
            and self.ledger_sum_matches
            and not self.drift
            and not (self.calls_after.refused or self.parked)
            and not (self.second.writes or self.second_calls)
        )

    def body(self) -> dict[str, Any]:
        """Return the report as JSON."""
        return {
            "rows_read": self.books.truth.rows_read,
            "rows": self.second.rows,
            "orders": {
                "accepted": self.second.accepted,
                "rejected": [
                    f"{one['invoice']}: {one['code']}: {one['detail']}"
                    for one in self.second.refused
                ],
            },
            "stock": {
                "skus": len(self.books.shop.opening),
                "units_sold": self.books.shop.sold.total(),
                "units_returned": self.books.shop.back.total(),
                "ledger_sum_matches": self.ledger_sum_matches,
            },
            "hubspot": {
                "objects": dict(self.objects),
                "calls": dict(self.calls.by_endpoint),
                "calls_setup": self.calls.setup,
                "calls_least": self.calls_least,
                "responses_429": self.calls_after.refused,
                "parked": self.parked,
            },
            "lag_p95_seconds": self.lag_p95_seconds,
            "drift": len(self.drift),
            "differences": [asdict(d) for d in self.drift],
            "second_run": {"writes": self.second.writes, "hubspot_calls": self.second_calls},
            "seconds": self.seconds,
        }

    def write(self, file: Path) -> None:
        """Write the report."""
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(self.body(), indent=2, default=str) + "\n", encoding="utf-8")

    def text(self) -> str:
        """Return what is printed."""
        stock, refused = self.body()["stock"], self.second.refused
        ratio = self.calls.total / max(self.calls_least, 1)
        fields = Counter(f"{d.kind} {d.field or 'whole record'}" for d in self.drift)
        told = {
            "rows": f"{self.books.truth.rows_read}: {_counted(self.second.rows)}",
            "accepted": f"{self.second.accepted} orders",
            "rejected": _counted(Counter(one["code"] for one in refused)) or "none",
            "stock": ", ".join(f"{value} {name}" for name, value in stock.items()),
            "HubSpot": f"{_counted(self.objects)}, {self.parked} parked",
            "calls": f"{self.calls.total}, and {self.calls_after.refused} answered 429",
            "least": f"{self.calls_least} {'as a backlog' if self.backlog else 'live'}: "
            f"{ratio:.3f} times as many were made",
            "lag": f"95 % of the orders visible within {self.lag_p95_seconds} s",
            "second run": f"{self.second.writes} writes, {self.second_calls} calls to HubSpot",
            "seconds": _counted(self.seconds),
            "drift": f"{len(self.drift)}{' of which ' if fields else ''}{_counted(fields)}",
        }
        lines = [f"{name:<11}{text}" for name, text in told.items()]
        lines += [f"  {difference}" for difference in self.drift[:SHOWN]]
        lines.append("It all adds up." if self.adds_up else "It does not add up.")
        return "\n".join(lines)


def _counted(counts: Mapping[str, float]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items())
