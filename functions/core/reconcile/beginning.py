"""Begins runs: when one is due, or when an operator asks for one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.reconcile.run import Mode, Run, due, watermark

if TYPE_CHECKING:
    from core.clock import Clock
    from core.ids import Ids
    from core.reconcile.ports import Runs
    from core.reconcile.run import Intervals


@dataclass(frozen=True, slots=True)
class Beginning:
    """Begins runs of a tenant; one at a time."""

    clock: Clock
    ids: Ids
    intervals: Intervals

    def due(self, runs: Runs) -> bool:
        """Begin the run that is due, if any; return whether there is one to go on with."""
        run = runs.current()
        if run is not None and run.finished_at is None:
            return True
        wanted = due(
            self.clock.now(), runs.last(Mode.FULL), runs.last(Mode.CHANGES), self.intervals
        )
        return wanted is not None and self._begin(runs, run, *wanted)

    def asked(self, runs: Runs, *, full: bool) -> bool:
        """Begin a run now; False when one is in hand that looks at as much.

        A full run takes the place of one of changes. There is no run of changes before the first
        full one has ended.
        """
        run, last = runs.current(), runs.last(Mode.FULL)
        whole = full or last is None
        if run is not None and run.finished_at is None and not (whole and run.mode is Mode.CHANGES):
            return False
        if full or last is None:
            return self._begin(runs, run, Mode.FULL, None)
        since = watermark(last, runs.last(Mode.CHANGES))
        return self._begin(runs, run, Mode.CHANGES, since)

    def overdue(self, runs: Runs) -> bool:
        """Return whether no full run has ended for twice as long as one is due after."""
        last = runs.last(Mode.FULL)
        run = runs.current()
        since = last.finished_at if last else run.started_at if run else None
        most = 2 * self.intervals.full
        return bool(most) and since is not None and self.clock.now() - since > most

    def _begin(self, runs: Runs, before: Run | None, mode: Mode, since: int | None) -> bool:
        return runs.begin(Run(self.ids.new(), mode, self.clock.now(), since), before)
