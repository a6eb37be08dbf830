"""From errors to answers: each class has its status, and the inside stays inside."""

from __future__ import annotations

import inspect
import json

import pytest

from core import errors
from core.errors import Busy, CountersignError, FieldError, Invalid, Misconfigured
from core.web.problems import STATUSES, UNEXPECTED, problem, status_of

CLASSES = [
    c for _, c in inspect.getmembers(errors, inspect.isclass) if issubclass(c, CountersignError)
]
ENDS = [c for c in CLASSES if not any(c in d.__bases__ for d in CLASSES)]


@pytest.mark.parametrize("kind", ENDS, ids=lambda c: c.__name__)
def test_every_error_has_a_status(kind: type[CountersignError]) -> None:
    """Guarantee: no error that the domain can end in is left to chance."""
    status = status_of(kind("code", "Public."))
    assert status in STATUSES.values()
    assert (status >= 500) == kind.retryable


def test_the_nearest_class_decides() -> None:
    """Guarantee: 413 and 422 are not swallowed by their parent's 400."""
    assert [status_of(k("c", "p")) for k in (errors.TooLarge, errors.Unprocessable, Invalid)] == [
        413,
        422,
        400,
    ]
    assert status_of(UNEXPECTED) == 500


def test_a_problem_shows_the_public_part() -> None:
    """Guarantee: code, public sentence and fields are shown; the internal sentence never."""
    error = Invalid("c", "Public.", internal="secret", fields=(FieldError("f", "g", "m"),))
    status, headers, body = problem(error, "r-1")
    assert "secret" not in body + json.dumps(headers)
    assert json.loads(body) == {
        "type": "about:blank",
        "title": "Bad Request",
        "status": status,
        "code": "c",
        "detail": "Public.",
        "instance": "urn:request:r-1",
        "errors": [{"field": "f", "code": "g", "message": "m"}],
    }


def test_retry_after_is_a_header() -> None:
    """Guarantee: an error that says when to come again says so in the header."""
    assert problem(Busy("c", "p", retry_after=7), "r")[1]["Retry-After"] == "7"
    assert "Retry-After" not in problem(Misconfigured("c", "p"), "r")[1]
