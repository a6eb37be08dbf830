"""HubSpot and the rate budget in memory, for tests of what stands between them."""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from core.crm.breaker import Breaker
from core.crm.calls import Action
from core.crm.outcomes import Ok, Quota, Reply, Result
from core.crm.ports import Grant
from core.crm.properties import UNIQUE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from core.crm.calls import Call
    from core.crm.outcomes import Outcome
    from core.crm.properties import ObjectType
    from tests.fakes.clock import FakeClock

STAGES = {
    label: ("pipe", label.lower())
    for label in ("Open", "Paid", "Processed", "Shipped", "Cancelled", "Refunded")
}


@dataclass
class ScriptedHubspot:
    """Answers calls with scripted outcomes, then with success."""

    script: deque[Outcome] = field(default_factory=deque)
    sent: list[Call] = field(default_factory=list)
    delay: float = 0
    now_flying: int = 0
    most_flying: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, call: Call) -> Reply:
        """Answer."""
        with self.lock:
            self.sent.append(call)
            self.now_flying += 1
            self.most_flying = max(self.most_flying, self.now_flying)
            scripted = self.script.popleft() if self.script else None
        time.sleep(self.delay)
        with self.lock:
            self.now_flying -= 1
        return Reply(scripted or _done(call), Quota(remaining=100))

    def order_stages(self) -> Mapping[str, tuple[str, str]]:
        """Return all stages."""
        return STAGES

    def adopts(self, _kind: ObjectType) -> bool:
        """Say yes."""
        return True


@dataclass
class FakeBudget:
    """Grants a start each `every` ms, until `left` are given."""

    clock: FakeClock
    every: int = 0
    left: int = 10_000
    void: bool = False
    limits: Counter[str] = field(default_factory=Counter)
    policies: list[str] = field(default_factory=list)
    others: int = 0
    breaker: Breaker = field(default_factory=Breaker)

    @property
    def down(self) -> bool:
        """Whether too many calls in a row failed."""
        return self.breaker.open

    @property
    def suspected(self) -> bool:
        """Whether a second call in a row failed."""
        return self.breaker.suspected

    def unused(self, starts: Iterable[int]) -> None:
        """Do nothing."""

    def answered(self) -> None:
        """Close the breaker."""
        self.breaker = self.breaker.answered()

    def failed(self, status: int, retry_after: float | None) -> None:
        """Count a failure."""
        self.breaker = self.breaker.failed(self.clock.now(), status, retry_after)

    def reserve(self, limit: str, count: int, *, urgent: bool) -> Grant:  # noqa: ARG002 - the port's
        """Grant up to `count` starts."""
        given = min(count, self.left)
        if self.policies or not given or self.breaker.until(self.clock.now()) > self.clock.now():
            return Grant((), self.clock.now() + 10_000)
        self.left -= given
        self.limits[limit] += given
        return Grant(tuple(self.clock.now() + self.every * n for n in range(given)))

    def observe(self, _quota: Quota, _sent_at: int | None = None) -> bool:
        """Void what was granted, if told to."""
        return self.void

    def limited(self, policy: str, _retry_after: float | None) -> None:
        """Hold from now on."""
        self.policies.append(policy)


def _done(call: Call) -> Ok:
    """Return the success of a call; a read finds nothing."""
    if call.action is Action.READ:
        return Ok()
    if call.action is Action.ASSOCIATE:
        return Ok(tuple(Result(i.id, to=i.to) for i in call.inputs))
    name = UNIQUE[call.type]
    return Ok(tuple(Result(f"h{i.key}", {name: i.key}, i.key) for i in call.inputs))
