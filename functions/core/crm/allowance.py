"""How much of HubSpot's limits is ours to use: what its rate headers and its 429s tell us.

We plan with 96.2 % of a limit and a burst of two, so that a window of ten seconds holds 183 to 185
of 190 calls: over 95 %, with room for calls that arrive bunched. HubSpot's headers only lower it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.gcra import SECOND, Limit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.crm.outcomes import Quota

TEN_SECOND = "ten_second"
ASSOCIATIONS = "associations"
SEARCH = "search"
DAILY = "daily"

_USED = 0.962
_BURST = 2
_SEARCHED = 0.8
"""Five in a second leave no room for a call that comes late: six would be within one."""
_TEN_SECONDS_MS = 10_000

LIMITS = {
    TEN_SECOND: Limit.per_second(190 / 10 * _USED, _BURST),
    ASSOCIATIONS: Limit.per_second(100 / 10 * _USED, _BURST),
    SEARCH: Limit.per_second(5 * _SEARCHED, 1),
}
"""Private apps of Professional and Enterprise (190 in 10 s); associations as of the lowest tier,
since no header shows theirs; search 5 a second for the whole account."""

_NEVER_BELOW = 10
_LAST = 1
_LEAST = 10
_FREED = 5
_BLIND_PAUSE_MS = 1_000


@dataclass(frozen=True, slots=True)
class Pace:
    """HubSpot's own figure of the ten-second limit: `maximum` per `interval_ms`, 0 if not known.

    `others` of them are likely another program's.
    """

    maximum: int = 0
    interval_ms: int = _TEN_SECONDS_MS
    others: int = 0

    def limit(self, planned: Limit) -> Limit:
        """Return the planned limit, lowered to what HubSpot allows and others leave us."""
        if not self.maximum:
            return planned
        ours = max(self.maximum - self.others, self.maximum // _NEVER_BELOW)
        interval = round(self.interval_ms * 1000 / (ours * _USED))
        return replace(planned, interval=max(planned.interval, interval))

    def seen(self, quota: Quota, others: int) -> Pace:
        """Take note of a reply's headers, and of how many calls were likely another program's."""
        if quota.limit and quota.interval_ms:
            return Pace(quota.limit, quota.interval_ms, others)
        return self


def scarce(remaining: int | None, others: int) -> bool:
    """Return whether the window is too full to go on.

    By our plan alone a few calls always remain. Beside another program more must, since it goes on
    while we learn of it.
    """
    return remaining is not None and remaining < (_LEAST if others else _LAST)


def room_at(given: Iterable[int], window_ms: int, now: int) -> int:
    """Return when a nearly full window has some room again (epoch ms).

    `given` are the starts that we were given, oldest first. Room comes when five of those within
    the window have left it; who knows of fewer waits a second.
    """
    within = [start for start in given if start > now - window_ms]
    if len(within) < _FREED:
        return now + _BLIND_PAUSE_MS
    return within[_FREED - 1] + window_ms


_KEPT_FOR_ORDERS = 10
_ASK_AGAIN_MS = 15 * 60_000


@dataclass(frozen=True, slots=True)
class Day:
    """What is left of the account's calls today, by HubSpot's own count; None when it does not say.

    The day ends at midnight in a time zone that no header names. So when too little is left, a call
    is let through each quarter of an hour, and its headers show whether a new day has begun.
    """

    remaining: int | None = None
    limit: int = 0
    seen_at: int = 0
    blocked_until: int = 0

    def until(self, now: int, *, urgent: bool) -> int:
        """Return when calls may go on (epoch ms): `now` when they may at once.

        The last tenth of a day is kept for what is `urgent`.
        """
        if self.blocked_until > now:
            return self.blocked_until
        floor = 0 if urgent else self.limit // _KEPT_FOR_ORDERS
        if self.remaining is None or self.remaining > floor:
            return now
        return max(now, self.seen_at + _ASK_AGAIN_MS)

    def seen(self, quota: Quota, now: int) -> Day:
        """Take note of a reply's headers."""
        if quota.daily_remaining is None:
            return self
        return Day(quota.daily_remaining, quota.daily or self.limit, now)

    def spent(self, now: int) -> Day:
        """Take note of a 429 of the daily limit."""
        return replace(self, remaining=0, seen_at=now, blocked_until=now + _ASK_AGAIN_MS)


def pause(policy: str, retry_after: float | None) -> tuple[str, int]:
    """Return which limit a 429 means, and for how many µs nothing of it starts.

    HubSpot documents no Retry-After on 429; it is honoured when it is there. A rolling window has
    all its room again after its own length.
    """
    name = policy.upper()
    if "DAILY" in name:
        return DAILY, _ASK_AGAIN_MS * 1000
    limit, seconds = (TEN_SECOND, 10.0) if "TEN_SECOND" in name else (SEARCH, 1.0)
    return limit, round(max(seconds, retry_after or 0.0) * SECOND)
