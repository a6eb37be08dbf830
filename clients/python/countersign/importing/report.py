"""What an import reports: every row in one bucket, every order accepted or refused by name."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from countersign.importing.month import Bucket
from countersign.importing.outcomes import Accepted, Refused
from countersign.importing.planning import answered

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from countersign.importing.journal import Journal, Settled
    from countersign.importing.month import Cancellation, Month, Sale


@dataclass(frozen=True, slots=True)
class Report:
    """The figures. `pending` counts rows whose call has no outcome yet: another run goes on."""

    rows_read: int
    rows: dict[str, int]
    pending: int
    reasons: dict[str, dict[str, int]]
    accepted: int
    refused: list[dict[str, str]]
    returns: dict[str, int]
    products: dict[str, int]
    units: dict[str, int]
    writes: int
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Whether every row has ended in a bucket and every bucket is counted."""
        return self.pending == 0 and sum(self.rows.values()) == self.rows_read

    def write(self, file: Path) -> None:
        """Write the report as JSON."""
        file.parent.mkdir(parents=True, exist_ok=True)
        body: dict[str, Any] = {**asdict(self), "complete": self.complete}
        file.write_text(json.dumps(body, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")

    def text(self) -> str:
        """Return what is printed."""
        buckets = ", ".join(f"{count} {name}" for name, count in self.rows.items())
        codes = Counter(one["code"] for one in self.refused)
        refused = ", ".join(f"{count} {code}" for code, count in codes.most_common())
        lines = [
            f"rows      {self.rows_read}: {buckets}",
            f"orders    {self.accepted} accepted, {refused or 'none'} refused",
            f"returns   {self.returns['accepted']} with {self.units['returned']} units",
            f"products  {self.products['put']}, {self.units['sold']} units sold",
            f"writes    {self.writes} in this run",
        ]
        if self.pending:
            lines.append(f"pending   {self.pending} rows have no outcome yet: run this again")
        return "\n".join(lines)


def make_report(month: Month, journal: Journal, writes: int, seconds: dict[str, float]) -> Report:
    """Put every row into its bucket, as the files, the rules and the journal say."""
    ends = Counter[str]()
    reasons: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for bucket, reason in _ends(month, journal):
        ends[bucket] += 1
        if reason:
            reasons[bucket][reason] += 1
    accepted = [s for s in month.sales if isinstance(journal.orders.get(s.invoice), Accepted)]
    returns = Counter(type(one) for one in journal.returns.values())
    products = Counter(type(one) for one in journal.products.values())
    return Report(
        rows_read=month.rows_read,
        rows={str(bucket): ends[bucket] for bucket in Bucket},
        pending=ends[_PENDING],
        reasons={bucket: dict(counted.most_common()) for bucket, counted in reasons.items()},
        accepted=len(accepted),
        refused=[
            {"invoice": sale.invoice, **asdict(outcome)}
            for sale in month.sales
            if isinstance(outcome := journal.orders.get(sale.invoice), Refused)
        ],
        returns={"accepted": returns[Accepted], "refused": returns[Refused]},
        products={"put": products[Accepted], "refused": products[Refused]},
        units={
            "sold": sum(line.quantity for sale in accepted for line in sale.lines),
            "returned": _returned(month, journal),
        },
        writes=writes,
        seconds=seconds,
    )


_PENDING = "pending"
End = tuple[str, str]


def _ends(month: Month, journal: Journal) -> Iterator[End]:
    """Yield the bucket and the reason of every row."""
    for aside in month.asides:
        yield aside.bucket, aside.reason
    for sale in month.sales:
        yield from _sale_ends(sale, journal.orders.get(sale.invoice))
    for cancellation in month.cancellations:
        yield from _cancellation_ends(cancellation, journal)


def _sale_ends(sale: Sale, outcome: Settled | None) -> Iterator[End]:
    for bucket, rows in ((Bucket.ORDERED, sale.lines), (Bucket.CHARGES, sale.charges)):
        for _ in rows:
            match outcome:
                case Accepted():
                    yield bucket, ""
                case Refused(code):
                    yield Bucket.REJECTED, code
                case None:
                    yield _PENDING, ""


def _cancellation_ends(cancellation: Cancellation, journal: Journal) -> Iterator[End]:
    plans = journal.plans.get(cancellation.invoice, [])
    matched = answered(plans)
    reasons = {aside.position: aside.reason for p in plans for aside in p.unmatched}
    calls = {
        position: journal.returns.get(returned.key)
        for p in plans
        for returned in p.returns
        for position in returned.positions
    }
    for row in cancellation.rows:
        if row.position in matched:
            match calls[row.position]:
                case Accepted():
                    yield Bucket.CANCELLED, ""
                case Refused(code):
                    yield Bucket.REJECTED, code
                case None:
                    yield _PENDING, ""
        elif row.position in reasons:
            yield Bucket.UNMATCHED, reasons[row.position]
        else:
            yield _PENDING, ""


def _returned(month: Month, journal: Journal) -> int:
    return sum(
        sum(returned.quantities.values())
        for cancellation in month.cancellations
        for p in journal.plans.get(cancellation.invoice, ())
        for returned in p.returns
        if isinstance(journal.returns.get(returned.key), Accepted)
    )
