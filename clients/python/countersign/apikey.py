"""The form of an API key, so that a typing error is seen here and not by the door's refusal.

csk_<tenant>_<id>_<43 characters of chance><6 of a CRC-32 of all before, in base 62>
"""

from __future__ import annotations

import re
import string
from zlib import crc32

_DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase
_KEY = re.compile(
    r"(?P<body>csk_(?P<tenant>[a-z][a-z0-9-]{0,15})_(?P<id>[0-9a-hjkmnp-tv-z]{26})_[0-9A-Za-z]{43})"
    r"(?P<checksum>[0-9A-Za-z]{6})"
)


def fault(text: str) -> str | None:
    """Return what is wrong with a key's text, None when it is well-formed."""
    if not text.startswith("csk_"):
        return "it does not begin with csk_"
    found = _KEY.fullmatch(text)
    if found is None:
        return f"it has {len(text)} characters and not the form csk_<tenant>_<id>_<secret>"
    if _checksum(found["body"]) != found["checksum"]:
        return "its checksum does not fit: it is mistyped or cut off"
    return None


def shown(text: str) -> str:
    """Return the part of a well-formed key that may be shown, else a few characters of it."""
    found = _KEY.fullmatch(text)
    return f"csk_{found['tenant']}_{found['id']}" if found else f"{text[:4]}…"


def tenant_of(text: str) -> str | None:
    """Return the tenant that a well-formed key names."""
    found = _KEY.fullmatch(text)
    return found["tenant"] if found else None


def _checksum(body: str) -> str:
    number, digits = crc32(body.encode()), ""
    for _ in range(6):
        number, rest = divmod(number, len(_DIGITS))
        digits = _DIGITS[rest] + digits
    return digits
