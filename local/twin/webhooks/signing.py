"""HubSpot's signatures on what it sends: version 3, and version 1 or 2 beside it."""

from __future__ import annotations

import base64
import hashlib
import hmac

AGENT = "HubSpot Connect 2.0 (http://dev.hubspot.com/) (namespace: webhooks-nio-http-client)"
# The escapes that are undone in the URI before it is signed; all others stay.
_UNDONE = (
    ("%3A", ":"),
    ("%2F", "/"),
    ("%3F", "?"),
    ("%40", "@"),
    ("%21", "!"),
    ("%24", "$"),
    ("%27", "'"),
    ("%28", "("),
    ("%29", ")"),
    ("%2A", "*"),
    ("%2C", ","),
    ("%3B", ";"),
)


def signature(secret: str, method: str, uri: str, body: bytes, timestamp: str) -> str:
    """Return version 3: base64 HMAC-SHA256 over method, URI, body and timestamp (ms)."""
    for escaped, plain in _UNDONE:
        uri = uri.replace(escaped, plain)
    source = b"".join((method.encode(), uri.encode(), body, timestamp.encode()))
    return base64.b64encode(hmac.digest(secret.encode(), source, "sha256")).decode()


def fetch_headers(secret: str, method: str, uri: str, body: bytes, now: int) -> dict[str, str]:
    """Return the signature headers of a `hubspot.fetch` at `now` (epoch ms): version 3, and 2."""
    source = secret.encode() + method.encode() + uri.encode() + body
    return {
        "X-HubSpot-Signature": hashlib.sha256(source).hexdigest(),
        "X-HubSpot-Signature-Version": "v2",
        "X-HubSpot-Signature-v3": signature(secret, method, uri, body, str(now)),
        "X-HubSpot-Request-Timestamp": str(now),
    }


def signed_headers(secret: str, uri: str, body: bytes, now: int) -> dict[str, str]:
    """Return the headers of a delivery to `uri` at `now` (epoch ms)."""
    return {
        "Content-Type": "application/json",
        "User-Agent": AGENT,
        "X-HubSpot-Signature": hashlib.sha256(secret.encode() + body).hexdigest(),
        "X-HubSpot-Signature-Version": "v1",
        "X-HubSpot-Signature-v3": signature(secret, "POST", uri, body, str(now)),
        "X-HubSpot-Request-Timestamp": str(now),
    }
