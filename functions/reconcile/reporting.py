"""What reconcile says: a log line for each finding and stretch, figures when a run is through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from core import metrics

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.crm.tally import Tally
    from core.reconcile.findings import Finding
    from core.reconcile.run import Run


class Log(Protocol):
    """The function's logger."""

    def info(self, msg: object, *, extra: Mapping[str, object]) -> None:
        """Write a line."""
        ...

    def warning(self, msg: object, *, extra: Mapping[str, object]) -> None:
        """Write a line that somebody may look for."""
        ...


@dataclass(frozen=True, slots=True)
class Reporting:
    """Writes to a log; figures are log lines too (EMF)."""

    log: Log

    def finding(self, tenant: str, found: Finding) -> None:
        """Name one finding: ids and fields, no values."""
        self.log.warning(
            "drift",
            extra={
                "tenant": tenant,
                "type": found.type,
                "problem": found.problem,
                "record": found.key,
                "field": found.field,
                "wins": found.wins,
            },
        )

    def stretch(self, tenant: str, run: Run, tally: Tally) -> None:
        """Say how far a run is, and what HubSpot was asked on the way."""
        facts = {"run": run.id, "mode": run.mode, "step": run.step, "problem": run.problem}
        self.log.info("reconciling", extra={"tenant": tenant, **facts, **tally.facts()})
        for name, total in (
            ("HubspotCalls", tally.calls.total()),
            ("HubspotRateLimited", tally.limited.total()),
        ):
            if total:
                metrics.count(name, total, tenant=tenant)

    def through(self, tenant: str, run: Run) -> None:
        """Write the figures of a finished run, also those that are zero.

        `Drift` was mended, `DriftLeft` waits for a person; `DriftByField` has both.
        """
        metrics.count("Drift", run.drifted, tenant=tenant)
        metrics.count("DriftLeft", run.left, tenant=tenant)
        for name, count in run.drift.items():
            kind, _, what = name.partition(".")
            metrics.count("DriftByField", count, tenant=tenant, type=kind, field=what)
        drift = {"looked_at": dict(run.looked), "drift": dict(run.drift)}
        self.log.info("reconciled", extra={"tenant": tenant, "run": run.id, **drift})
