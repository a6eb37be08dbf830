"""The faults that the twin knows by name, and the answers that they give."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Any

from local.twin.call import Answer
from local.twin.limits import Refusal
from local.twin.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

# Longer than the clients here wait for an answer (15 s).
TIMED_OUT_MS = 16_000


class Act(Enum):
    """What a fault does with a call."""

    ERROR = "error"  # another answer instead of the call's own
    LIMIT = "limit"  # 429
    SLOW = "slow"  # the right answer, later
    CUT = "cut"  # the connection ends inside the answer, or before it
    PARTIAL = "partial"  # some inputs of a batch fail, the others are carried out


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault.

    `applied`: the call is carried out before the fault hides its answer. `delay_ms` passes
    before anything is answered. `sent` is the share of the answer that leaves before a cut.
    `retry_after` (seconds) goes out as Retry-After. `page`: the error is a gateway's HTML page.
    """

    name: str
    act: Act
    status: int = 0
    policy: str = ""
    applied: bool = False
    delay_ms: int = 0
    retry_after: int | None = None
    sent: float = 0.0
    share: float = 0.5
    page: bool = False

    def answer(self, portal: int) -> Answer:
        """Return the error of an ERROR or LIMIT fault."""
        after = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        if self.act is Act.LIMIT:
            limited = Refusal(self.policy, 0).answer(portal, retry_after=False)
            return replace(limited, headers=after)
        other = _BROKEN if self.status >= _SERVER else _INVALID
        message, category = _WORDS.get(self.status, other)
        page = _PAGE.format(status=self.status, message=message) if self.page else None
        body = Problem(self.status, message, category=category).body()
        return Answer(self.status, body, after, page=page)


_PAGE = "<html><head><title>{status}</title></head><body>{message}</body></html>"
_SERVER = 500
_BROKEN = ("Internal error", "INTERNAL_ERROR")
_INVALID = ("The request was not valid", "VALIDATION_ERROR")
_WORDS = {
    409: ("The batch conflicts with another write to one of its records", "CONFLICT"),
    423: ("The record is locked by another operation", "LOCKED"),
    477: ("This account is being moved to another data centre", "MIGRATION_IN_PROGRESS"),
    502: ("Bad gateway", "INTERNAL_ERROR"),
    503: ("Service unavailable", "INTERNAL_ERROR"),
    504: ("Gateway time-out", "INTERNAL_ERROR"),
    521: ("Web server is down", "INTERNAL_ERROR"),
    523: ("Origin is unreachable", "INTERNAL_ERROR"),
    524: ("A timeout occurred", "INTERNAL_ERROR"),
}
_GATEWAY = (502, 503, 504, 521, 523, 524)

KNOWN = {
    fault.name: fault
    for fault in (
        Fault("ten_secondly", Act.LIMIT, 429, "TEN_SECONDLY_ROLLING"),
        Fault("secondly", Act.LIMIT, 429, "SECONDLY"),
        Fault("daily", Act.LIMIT, 429, "DAILY"),
        Fault("conflict", Act.ERROR, 409),
        Fault("locked", Act.ERROR, 423),
        Fault("migrating", Act.ERROR, 477, retry_after=60),
        Fault("500", Act.ERROR, 500),
        *(Fault(str(status), Act.ERROR, status) for status in _GATEWAY),
        Fault("504_applied", Act.ERROR, 504, applied=True),
        Fault("slow", Act.SLOW, delay_ms=3_000),
        # Carried out, and then nothing is heard: at once, or only when the caller gave up.
        Fault("lost_reply", Act.CUT, applied=True),
        Fault("timeout_applied", Act.CUT, applied=True, delay_ms=TIMED_OUT_MS),
        Fault("refused", Act.CUT),
        Fault("cut", Act.CUT, applied=True, sent=0.5),
        Fault("partial", Act.PARTIAL),
    )
}


def named(name: str, options: Mapping[str, Any] | None = None) -> Fault:
    """Return a known fault, changed by options; ValueError for a name or option unknown."""
    if name not in KNOWN:
        raise ValueError(f"no such fault: {name}; there are {', '.join(KNOWN)}")
    unknown = set(options or ()) - _OPTIONS
    if unknown:
        raise ValueError(f"no such option of a fault: {', '.join(sorted(unknown))}")
    return replace(KNOWN[name], **(options or {}))


_OPTIONS = {"applied", "delay_ms", "retry_after", "sent", "share", "page"}
