"""The two encodings of JOSE, read to the letter: base64url and JSON objects.

Python's own decoders forgive what the RFCs forbid, and whatever is forgiven lets one token have
many spellings, or two readers see different ones.
"""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

_ALPHABET = re.compile(r"[A-Za-z0-9_-]+")


def base64url(text: str) -> bytes:
    """Decode base64url as RFC 7515 section 2 writes it; ValueError for any other spelling.

    No padding, no character outside the alphabet, and no bits set that belong to no byte.
    """
    if not _ALPHABET.fullmatch(text):
        raise ValueError("not base64url")
    decoded = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if urlsafe_b64encode(decoded).rstrip(b"=").decode() != text:
        raise ValueError("not the one spelling of these bytes")
    return decoded


def json_object(data: bytes) -> dict[str, Any]:
    """Parse a JSON object in UTF-8; ValueError for what two readers could take differently.

    That is: duplicate members (RFC 7515 section 4, RFC 7519 section 4), NaN and infinity, numbers
    too large for a double, a byte order mark, half of a surrogate pair, endless nesting.
    """
    try:
        value = json.loads(
            data.decode(),
            object_pairs_hook=_members,
            parse_constant=_no_number,
            parse_float=_finite,
        )
        json.dumps(value, ensure_ascii=False).encode()  # a lone surrogate has no UTF-8
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(value, dict):
        raise ValueError("not an object")  # noqa: TRY004 - what came is malformed, whatever it is
    return value


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a member stands there twice")
    return members


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if number in {float("inf"), float("-inf")}:
        raise ValueError("a number beyond every double")
    return number
