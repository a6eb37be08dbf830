"""What an operator asks for, read strictly, and what he is answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.clock import rfc3339
from core.errors import Invalid
from core.reconcile.run import Mode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.reconcile.ports import Runs
    from core.reconcile.run import Run

ACTIONS = ("start", "status")


@dataclass(frozen=True, slots=True)
class Asked:
    """Start a run, a full one or one of changes, or say how the last ones went."""

    tenant: str
    action: str
    full: bool = False


def asked(event: Mapping[str, Any]) -> Asked:
    """Return what the event asks for; `Invalid` names what is wrong with it."""
    tenant, action, full = event.get("tenant"), event.get("action"), event.get("full", False)
    if unknown := event.keys() - {"tenant", "action", "full"}:
        raise _wrong(f"it knows no {', '.join(sorted(unknown))}")
    if action not in ACTIONS:
        raise _wrong(f"action is none of {', '.join(ACTIONS)}")
    if not isinstance(tenant, str) or not tenant:
        raise _wrong("tenant is the tenant's id")
    if not isinstance(full, bool):
        raise _wrong("full is true or false")
    return Asked(tenant, action, full)


def answer(problems: list[str], runs: Runs | None = None) -> dict[str, Any]:
    """Return the answer; with `runs`, the run that was begun last and the last finished ones."""
    shown_runs: dict[str, Any] = {}
    if runs is not None:
        current = runs.current()
        finished = {str(mode): run for mode in Mode if (run := runs.last(mode))}
        shown_runs = {n: shown(r) for n, r in {"current": current, **finished}.items() if r}
    return {"ok": not problems, "problems": problems, "runs": shown_runs}


def shown(run: Run) -> dict[str, Any]:
    """Return a run as JSON, without what is empty."""
    passing = run.passing
    fields: dict[str, Any] = {
        "id": run.id,
        "mode": run.mode,
        "started_at": rfc3339(run.started_at),
        "since": None if run.since is None else rfc3339(run.since),
        "finished_at": None if run.finished_at is None else rfc3339(run.finished_at),
        "at": None if passing is None else f"{passing.listed} {passing.type}",
        "problem": run.problem,
        "looked_at": dict(run.looked),
        "on_its_way": dict(run.soon),
        "refused": dict(run.refused),
        "drift": dict(run.drift),
        "examples": list(run.examples),
    }
    counts = {"mended": run.drifted, "left_to_a_person": run.left}
    return {**counts, **{n: v for n, v in fields.items() if v}}


def _wrong(why: str) -> Invalid:
    return Invalid("invalid_event", f"The event is not valid: {why}.")
