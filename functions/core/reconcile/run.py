"""A run of reconcile as a value: what it goes through, how far it is, and what it has found.

    full      ours → theirs: products, customers, orders with lines and associations
              theirs → ours: every record there that says it is ours
    changes   theirs → ours: what changed there since the last run

A run lives in the store and is moved on page by page, so that whoever goes on after a crash repeats
at most one page.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from core.crm.properties import ObjectType
from core.reconcile.findings import LEFT_TO_A_PERSON

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.reconcile.findings import Examined, Repair

OVERLAP_MS = 5 * 60_000
"""How far a run of changes goes back before the start of the run that it follows.

HubSpot's search lags up to 30 s behind a write, and what had just changed is left to the next run.
"""

EXAMPLES = 50
"""Findings that a report names; all are counted, and each is a line of the log."""


class Mode(StrEnum):
    """How much a run looks at."""

    FULL = "full"
    CHANGES = "changes"


class Listed(StrEnum):
    """Whose records a pass lists."""

    OURS = "ours"
    THEIRS = "theirs"


@dataclass(frozen=True, slots=True)
class Pass:
    """One listing of one type of record, from its first to its last."""

    listed: Listed
    type: ObjectType


_THEIRS = tuple(Pass(Listed.THEIRS, kind) for kind in ObjectType)

PASSES: dict[Mode, tuple[Pass, ...]] = {
    Mode.FULL: (
        Pass(Listed.OURS, ObjectType.PRODUCTS),
        Pass(Listed.OURS, ObjectType.CONTACTS),
        Pass(Listed.OURS, ObjectType.ORDERS),
        *_THEIRS,
    ),
    Mode.CHANGES: _THEIRS,
}


@dataclass(frozen=True, slots=True)
class Run:
    """One run; times in epoch ms.

    `since` is how far back a run of changes looks. `step` counts finished passes, `position` is how
    far the present one is. `revision` counts the pages; who writes down a page first wins.
    `pending` are the last page's repairs, which are done after it is written down: a crash between
    leaves them to whoever goes on. `drift` counts findings by name.
    """

    id: str
    mode: Mode
    started_at: int
    since: int | None = None
    step: int = 0
    position: str = ""
    revision: int = 0
    looked: Mapping[str, int] = field(default_factory=dict)
    soon: Mapping[str, int] = field(default_factory=dict)
    refused: Mapping[str, int] = field(default_factory=dict)
    drift: Mapping[str, int] = field(default_factory=dict)
    examples: tuple[str, ...] = ()
    pending: tuple[Repair, ...] = ()
    problem: str = ""
    finished_at: int | None = None

    @property
    def passing(self) -> Pass | None:
        """What it goes through now; None when it is through."""
        passes = PASSES[self.mode]
        return passes[self.step] if self.step < len(passes) else None

    @property
    def drifted(self) -> int:
        """How many findings were mended."""
        return sum(self.drift.values()) - self.left

    @property
    def left(self) -> int:
        """How many findings are left to a person."""
        return sum(n for name, n in self.drift.items() if name.split(".")[1] in LEFT_TO_A_PERSON)

    def moved(self, found: Examined, position: str | None) -> Run:
        """Return the run after a page; `position` is where it goes on, None at a pass's end."""
        examples = tuple(f"{f.name} {f.key}" for f in found.findings)
        return replace(
            self,
            step=self.step + (position is None),
            position=position or "",
            revision=self.revision + 1,
            looked=_sum(self.looked, found.looked),
            soon=_sum(self.soon, found.soon),
            refused=_sum(self.refused, found.refused),
            drift=_sum(self.drift, Counter(f.name for f in found.findings)),
            examples=(self.examples + examples)[:EXAMPLES],
            pending=tuple(found.repairs),
            problem="",
        )

    def finished(self, now: int) -> Run:
        """Return the run after its last page, whose repairs are done."""
        return replace(self, revision=self.revision + 1, pending=(), finished_at=now)

    def stuck(self, problem: str) -> Run:
        """Return the run with why it cannot go on now."""
        return replace(self, problem=problem, revision=self.revision + 1)


@dataclass(frozen=True, slots=True)
class Intervals:
    """How often a tenant is reconciled, in ms; 0 where only an operator begins a run."""

    full: int
    changes: int


def due(
    now: int, full: Run | None, changes: Run | None, intervals: Intervals
) -> tuple[Mode, int | None] | None:
    """Return which run is due, by the last finished ones, and how far back it looks.

    The first run is a full one.
    """
    if intervals.full and (full is None or now - full.started_at >= intervals.full):
        return Mode.FULL, None
    if full is None or not intervals.changes:
        return None
    since = watermark(full, changes)
    return (Mode.CHANGES, since) if now - since >= intervals.changes + OVERLAP_MS else None


def watermark(full: Run, changes: Run | None) -> int:
    """Return how far back (epoch ms) a run of changes looks, by the last finished ones."""
    return max(full.started_at, changes.started_at if changes else 0) - OVERLAP_MS


def _sum(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return dict(Counter(one) + Counter(other))
