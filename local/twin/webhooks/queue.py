"""Events on their way to the app: gathered into batches, delivered, and tried again."""

from __future__ import annotations

import heapq
import json
from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from threading import Lock
from typing import TYPE_CHECKING, Any

from local.twin.webhooks.mishaps import Mishaps

if TYPE_CHECKING:
    from local.twin.changes import Change
    from local.twin.webhooks.subscriptions import Subscription

BATCH = 100
# Ten retries over a day, in minutes after the first attempt; HubSpot spreads them at random.
RETRIES = (1, 5, 15, 45, 120, 240, 420, 660, 960, 1_380)
_SPREAD = 0.04
_MINUTE = 60_000


@dataclass(frozen=True, slots=True)
class Delivery:
    """A batch of one portal's events for one request. `begun` is its first attempt (epoch ms)."""

    number: int
    portal: int
    events: tuple[dict[str, Any], ...]
    attempt: int = 0
    begun: int = 0

    def body(self) -> bytes:
        """Return the request's body."""
        events = [{**e, "attemptNumber": self.attempt} for e in self.events]
        return json.dumps(events, separators=(",", ":")).encode()


@dataclass(slots=True)
class Queue:
    """Events by when they may leave, and deliveries by when they are tried (again)."""

    app_id: int = 1
    delay_ms: int = 1_000
    mishaps: Mishaps = field(default_factory=Mishaps)
    counts: Counter[str] = field(default_factory=Counter)
    # Deliveries that failed eleven times: HubSpot tells nobody.
    given_up: list[Delivery] = field(default_factory=list)
    _waiting: list[tuple[int, int, int, dict[str, Any]]] = field(default_factory=list)
    _retrying: list[tuple[int, int, Delivery]] = field(default_factory=list)
    _events: count[int] = field(default_factory=lambda: count(1))
    _tickets: count[int] = field(default_factory=count)
    _last_id: int = 0
    _lock: Lock = field(default_factory=Lock)

    def put(self, change: Change, subscription: Subscription) -> None:
        """Queue the event that a change is for a subscription."""
        with self._lock:
            number = next(self._events)
            befalls = self.mishaps.befalling(subscription.name, number)
            self.counts["events"] += 1
            self.counts.update(befalls)
            event = self._event(change, subscription, number, same="same_id" in befalls)
            if "lost" in befalls:
                return
            due = change.at + self.delay_ms
            for kind, most in (
                ("late", self.mishaps.late_ms),
                ("disordered", self.mishaps.disorder_ms),
            ):
                if kind in befalls:
                    due += round(most * self.mishaps.chance(f"{kind} by", number))
            self._push(due, change.portal, event)
            if "doubled" in befalls:
                again = round(self.mishaps.disorder_ms * self.mishaps.chance("again", number))
                self._push(due + again, change.portal, event)

    def _push(self, due: int, portal: int, event: dict[str, Any]) -> None:
        heapq.heappush(self._waiting, (due, next(self._tickets), portal, event))

    def _event(
        self, change: Change, subscription: Subscription, number: int, *, same: bool
    ) -> dict[str, Any]:
        if not same:
            self._last_id = int(self.mishaps.chance("id", number) * 2**31)
        event: dict[str, Any] = {
            "eventId": self._last_id,
            "subscriptionId": subscription.id,
            "portalId": change.portal,
            "appId": self.app_id,
            "occurredAt": change.at,
            "subscriptionType": subscription.name,
            "attemptNumber": 0,
        }
        if change.what != "associationChange":
            event["objectId"] = int(change.object_id)
        if subscription.generic:
            event["objectTypeId"] = change.type_id
        event |= change.details
        if change.what == "propertyChange" and subscription.generic:
            event["isSensitive"] = False
        return event | {
            "changeSource": change.author.source,
            "sourceId": change.author.source_id,
        }

    def next_due(self) -> int | None:
        """Return when (epoch ms) something is to be sent next; None when nothing waits."""
        with self._lock:
            return min((q[0][0] for q in (self._waiting, self._retrying) if q), default=None)

    def take(self, now: int) -> Delivery | None:
        """Return one delivery that is due, retries first, or None."""
        with self._lock:
            if self._retrying and self._retrying[0][0] <= now:
                return heapq.heappop(self._retrying)[2]
            return self._gathered(now)

    def _gathered(self, now: int) -> Delivery | None:
        if not self._waiting or self._waiting[0][0] > now:
            return None
        number, portal = next(self._tickets), self._waiting[0][2]
        most = BATCH
        if self.mishaps.varied:
            most = 1 + int(self.mishaps.chance("batch", number) * BATCH)
        events: list[dict[str, Any]] = []
        others = []
        while self._waiting and self._waiting[0][0] <= now and len(events) < most:
            entry = heapq.heappop(self._waiting)
            if entry[2] == portal:
                events.append(entry[3])
            else:
                others.append(entry)
        for entry in others:
            heapq.heappush(self._waiting, entry)
        if self.mishaps.varied:
            place = {id(e): self.mishaps.chance(f"place {i}", number) for i, e in enumerate(events)}
            events.sort(key=lambda e: place[id(e)])
        return Delivery(number, portal, tuple(events), begun=now)

    def settle(self, delivery: Delivery, *, accepted: bool) -> None:
        """Note what became of a delivery; one that failed is tried again, up to ten times."""
        with self._lock:
            self.counts["accepted" if accepted else "refused"] += 1
            if accepted:
                return
            if delivery.attempt >= len(RETRIES):
                self.given_up.append(delivery)
                return
            chance = self.mishaps.chance(f"retry {delivery.attempt}", delivery.number)
            after = RETRIES[delivery.attempt] * (1 + _SPREAD * (2 * chance - 1)) * _MINUTE
            again = Delivery(
                delivery.number,
                delivery.portal,
                delivery.events,
                delivery.attempt + 1,
                delivery.begun,
            )
            due = delivery.begun + round(after)
            heapq.heappush(self._retrying, (due, next(self._tickets), again))
