"""Several workers, each with a client of its own, that take jobs from one list in its order."""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar

from countersign.client import Client
from countersign.errors import NoAnswerError
from countersign.importing.outcomes import Outcome, Refused, Unknown
from countersign.retry import RetryPolicy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from countersign.flavours import Flavour
    from countersign.importing.progress import Progress
    from countersign.target import Target

RETRY = RetryPolicy(attempts=8, ceiling=10.0)
"""A minute of patience with a busy service: nobody waits for an import's single call."""

HOPELESS = 20
"""So many calls in a row without an outcome end the import; a later run goes on."""

J = TypeVar("J")


@dataclass(frozen=True, slots=True)
class Crew:
    """How many work at once, where they call, and what proves who calls, for all of them."""

    target: Target
    workers: int
    flavour: Flavour | None = None

    def each(
        self,
        jobs: Iterable[J],
        act: Callable[[Client, J], Outcome],
        progress: Progress,
    ) -> None:
        """Do every job; raise the first error that would meet all other jobs too.

        Ctrl-C lets the calls end that are under way, and begins no other.
        """
        shift = _Shift(deque(jobs), act, progress)
        with ThreadPoolExecutor(self.workers) as pool:
            running = [
                pool.submit(shift.work, self.target, self.flavour) for _ in range(self.workers)
            ]
            try:
                wait(running)
            except BaseException:
                shift.jobs.clear()
                raise
        progress.finish()
        for one in running:
            one.result()


@dataclass(slots=True)
class _Shift(Generic[J]):
    jobs: deque[J]
    act: Callable[[Client, J], Outcome]
    progress: Progress
    failures: int = 0
    lock: Lock = field(default_factory=Lock)

    def work(self, target: Target, flavour: Flavour | None) -> None:
        """Take jobs until none is left; whatever stops one worker stops all."""
        with Client(target, RETRY, flavour) as client:
            while (job := self._next()) is not None:
                try:
                    outcome = self.act(client, job)
                    self._count(outcome)
                except BaseException:
                    self.jobs.clear()
                    raise
                self.progress.tick(refused=isinstance(outcome, Refused))

    def _next(self) -> J | None:
        try:
            return self.jobs.popleft()
        except IndexError:
            return None

    def _count(self, outcome: Outcome) -> None:
        with self.lock:
            self.failures = self.failures + 1 if isinstance(outcome, Unknown) else 0
            if self.failures >= HOPELESS and isinstance(outcome, Unknown):
                raise NoAnswerError(f"{HOPELESS} calls in a row came to nothing: {outcome.why}")
