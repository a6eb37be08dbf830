"""A principal's share of calls, and leases of it, so that not every call costs a write.

The share is a GCRA limit whose state all containers share. A container that is busy takes several
calls of it at once, which are good for one second. Its leases grow only as they are used up, so
that many containers with one call each take no more than their calls.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from core import gcra
from core.errors import TooMany

if TYPE_CHECKING:
    from core.gcra import Limit

LIFE = gcra.SECOND
MOST = 10
"""Calls of one lease."""

SLACK = 10 * gcra.SECOND
"""How far clocks may be apart."""


class Share(Protocol):
    """What a principal, or anything of a tenant's, may do so often."""

    def take(self, tenant: str, name: str) -> None:
        """Count one; `TooMany` with the seconds to wait when there is none left."""
        ...


@dataclass(frozen=True, slots=True)
class Lease:
    """Calls that a container may still let start before `until` (epoch µs); it began with `size`.

    One that is used up in its life is followed by one of twice the size. `arrival` is the shared
    state as it was last seen: it only grows while it lasts, so what it refuses is refused.
    """

    size: int = 0
    left: int = 0
    until: int = 0
    arrival: int = 0

    def used(self, now: int) -> Lease | None:
        """Return the lease less one call, None when it has none or its time is over."""
        return replace(self, left=self.left - 1) if self.left and now < self.until else None

    def next_size(self, now: int, most: int) -> int:
        """Return how many calls to take next."""
        busy = self.size and not self.left and now < self.until
        return min(most, self.size * 2) if busy else 1


@dataclass(frozen=True, slots=True)
class Taking:
    """A step of the shared state, a theoretical arrival time in µs: `count` calls, for `cost`.

    A state that says nothing any more (`anew`: it has passed, or it lies `beyond` all that this
    limit can come to, left by another limit or by a clock gone wrong) begins anew at `now`. Any
    other is moved on, while it is `below` what leaves room. Neither depends on the exact state
    seen, so that containers do not stand in each other's way.
    """

    count: int
    cost: int
    now: int
    anew: bool
    below: int
    beyond: int


def taking(limit: Limit, arrival: int, now: int, wanted: int) -> Taking:
    """Return the step for up to `wanted` calls that start now, from the state as it was seen.

    `TooMany` when not even one may.
    """
    beyond = now + limit.burst * limit.interval + SLACK
    anew = arrival < now or arrival > beyond
    starts, _ = gcra.reserve(limit, 0 if anew else arrival, now, wanted, horizon=0)
    if not starts:
        raise _too_many(gcra.earliest(limit, arrival, now) - now)
    count = len(starts)
    room = now + limit.tolerance - (count - 1) * limit.interval
    return Taking(count, count * limit.interval, now, anew, now if anew else room + 1, beyond)


def _too_many(wait: int) -> TooMany:
    return TooMany(
        "too_many_requests",
        "Too many calls. Try again after the seconds in Retry-After.",
        internal="the share is used up",
        retry_after=max(1, -(-wait // gcra.SECOND)),
    )
