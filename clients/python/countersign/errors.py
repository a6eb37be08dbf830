"""What can go wrong in a call, as exceptions.

CountersignError
├── NoAnswerError       nothing came back; whether the call took effect is not known
├── SettingsError       the command or the client was not told where or as whom to call
├── FunctionError       a function that was invoked failed, or says what is wrong
├── TokenEndpointError  an issuer gave no token
└── Problem             an answer that says no (RFC 9457), with `status` and a stable `code`
    ├── InvalidError        400, 413, 422: the call itself is wrong
    ├── RefusedError        401, 403: this caller may not do that
    ├── NotFoundError       404
    ├── ConflictError       409: out of stock, or the same key is still being worked on
    └── BusyError           429, 503: the same call may be made again, after `retry_after`
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


class CountersignError(Exception):
    """The root of all that this client raises."""


class NoAnswerError(CountersignError):
    """The connection failed or timed out: a safe call may be made again, with the same key."""


class SettingsError(CountersignError):
    """Something that a person has to supply is missing."""


class FunctionError(CountersignError):
    """A function that was invoked failed, or says what is wrong; the message is its own."""


class TokenEndpointError(CountersignError):
    """An issuer's token endpoint gave no token; the message is its error code."""


class Problem(CountersignError):
    """An answer outside 2xx.

    `code` is stable and for programs; `detail` is a sentence for people; `errors` names each field
    that is wrong; `request_id` is what the operator of the service searches the logs for.
    """

    def __init__(self, status: int, body: Mapping[str, Any], retry_after: float | None) -> None:
        """Take over what the decoded body says; a gateway's own body has less to say."""
        self.status = status
        self.code = str(body.get("code", "unknown"))
        self.title = str(body.get("title", ""))
        self.detail = str(body.get("detail") or body.get("message") or body.get("Message") or "")
        self.errors: list[dict[str, Any]] = list(body.get("errors") or [])
        self.request_id = body.get("instance")
        self.retry_after = retry_after
        super().__init__(f"{status} {self.code}: {self.detail or self.title}")


class InvalidError(Problem):
    """400, 413 or 422: the same call will be refused again."""


class RefusedError(Problem):
    """401 or 403: not signed, badly signed, or without the right to do this."""


class NotFoundError(Problem):
    """404: there is no such thing, or not for this tenant."""


class ConflictError(Problem):
    """409: the state of things does not allow it, `out_of_stock` above all."""


class BusyError(Problem):
    """429 or 503: the same call, with the same Idempotency-Key, is welcome later."""


_BY_STATUS: dict[int, type[Problem]] = {
    400: InvalidError,
    401: RefusedError,
    403: RefusedError,
    404: NotFoundError,
    409: ConflictError,
    413: InvalidError,
    422: InvalidError,
    429: BusyError,
    503: BusyError,
}


def problem(status: int, body: object, retry_after: float | None = None) -> Problem:
    """Return the exception for an answer with this status and decoded body."""
    fields = body if isinstance(body, dict) else {}
    return _BY_STATUS.get(status, Problem)(status, fields, retry_after)
