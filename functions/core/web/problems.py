"""From an error to an answer: RFC 9457 problems, and the only status codes in `core`."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from core import errors

if TYPE_CHECKING:
    from core.errors import CountersignError

MEDIA_TYPE = "application/problem+json"

STATUSES: dict[type[CountersignError], HTTPStatus] = {
    errors.Invalid: HTTPStatus.BAD_REQUEST,
    errors.TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.Unprocessable: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.Unauthenticated: HTTPStatus.UNAUTHORIZED,
    errors.Forbidden: HTTPStatus.FORBIDDEN,
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.Conflict: HTTPStatus.CONFLICT,
    errors.TooMany: HTTPStatus.TOO_MANY_REQUESTS,
    errors.Busy: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.Misconfigured: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}
"""Class → status; an error takes the status of its nearest class in the table."""

UNEXPECTED = errors.Unavailable(
    "internal_error", "Something went wrong on our side. It is logged under the request id."
)

SAFETY_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""On every answer (OWASP REST Security Cheat Sheet, "Security Headers")."""


def status_of(error: CountersignError) -> HTTPStatus:
    """Return the HTTP status of an error."""
    if error is UNEXPECTED:
        return HTTPStatus.INTERNAL_SERVER_ERROR
    return next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)


def problem(error: CountersignError, request_id: str) -> tuple[int, dict[str, str], str]:
    """Return status, headers and body; the error's internal sentence stays out of all three."""
    status = status_of(error)
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": status.phrase,
        "status": int(status),
        "code": error.code,
        "detail": error.public,
        "instance": f"urn:request:{request_id}",
    }
    if error.fields:
        body["errors"] = [
            {"field": f.field, "code": f.code, "message": f.message} for f in error.fields
        ]
    if error.current is not None:
        body["current"] = dict(error.current)
    headers = dict(SAFETY_HEADERS)
    if error.retry_after is not None:
        headers["Retry-After"] = str(error.retry_after)
    return int(status), headers, json.dumps(body)
