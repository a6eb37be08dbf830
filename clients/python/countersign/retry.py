"""When a call may be made again, and how long to wait before it."""

from __future__ import annotations

import random
from dataclasses import dataclass

from countersign.errors import BusyError, ConflictError, CountersignError, NoAnswerError, Problem

SAFE_METHODS = frozenset({"GET", "HEAD", "PUT", "DELETE"})
"""Made twice they leave what they leave when made once; a POST needs its Idempotency-Key."""

IN_FLIGHT = "idempotency_in_flight"
"""The code of a 409 that says: the same key is being worked on right now."""

GATEWAY_TROUBLE = frozenset({500, 502, 504})


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """At most `attempts` calls, with full jitter up to `ceiling` seconds between them."""

    attempts: int = 5
    base: float = 0.2
    ceiling: float = 5.0

    def pause(self, failure: CountersignError, attempt: int, *, repeatable: bool) -> float | None:
        """Return the seconds to wait before the next attempt, or None when there is to be none.

        `attempt` counts from 1. What the service asks for with Retry-After is the least wait.
        """
        if attempt >= self.attempts or not repeatable or not _transient(failure):
            return None
        asked = failure.retry_after if isinstance(failure, Problem) else None
        spread = min(self.ceiling, self.base * 2 ** (attempt - 1))
        return (asked or 0.0) + random.uniform(0, spread)  # noqa: S311 - jitter, not a secret


def _transient(failure: CountersignError) -> bool:
    if isinstance(failure, NoAnswerError | BusyError):
        return True
    if isinstance(failure, ConflictError):
        return failure.code == IN_FLIGHT
    return isinstance(failure, Problem) and failure.status in GATEWAY_TROUBLE
