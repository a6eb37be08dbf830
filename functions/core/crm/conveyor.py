"""Calls on their way to HubSpot: paced by the budget, up to twenty in flight at once.

One thread (the caller's) does all the waiting and judging; the executor's threads only call
HubSpot. It never waits longer than the budget's two seconds for a start: when there is no room
sooner, what is left is `NotSent`.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import FIRST_COMPLETED, wait
from dataclasses import replace
from typing import TYPE_CHECKING

from core.crm.allowance import ASSOCIATIONS, SEARCH, TEN_SECOND
from core.crm.calls import Action
from core.crm.outcomes import NotSent, RateLimited, Refused, Reply, Unavailable, Unknown
from core.crm.verdicts import judge

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from concurrent.futures import Executor, Future

    from core.clock import Clock
    from core.crm.calls import Call
    from core.crm.outcomes import Outcome
    from core.crm.ports import Budget, Hubspot
    from core.crm.tally import Tally
    from core.crm.verdicts import Verdict

IN_FLIGHT = 20
AHEAD = 6
"""How many starts are reserved in one go: a third of a second's."""

_LOCKED = 423
"""HubSpot's answer for one record, not for all."""

STALE_MS = 100
"""A start missed by more than this is given up: calls that bunch up would break the pace."""


_OWN_LIMIT = {
    Action.ASSOCIATE: ASSOCIATIONS,
    Action.ASSOCIATED: ASSOCIATIONS,
    Action.SEARCH: SEARCH,
}
"""Which calls have a limit of their own besides the general one."""


class Conveyor:
    """Sends batch calls and brings back their outcomes. `until` (epoch ms) ends all sending."""

    def __init__(
        self,
        hubspot: Hubspot,
        budget: Budget,
        clock: Clock,
        executor: Executor,
        tally: Tally,
        *,
        until: int,
    ) -> None:
        """Keep the parts."""
        self._hubspot = hubspot
        self._budget = budget
        self._clock = clock
        self._executor = executor
        self._tally = tally
        self._until = until
        self._starts: dict[str, deque[int]] = {
            limit: deque() for limit in (TEN_SECOND, ASSOCIATIONS, SEARCH)
        }
        self.held_until = 0
        """When there may be room again, once a call was held back; 0 before."""

    def write(self, calls: Iterable[Call], *, urgent: bool) -> dict[str, Verdict]:
        """Send writes or associations and judge every input, halving what HubSpot refuses."""
        verdicts: dict[str, Verdict] = {}

        def follow(call: Call, outcome: Outcome) -> tuple[Call, ...]:
            judged = judge(call, outcome)
            verdicts.update(judged.verdicts)
            return judged.again

        self._exchange(calls, follow, urgent=urgent)
        return verdicts

    def read(self, calls: Iterable[Call], *, urgent: bool) -> list[tuple[Call, Outcome]]:
        """Send reads; one that is refused is halved, so that a bad id costs only itself."""
        answers: list[tuple[Call, Outcome]] = []

        def follow(call: Call, outcome: Outcome) -> tuple[Call, ...]:
            if isinstance(outcome, Refused) and len(call.inputs) > 1:
                return call.halves()
            answers.append((call, outcome))
            return ()

        self._exchange(calls, follow, urgent=urgent)
        return answers

    def _exchange(
        self,
        calls: Iterable[Call],
        follow: Callable[[Call, Outcome], tuple[Call, ...]],
        *,
        urgent: bool,
    ) -> None:
        waiting = deque(calls)
        flying: dict[Future[Reply], tuple[Call, int]] = {}
        while waiting or flying:
            for future in _landed(flying, block=not waiting or len(flying) >= self._width()):
                call, sent_at = flying.pop(future)
                waiting.extend(follow(call, self._noted(future, sent_at)))
            if not waiting or len(flying) >= self._width():
                continue
            if self._may_start(waiting[0], len(waiting), len(flying), urgent=urgent):
                call = waiting.popleft()
                self._tally.calls[call.name] += 1
                sent = self._executor.submit(self._hubspot.send, call)
                flying[sent] = call, self._clock.now()
                continue
            for call in waiting:
                follow(call, NotSent(self.held_until))
            waiting.clear()

    def _width(self) -> int:
        """Return how many calls may be on their way: one, to find out, while HubSpot is down."""
        return 1 if self._budget.down else IN_FLIGHT

    def _noted(self, future: Future[Reply], sent_at: int) -> Outcome:
        reply = future.result()
        outcome = self._answered(reply.outcome)
        void = self._budget.observe(reply.quota, sent_at)
        self._tally.others = max(self._tally.others, self._budget.others)
        if isinstance(outcome, RateLimited):
            self._tally.limited[outcome.policy] += 1
            self._budget.limited(outcome.policy, outcome.retry_after)
            self.held_until = self._clock.now()
            void = True
        if void or self._budget.down:
            self._budget.unused(self._starts[TEN_SECOND])
            for starts in self._starts.values():
                starts.clear()
        return outcome

    def _answered(self, outcome: Outcome) -> Outcome:
        """Tell the budget whether HubSpot answers at all, and the outcome whether it is alone."""
        if not isinstance(outcome, Unavailable | Unknown):
            self._budget.answered()
            return outcome
        if isinstance(outcome, Unknown):
            self._tally.unknown += 1
            self._budget.failed(0, None)
        elif outcome.status != _LOCKED:
            self._budget.failed(outcome.status, outcome.retry_after)
        self._tally.down = self._tally.down or self._budget.down
        return replace(outcome, everywhere=self._budget.suspected)

    def _may_start(self, call: Call, wanted: int, flying: int, *, urgent: bool) -> bool:
        """Wait for the call's start; False when there is none within the budget's horizon."""
        own = _OWN_LIMIT.get(call.action)
        limits = [TEN_SECOND, own] if own else [TEN_SECOND]
        start = 0
        for limit in limits:
            starts = self._starts[limit]
            while starts and starts[0] < self._clock.now() - STALE_MS:
                missed = starts.popleft()
                if limit == TEN_SECOND:
                    self._budget.unused([missed])
            if not starts:
                some = min(wanted, IN_FLIGHT - flying, AHEAD)
                grant = self._budget.reserve(limit, some, urgent=urgent)
                starts.extend(grant.starts)
                if not starts:
                    self.held_until = grant.until
                    return False
            start = max(start, starts[0])
        if start > self._until:
            self.held_until = self._clock.now()
            return False
        for limit in limits:
            self._starts[limit].popleft()
        pause = start - self._clock.now()
        if pause > 0:
            self._clock.sleep(pause / 1000)
        return True


def _landed(flying: Collection[Future[Reply]], *, block: bool) -> list[Future[Reply]]:
    """Return the calls that have come back; with `block`, wait for one if any is on its way."""
    if block and flying:
        wait(flying, return_when=FIRST_COMPLETED)
    return [future for future in flying if future.done()]
