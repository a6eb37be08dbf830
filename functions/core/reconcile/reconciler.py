"""One stretch of a run: page after page, each written down before its repairs are done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.crm.properties import ObjectType
from core.errors import Unavailable
from core.reconcile.findings import Examined
from core.reconcile.reading import Interrupted
from core.reconcile.run import Listed

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.clock import Clock
    from core.reconcile.examining import Examiner
    from core.reconcile.findings import Finding
    from core.reconcile.orders import OrderExaminer
    from core.reconcile.ports import Catalogue, Mending, Runs
    from core.reconcile.run import Pass, Run
    from core.reconcile.sweeping import Sweep

PAGE = 100
"""Records of ours that are looked at together: one batch read of HubSpot."""


@dataclass(frozen=True, slots=True)
class Reconciler:
    """Moves one tenant's run on. `told` hears of every finding once its page is written down."""

    runs: Runs
    mending: Mending
    catalogue: Catalogue
    examiner: Examiner
    orders: OrderExaminer
    sweep: Sweep
    clock: Clock
    told: Callable[[Finding], None]

    def go_on(self, until: int) -> Run | None:
        """Go on with the run until it is through or `until` (epoch ms) has come.

        Returns how far it is; None when there is none, or somebody else has it in hand.
        """
        run = self.runs.current()
        if run is None or run.finished_at is not None:
            return None
        self.mending.mend(run.pending)
        try:
            while run.passing is not None and self.clock.now() < until:
                found, position = self._page(run.passing, run)
                run = run.moved(found, position)
                if not self.runs.move(run):
                    return None
                for finding in found.findings:
                    self.told(finding)
                self.mending.mend(run.pending)
        except (Interrupted, Unavailable) as interruption:
            run = run.stuck(str(interruption))
            return run if self.runs.move(run) else None
        return run

    def finish(self, run: Run) -> bool:
        """Write down that a run is through; False when somebody else has it in hand."""
        return self.runs.move(run.finished(self.clock.now()))

    def _page(self, passing: Pass, run: Run) -> tuple[Examined, str | None]:
        if passing.listed is Listed.THEIRS:
            return self.sweep.page(passing.type, run.position, run.since)
        entries, after = self.catalogue.page(passing.type, run.position, PAGE)
        if not entries:
            return Examined(), after
        names = [entry.name for entry in entries]
        if passing.type is not ObjectType.ORDERS:
            return self.examiner.examine(passing.type, names), after
        found, done = self.orders.examine(names)
        return found, after if done == len(entries) else entries[done - 1].position
