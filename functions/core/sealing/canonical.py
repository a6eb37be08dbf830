"""One spelling for what is hashed: RFC 8785 for what DynamoDB's JSON and a block's header hold.

That is strings, whole numbers, booleans, null, arrays and objects. No fractions: DynamoDB writes
its numbers as strings.
"""

from __future__ import annotations

import base64
import json
from typing import Any

_SETS = frozenset({"SS", "NS", "BS"})
"""DynamoDB's sets, which have no order of their own: sorted, so that they have one here."""


def canonical(value: object) -> bytes:
    """Return the canonical JSON of a value, in UTF-8; bytes in it are spelt in base64."""
    ordered = _ordered(value)
    return json.dumps(ordered, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def _ordered(value: Any) -> Any:
    if isinstance(value, dict):
        if _is_set(value):
            return {name: sorted(_ordered(m) for m in members) for name, members in value.items()}
        # RFC 8785 sorts by UTF-16 code units, which differs from Python's order beyond the BMP
        return {
            name: _ordered(value[name])
            for name in sorted(value, key=lambda name: name.encode("utf-16-be"))
        }
    if isinstance(value, list | tuple):
        return [_ordered(member) for member in value]
    if isinstance(value, bytes | bytearray):
        return base64.b64encode(value).decode()
    if isinstance(value, float):
        raise TypeError("a fraction has no one spelling here")
    return value


def _is_set(value: dict[str, Any]) -> bool:
    """Return whether this is a set's value, not a map with an element of that name."""
    return len(value) == 1 and all(n in _SETS and isinstance(m, list) for n, m in value.items())
