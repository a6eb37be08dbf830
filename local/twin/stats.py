"""Counts of calls, for those who measure what a sync costs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Stats:
    """Calls by "METHOD /template path"; setup (properties, pipelines, account) apart."""

    calls: Counter[str] = field(default_factory=Counter)
    setup_calls: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    limited: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    # 429s that no fault made: the caller was too quick.
    earned: Counter[str] = field(default_factory=Counter)

    def count(
        self,
        endpoint: str,
        status: int,
        policy: str | None,
        *,
        setup: bool,
        fault: str | None = None,
    ) -> None:
        """Count one answered call; `policy` is that of a 429, `fault` the one that it met."""
        (self.setup_calls if setup else self.calls)[endpoint] += 1
        self.statuses[str(status)] += 1
        if policy is not None:
            self.limited[policy] += 1
        if fault is not None:
            self.faults[fault] += 1
        elif policy is not None:
            self.earned[policy] += 1

    def body(self) -> dict[str, Any]:
        """Return all counts as JSON."""
        return {
            "calls": dict(sorted(self.calls.items())),
            "setup_calls": dict(sorted(self.setup_calls.items())),
            "total_calls": self.calls.total(),
            "total_setup_calls": self.setup_calls.total(),
            "statuses": dict(sorted(self.statuses.items())),
            "limited": dict(sorted(self.limited.items())),
            "total_429": self.limited.total(),
            "earned_429": dict(sorted(self.earned.items())),
            "faults": dict(sorted(self.faults.items())),
        }
