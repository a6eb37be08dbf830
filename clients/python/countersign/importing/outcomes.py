"""What became of a call that imports something: done, refused for good, or not known yet."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from countersign.errors import (
    ConflictError,
    CountersignError,
    InvalidError,
    NotFoundError,
    RefusedError,
    SettingsError,
)
from countersign.retry import IN_FLIGHT

if TYPE_CHECKING:
    from collections.abc import Callable

SHOWN = 3
"""How many of a refusal's errors its sentence repeats."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """Done; `at` is when the answer came (epoch seconds)."""

    id: str
    at: float


@dataclass(frozen=True, slots=True)
class Refused:
    """The same call will be refused again, as long as nothing else changes."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nothing is known, or the service was busy to the end: to be tried in another run."""

    why: str


Outcome = Accepted | Refused | Unknown


def attempt(call: Callable[[], str]) -> Outcome:
    """Make a call that returns an id, and return what came of it.

    RefusedError (401, 403) and SettingsError pass: they would meet every other call too.
    """
    try:
        return Accepted(call(), round(time.time(), 3))
    except (RefusedError, SettingsError):
        raise
    except (ConflictError, InvalidError, NotFoundError) as refusal:
        if refusal.code == IN_FLIGHT:
            return Unknown(str(refusal))
        reasons = [str(error.get("message", error)) for error in refusal.errors[:SHOWN]]
        return Refused(refusal.code, " ".join([refusal.detail, *reasons]))
    except CountersignError as failure:
        return Unknown(str(failure))
