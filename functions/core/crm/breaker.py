"""The circuit breaker of a portal: while HubSpot answers nobody, one call a while finds out.

Without it every record would learn of an outage for itself, resting the longer the longer that
lasts, and some would rest on for a quarter of an hour after its end.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

FAILURES = 5
"""So many calls in a row without an answer mean that HubSpot is down, and not that a call is."""

PROBE_MS = 30_000

MIGRATING = 477
"""The status of an account that is being moved: it answers no call until that is done."""


@dataclass(frozen=True, slots=True)
class Breaker:
    """`failures` in a row, and when (epoch ms) one call may try again once it is open."""

    failures: int = 0
    probe_at: int = 0

    @property
    def open(self) -> bool:
        """Whether HubSpot counts as down."""
        return self.failures >= FAILURES

    @property
    def suspected(self) -> bool:
        """Whether it is rather HubSpot that fails than the one call: a second in a row has."""
        return self.failures > 1

    def until(self, now: int) -> int:
        """Return when a call may start (epoch ms): `now` when it may at once."""
        return max(now, self.probe_at) if self.open else now

    def probing(self, now: int) -> Breaker:
        """Let one call start, and the next not before it is known what came of that one."""
        return replace(self, probe_at=now + PROBE_MS) if self.open else self

    def failed(self, now: int, status: int = 0, retry_after: float | None = None) -> Breaker:
        """Take note of a call that HubSpot could not answer; a migration says it for all calls."""
        failures = FAILURES if status == MIGRATING else min(self.failures + 1, FAILURES)
        wait = PROBE_MS
        if status == MIGRATING and retry_after:
            wait = round(retry_after * 1000)
        return Breaker(failures, max(self.probe_at, now + wait))

    def answered(self) -> Breaker:
        """Take note of an answer, whatever it says."""
        return Breaker()
