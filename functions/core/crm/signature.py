"""HubSpot's request signature, version 3, and no other (HubSpot, "Validating requests").

base64(HMAC-SHA256(client secret, method + URI + raw body + timestamp)). The URI is the public URL
as it was called, with twelve escapes decoded and no more. HubSpot's own checkers accept a timestamp
ten years ahead and raise on a signature that is not ASCII; this one refuses both.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

SIGNATURE_HEADER = "x-hubspot-signature-v3"
TIMESTAMP_HEADER = "x-hubspot-request-timestamp"
WINDOW_MS = 300_000
"""How far the timestamp may be from now, on either side."""

_DECODED = {
    "%3A": ":",
    "%2F": "/",
    "%3F": "?",
    "%40": "@",
    "%21": "!",
    "%24": "$",
    "%27": "'",
    "%28": "(",
    "%29": ")",
    "%2A": "*",
    "%2C": ",",
    "%3B": ";",
}
_ESCAPE = re.compile("|".join(_DECODED))
_TIMESTAMP = re.compile(r"[0-9]{13}")


def decoded(uri: str) -> str:
    """Decode the escapes of HubSpot's table; all others stay as they are."""
    return _ESCAPE.sub(lambda found: _DECODED[found.group()], uri)


def sign(secret: str, method: str, uri: str, body: bytes, timestamp: str) -> str:
    """Return the signature of a request as HubSpot computes it."""
    source = method.encode() + decoded(uri).encode() + body + timestamp.encode()
    return base64.b64encode(hmac.new(secret.encode(), source, hashlib.sha256).digest()).decode()


def genuine(
    secrets: Iterable[str],
    method: str,
    uri: str,
    body: bytes,
    timestamp: str | None,
    signature: str | None,
    now: int,
) -> bool:
    """Return whether one of the live secrets signed this request within five minutes of `now`.

    Whatever is missing or malformed makes it false; nothing makes it raise. The comparison takes
    the same time wherever the signatures differ, and every secret is tried.
    """
    if not timestamp or not signature or not _TIMESTAMP.fullmatch(timestamp):
        return False
    if abs(now - int(timestamp)) > WINDOW_MS:
        return False
    try:
        given = signature.encode("ascii")
    except UnicodeEncodeError:
        return False
    matches = [
        hmac.compare_digest(sign(secret, method, uri, body, timestamp).encode(), given)
        for secret in secrets
        if secret
    ]
    return any(matches)
