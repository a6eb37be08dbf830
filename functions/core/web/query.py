"""Query parameters: read one by one, and refused when they are not as they should be."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from core.errors import FieldError, Invalid

if TYPE_CHECKING:
    from collections.abc import Iterable
    from enum import StrEnum

    from core.web.app import Request

DEFAULT_LIMIT = 50
MAX_LIMIT = 100
_MAX_TEXT = 1_024

E = TypeVar("E", bound="StrEnum")


def text(request: Request, name: str) -> str | None:
    """Return a parameter, None when it is missing; `Invalid` when it is empty or too long."""
    value = (request.event.get("queryStringParameters") or {}).get(name)
    if value is None:
        return None
    if not 0 < len(value) <= _MAX_TEXT or not value.isprintable():
        raise _invalid(name, "Not a value that this parameter can have.")
    return str(value)


def choice(request: Request, name: str, among: Iterable[E]) -> E | None:
    """Return a parameter as one of the values of an enumeration that it may have."""
    value = text(request, name)
    if value is None:
        return None
    known = {str(one): one for one in among}
    if value not in known:
        raise _invalid(name, f"One of {', '.join(known)}.")
    return known[value]


def limit(request: Request) -> int:
    """Return how many items a page may have: 1 to 100, 50 unless told."""
    value = text(request, "limit")
    if value is None:
        return DEFAULT_LIMIT
    if not value.isascii() or not value.isdigit() or not 1 <= int(value[:9]) <= MAX_LIMIT:
        raise _invalid("limit", f"A whole number from 1 to {MAX_LIMIT}.")
    return int(value)


def _invalid(name: str, message: str) -> Invalid:
    wrong = FieldError(name, "invalid_parameter", message)
    return Invalid("invalid_parameter", "A query parameter is not valid.", fields=(wrong,))
