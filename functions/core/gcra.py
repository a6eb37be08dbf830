"""The arithmetic of rate limits: GCRA, the generic cell rate algorithm (ITU-T I.371).

A limit is an emission interval and a burst. Its whole state is one number, the theoretical arrival
time of the next call, so that it fits one item and one conditional write. Calls are reserved ahead:
each gets the moment at which it may start. In any window of `w` µs at most `w / interval + burst`
calls start. All times are epoch microseconds.
"""

from __future__ import annotations

from dataclasses import dataclass

SECOND = 1_000_000


@dataclass(frozen=True, slots=True)
class Limit:
    """One call each `interval` µs, `burst` calls at once after a rest."""

    interval: int
    burst: int

    @classmethod
    def per_second(cls, rate: float, burst: int) -> Limit:
        """Return the limit of `rate` calls a second."""
        return cls(round(SECOND / rate), burst)

    @property
    def tolerance(self) -> int:
        """How far a call may start ahead of its theoretical arrival time."""
        return (self.burst - 1) * self.interval


def reserve(
    limit: Limit, arrival: int, now: int, count: int, horizon: int
) -> tuple[tuple[int, ...], int]:
    """Reserve up to `count` calls that may start within `horizon` µs from now.

    `arrival` is the stored state. Returns the start of each call, in order (fewer than `count`,
    even none, when the horizon is too near), and the new state.
    """
    starts: list[int] = []
    for _ in range(count):
        start = max(now, arrival - limit.tolerance)
        if start - now > horizon:
            break
        starts.append(start)
        arrival = max(start, arrival) + limit.interval
    return tuple(starts), arrival


def earliest(limit: Limit, arrival: int, now: int) -> int:
    """Return when the next call could start."""
    return max(now, arrival - limit.tolerance)


def hold(limit: Limit, arrival: int, until: int) -> int:
    """Return the state in which nothing starts before `until`, and then without a burst."""
    return max(arrival, until + limit.tolerance)
