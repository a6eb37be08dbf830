"""The one spelling of what is hashed (RFC 8785), for DynamoDB's JSON and for headers of blocks."""

from __future__ import annotations

import base64
import json
from typing import Any

_SETS = ("SS", "NS", "BS")


def canonical(value: object) -> bytes:
    """Return the canonical JSON: keys by UTF-16 units, no spaces, bytes in base64, sets sorted."""
    return json.dumps(_spelt(value), ensure_ascii=False, separators=(",", ":")).encode()


def _spelt(value: Any) -> Any:
    match value:
        case dict():
            keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
            return {key: _member(key, value[key]) for key in keys}
        case list() | tuple():
            return [_spelt(member) for member in value]
        case bytes() | bytearray():
            return base64.b64encode(value).decode()
        case _:
            return value


def _member(key: str, value: Any) -> Any:
    spelt = _spelt(value)
    return sorted(spelt) if key in _SETS and isinstance(value, list) else spelt
