"""What one run of the writer did: plain figures, which the handler logs and measures."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"
_TIME_CHARACTERS = 10


@dataclass(slots=True)
class Tally:
    """Counts of one run. `lags` are ms from an order's acceptance until HubSpot showed it whole."""

    calls: Counter[str] = field(default_factory=Counter)
    landed: Counter[str] = field(default_factory=Counter)
    adopted: Counter[str] = field(default_factory=Counter)
    parked: Counter[str] = field(default_factory=Counter)
    resting: Counter[str] = field(default_factory=Counter)
    limited: Counter[str] = field(default_factory=Counter)
    reasons: list[str] = field(default_factory=list)
    lags: list[int] = field(default_factory=list)
    raised: int = 0
    unknown: int = 0
    rounds: int = 0
    others: int = 0
    """The most calls of a window of HubSpot's that were not ours."""
    down: bool = False
    """Whether HubSpot answered nobody."""
    again_at: int | None = None
    """When there is work again (epoch ms), None when nothing is owed."""

    def note(self, reason: str) -> None:
        """Keep why something could not be pushed, once."""
        if reason not in self.reasons:
            self.reasons.append(reason)

    def facts(self) -> dict[str, object]:
        """Return what is worth a log line: everything but zeros, the lags as their longest."""
        facts: dict[str, object] = {
            "calls": dict(self.calls),
            "landed": dict(self.landed),
            "adopted": dict(+self.adopted),
            "parked": dict(self.parked),
            "resting": dict(self.resting),
            "limited": dict(self.limited),
            "reasons": self.reasons,
            "longest_lag_ms": max(self.lags, default=0),
            "raised": self.raised,
            "unknown": self.unknown,
            "rounds": self.rounds,
            "calls_of_others": self.others,
            "hubspot_down": self.down,
        }
        return {name: fact for name, fact in facts.items() if fact}


def accepted_at(order_id: str) -> int:
    """Return when an order was accepted (epoch ms): the time that its ULID carries."""
    millis = 0
    for character in order_id[:_TIME_CHARACTERS]:
        millis = millis * 32 + _CROCKFORD.index(character)
    return millis
