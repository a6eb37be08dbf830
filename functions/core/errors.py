"""Every error that the domain can end in.

    CountersignError
    ├── Refused                  the caller's doing; the same call will be refused again
    │   ├── Invalid              the request is not well formed
    │   │   ├── TooLarge         it is larger than a limit of the service
    │   │   └── Unprocessable    well formed, but it contradicts what is stored
    │   ├── Unauthenticated      nobody we know (`core.access.token.TokenRefused` says why)
    │   ├── Forbidden            known, but not allowed
    │   ├── NotFound             not there, or not the caller's: the two look the same
    │   ├── Conflict             the state of the resource does not allow it now
    │   └── TooMany              more calls than the caller's share; the same call may go later
    └── Unavailable              our doing, or AWS's: the same call may succeed later
        ├── Busy                 contention; retry with the same Idempotency-Key
        ├── KeysUnavailable      in `core.access.token`: an issuer's keys cannot be had
        └── Misconfigured        an operator must act; nothing the caller sent is at fault

An error has a stable `code`, a `public` sentence that may be shown to anyone, and an `internal` one
for the log. `core.web.problems` maps the classes to HTTP, once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field: its path (`lines.0.sku`), a stable code, a sentence."""

    field: str
    code: str
    message: str


class CountersignError(Exception):
    """Root of the tree."""

    retryable = False

    def __init__(
        self,
        code: str,
        public: str,
        *,
        internal: str = "",
        fields: tuple[FieldError, ...] = (),
        retry_after: int | None = None,
        current: Mapping[str, int | str] | None = None,
    ) -> None:
        """Keep the parts.

        `retry_after` is in whole seconds; `current` is the state that stood in the way.
        """
        super().__init__(internal or public)
        self.code = code
        self.public = public
        self.internal = internal or public
        self.fields = fields
        self.retry_after = retry_after
        self.current = current


class Refused(CountersignError):
    """The caller's doing; the same call will be refused again."""


class Invalid(Refused):
    """The request is not well formed."""


class TooLarge(Invalid):
    """The request is larger than a limit of the service."""


class Unprocessable(Invalid):
    """Well formed, but it contradicts what is stored."""


class Unauthenticated(Refused):
    """The caller is nobody we know."""


class Forbidden(Refused):
    """The caller is known, but not allowed to do this."""


class NotFound(Refused):
    """The resource is not there, or belongs to another tenant: the two look the same."""


class Conflict(Refused):
    """The state of the resource does not allow it now."""


class TooMany(Refused):
    """More calls than the caller's share: the same one may go later."""


class Unavailable(CountersignError):
    """Our doing, or AWS's: the same call may succeed later."""

    retryable = True


class Busy(Unavailable):
    """Contention: retry with the same Idempotency-Key."""


class Misconfigured(Unavailable):
    """An operator must act; nothing that the caller sent is at fault."""
