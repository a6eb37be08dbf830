"""HubSpot's rate limits: rolling windows per app, day and search per account."""

from __future__ import annotations

import uuid
from collections import deque
from dataclasses import dataclass, field
from enum import Enum

from local.twin.call import Answer
from local.twin.neighbours import Neighbour, catch_up

TEN_SECONDS = 10_000
DAY = 86_400_000
SEARCHES_PER_SECOND = 5


class Limited(Enum):
    """Which limits a call counts against."""

    GENERAL = "general"
    SEARCH = "search"
    ASSOCIATIONS = "associations"


@dataclass(frozen=True, slots=True)
class Tier:
    """What a subscription allows: calls per ten seconds and day, and of associations."""

    burst: int
    day: int | None
    association_burst: int
    association_day: int


TIERS = {
    "free": Tier(100, 250_000, 100, 500_000),
    "starter": Tier(100, 250_000, 100, 500_000),
    "professional": Tier(190, 625_000, 150, 500_000),
    "enterprise": Tier(190, 1_000_000, 150, 500_000),
    "increased": Tier(250, 2_000_000, 200, 1_000_000),
}
OAUTH_BURST = 110


@dataclass(slots=True)
class Window:
    """Calls within a rolling span (ms)."""

    span: int
    calls: deque[int] = field(default_factory=deque)

    def count(self, now: int) -> int:
        """Return the calls that still count, and forget the rest."""
        while self.calls and self.calls[0] <= now - self.span:
            self.calls.popleft()
        return len(self.calls)


@dataclass(slots=True)
class Day:
    """Calls since midnight UTC, the twin's account time zone."""

    number: int = -1
    calls: int = 0

    def count(self, now: int) -> int:
        """Return today's calls."""
        if now // DAY != self.number:
            self.number, self.calls = now // DAY, 0
        return self.calls


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose call it is: the account's tier and id, the app (or lone token) and its kind."""

    tier: Tier
    portal: int
    token: str
    kind: str

    @property
    def burst(self) -> int:
        """Calls per ten seconds."""
        return OAUTH_BURST if self.kind == "oauth" else self.tier.burst


@dataclass(slots=True)
class Limiter:
    """Counts for all portals and tokens. A refused call does not count."""

    bursts: dict[str, Window] = field(default_factory=dict)
    association_bursts: dict[str, Window] = field(default_factory=dict)
    searches: dict[int, Window] = field(default_factory=dict)
    days: dict[int, Day] = field(default_factory=dict)
    association_days: dict[int, Day] = field(default_factory=dict)
    neighbours: list[Neighbour] = field(default_factory=list)

    def take(self, now: int, caller: Caller, what: Limited) -> Refusal | None:
        """Count a call, or tell which limit refuses it."""
        self.settle(now)
        return self._admit(now, caller, what)

    def settle(self, now: int) -> None:
        """Count what neighbours have called by now."""
        if self.neighbours:
            catch_up(
                self.neighbours,
                now,
                lambda at, caller: self._admit(at, caller, Limited.GENERAL) is None,
            )

    def _admit(self, now: int, caller: Caller, what: Limited) -> Refusal | None:
        days, windows = self._days(caller, what), self._windows(caller, what)
        for day, most in days:
            if most is not None and day.count(now) >= most:
                return Refusal("DAILY", DAY - now % DAY)
        for window, most, policy in windows:
            if window.count(now) >= most:
                return Refusal(policy, window.calls[0] + window.span - now)
        for window, _, _ in windows:
            window.calls.append(now)
        for day, _ in days:
            day.calls += 1
        return None

    def _days(self, caller: Caller, what: Limited) -> list[tuple[Day, int | None]]:
        days: list[tuple[Day, int | None]] = []
        if caller.kind == "private":
            days.append((self.days.setdefault(caller.portal, Day()), caller.tier.day))
        if what is Limited.ASSOCIATIONS:
            own = self.association_days.setdefault(caller.portal, Day())
            days.append((own, caller.tier.association_day))
        return days

    def _windows(self, caller: Caller, what: Limited) -> list[tuple[Window, int, str]]:
        window = self.bursts.setdefault(caller.token, Window(TEN_SECONDS))
        windows = [(window, caller.burst, "TEN_SECONDLY_ROLLING")]
        if what is Limited.SEARCH:
            search = self.searches.setdefault(caller.portal, Window(1_000))
            windows.append((search, SEARCHES_PER_SECOND, "SECONDLY"))
        if what is Limited.ASSOCIATIONS:
            own = self.association_bursts.setdefault(caller.token, Window(TEN_SECONDS))
            windows.append((own, caller.tier.association_burst, "TEN_SECONDLY_ROLLING"))
        return windows

    def headers(self, now: int, caller: Caller, what: Limited) -> dict[str, str]:
        """Return the X-HubSpot-RateLimit headers; search has none, OAuth apps no daily ones."""
        if what is Limited.SEARCH:
            return {}
        self.settle(now)
        window = self.bursts.setdefault(caller.token, Window(TEN_SECONDS))
        used = window.count(now)
        lately = sum(1 for at in window.calls if at > now - 1_000)
        per_second = caller.burst // 10
        headers = {
            "X-HubSpot-RateLimit-Interval-Milliseconds": str(TEN_SECONDS),
            "X-HubSpot-RateLimit-Max": str(caller.burst),
            "X-HubSpot-RateLimit-Remaining": str(max(0, caller.burst - used)),
            # Deprecated and not enforced, but still sent.
            "X-HubSpot-RateLimit-Secondly": str(per_second),
            "X-HubSpot-RateLimit-Secondly-Remaining": str(max(0, per_second - lately)),
        }
        if caller.kind == "private" and caller.tier.day is not None:
            today = self.days.setdefault(caller.portal, Day()).count(now)
            headers["X-HubSpot-RateLimit-Daily"] = str(caller.tier.day)
            headers["X-HubSpot-RateLimit-Daily-Remaining"] = str(max(0, caller.tier.day - today))
        return headers


@dataclass(frozen=True, slots=True)
class Refusal:
    """A 429: HubSpot's policy name and when a call would be allowed again (ms)."""

    policy: str
    wait_ms: int

    def answer(self, portal: int, *, retry_after: bool) -> Answer:
        """Return the 429, whose body is unlike HubSpot's other errors."""
        body = {
            "status": "error",
            "message": f"You have reached your {self.policy.lower()} limit.",
            "errorType": "RATE_LIMIT",
            "correlationId": str(uuid.uuid4()),
            "policyName": self.policy,
        }
        if self.policy == "DAILY":
            body["requestId"] = str(uuid.uuid4())
        else:
            group = self.policy.removesuffix("_ROLLING").lower().replace("_", "-")
            body["groupName"] = f"publicapi:private-app-api-calls-{group}:{portal}"
        headers = {"Retry-After": str(-(-self.wait_ms // 1000))} if retry_after else {}
        return Answer(429, body, headers)
