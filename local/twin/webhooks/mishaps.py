"""What goes wrong between a change and its delivery: by script, or from a seed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

KINDS = ("lost", "doubled", "late", "disordered", "same_id")


@dataclass(slots=True)
class Mishap:
    """A mishap for the next `times` events named `event` ("": any)."""

    kind: str
    event: str = ""
    times: int = 1


@dataclass(slots=True)
class Mishaps:
    """What goes wrong. `rates` are chances by kind, each drawn for itself for every event.

    lost: never sent. doubled: sent twice. late: up to `late_ms` later. disordered: up to
    `disorder_ms` later, so that others overtake it. same_id: has the eventId of the one before.
    """

    seed: int = 0
    rates: dict[str, float] = field(default_factory=dict)
    late_ms: int = 6 * 3_600_000
    disorder_ms: int = 60_000
    # Whether batches vary in size and order, or are as full and ordered as they can be.
    varied: bool = False
    scripts: list[Mishap] = field(default_factory=list)

    def draw_from(self, seed: int, rates: dict[str, float]) -> None:
        """Begin to draw mishaps; ValueError for an unknown kind or a chance that is none."""
        for kind, rate in rates.items():
            if kind not in KINDS or not 0 <= rate <= 1:
                raise ValueError(f"no such mishap, or no chance: {kind} {rate}")
        self.seed, self.rates = seed, dict(rates)

    def befalling(self, event: str, number: int) -> set[str]:
        """Return what befalls the event of this number."""
        found = {k for k, rate in self.rates.items() if self.chance(k, number) < rate}
        for script in self.scripts:
            if script.times > 0 and script.event in {"", event}:
                script.times -= 1
                found.add(script.kind)
        return found

    def chance(self, what: str, number: int) -> float:
        """Return the number from 0 to 1 that the seed has for this question."""
        told = hashlib.blake2b(f"{self.seed} {what} {number}".encode(), digest_size=8).digest()
        return int.from_bytes(told, "big") / 2**64
