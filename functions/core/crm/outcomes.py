"""What can come of a call to HubSpot.

Ok            it was done; single inputs may still have been refused
Refused       the call was refused for what it carries: one bad input is enough (4xx)
Denied        nothing of the kind will be accepted until an operator acts (401, 403, no property)
RateLimited   not done: too many calls (429)
Unavailable   HubSpot says that it cannot now (423, 477, 5xx); it may have been done
Unknown       no answer, or half of one: it may have been done, or may yet be
NotSent       held back by us: no room in the budget, or no time left
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Result:
    """One record of an answer; `key` is our name for the input, when HubSpot gives it back.

    `properties` leave out what has no value.
    """

    id: str
    properties: Mapping[str, str] = field(default_factory=dict, repr=False)
    key: str = ""
    to: str = ""


CONFLICT = "CONFLICT"
"""The category of a 409, which stands for two things that only the message tells apart."""

_TAKEN = re.compile(r"already (exists|has that value)|existing id", re.IGNORECASE)
_NOT_THE_RECORD = {"INTERNAL_ERROR", "LOCKED", "RATE_LIMITS"}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why HubSpot refused, in its own words; `ids` and `keys` name the inputs that are meant."""

    category: str
    message: str
    codes: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()

    @property
    def transient(self) -> bool:
        """Whether the same input may be taken a little later.

        A 409 that names no holder of the value is a race with another write, and a partial failure
        may carry HubSpot's own error for a single input; both pass. A 409 because a record "already
        exists" does not.
        """
        if self.category == CONFLICT:
            return _TAKEN.search(self.message) is None
        return self.category in _NOT_THE_RECORD


@dataclass(frozen=True, slots=True)
class Ok:
    """The call was done.

    `more` says from where on the associations of a record go on, by its id. `total` is how many
    records a search finds in all.
    """

    results: tuple[Result, ...] = ()
    errors: tuple[Reason, ...] = ()
    more: Mapping[str, str] = field(default_factory=dict)
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """The call was refused for what it carries."""

    status: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class Denied:
    """An operator must act; `reason` says what HubSpot misses, in its own words."""

    status: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class RateLimited:
    """Too many calls. `policy` is HubSpot's name of the limit, `retry_after` in seconds if said."""

    policy: str
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Unavailable:
    """HubSpot cannot now; `retry_after` in seconds if said.

    `everywhere`: it answers nobody, so that this call is not to blame.
    """

    status: int
    retry_after: float | None = None
    everywhere: bool = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody knows whether it was done; `everywhere` as in `Unavailable`."""

    why: str
    everywhere: bool = False


@dataclass(frozen=True, slots=True)
class NotSent:
    """We did not ask; there may be room again at `until` (epoch ms)."""

    until: int


Outcome = Ok | Refused | Denied | RateLimited | Unavailable | Unknown | NotSent


@dataclass(frozen=True, slots=True)
class Quota:
    """What HubSpot's rate headers say; None where they say nothing (search, OAuth's daily)."""

    interval_ms: int | None = None
    limit: int | None = None
    remaining: int | None = None
    daily: int | None = None
    daily_remaining: int | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """An outcome and the quota that its headers show."""

    outcome: Outcome
    quota: Quota = field(default_factory=Quota)
