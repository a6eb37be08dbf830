"""What a JSON body may be made of, whatever it is about: checked before it is read as something.

A reader that takes the last of two equal members sees another body than one that takes the first;
RFC 8259 leaves it open, and leaves `NaN` out. Depth, lengths and numbers cost time and memory.
"""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

from core.errors import Invalid, TooLarge

MAX_DEPTH = 16
"""Arrays and objects within each other; a batch of orders has five."""

MAX_ITEMS = 10_000
"""Of one array; an order has at most 1,400 lines."""

MAX_DIGITS = 64
"""Characters of a number; an amount has at most 15."""


def check(data: bytes) -> None:
    """Refuse a body that is not JSON in UTF-8 (`Invalid`), or past a bound (`TooLarge` for arrays).

    The sentences are for the caller; which member or number it was he can see for himself.
    """
    try:
        whole = json.loads(
            data.decode(),
            object_pairs_hook=_members,
            parse_int=_integer,
            parse_float=_decimal,
            parse_constant=_constant,
        )
    except RecursionError as error:
        raise _too_deep() from error
    except ValueError as error:
        raise malformed(f"the body is not JSON: {type(error).__name__}") from error
    _measure(whole)


def malformed(internal: str) -> Invalid:
    """Return the refusal of what is no JSON; `internal` says why, for the log."""
    return Invalid("malformed_body", "The request's body is not JSON in UTF-8.", internal=internal)


def _measure(whole: object) -> None:
    """Walk the whole by a list of what is left to see: depth must not cost recursion here."""
    left = [(whole, 1)]
    while left:
        value, depth = left.pop()
        if not isinstance(value, dict | list):
            continue
        if depth > MAX_DEPTH:
            raise _too_deep()
        if isinstance(value, list) and len(value) > MAX_ITEMS:
            raise TooLarge("array_too_long", f"An array has at most {MAX_ITEMS} items.")
        inside = value.values() if isinstance(value, dict) else value
        left += [(one, depth + 1) for one in inside]


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Invalid("repeated_member", "An object of the body names a member twice.")
    return found


def _integer(text: str) -> int:
    return int(_short(text))


def _decimal(text: str) -> float:
    number = float(_short(text))
    if not math.isfinite(number):
        raise _number()
    return number


def _short(text: str) -> str:
    if len(text) > MAX_DIGITS:
        raise _number()
    return text


def _constant(name: str) -> NoReturn:
    raise malformed(f"{name} is no JSON")


def _number() -> Invalid:
    return Invalid("number_too_long", f"A number has at most {MAX_DIGITS} characters, and an end.")


def _too_deep() -> Invalid:
    return Invalid("body_too_deep", f"A body nests at most {MAX_DEPTH} arrays and objects.")
