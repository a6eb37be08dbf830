"""HubSpot's signature on a proxy event: the bytes and headers that it is checked over."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from core.crm.signature import SIGNATURE_HEADER, TIMESTAMP_HEADER, genuine
from core.web.headers import single

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def raw_body(event: Mapping[str, Any]) -> bytes | None:
    """Return the body's bytes as HubSpot sent them; None when the event's body is broken.

    API Gateway hands a body over as text, or in base64.
    """
    body = event.get("body") or ""
    try:
        if event.get("isBase64Encoded"):
            return base64.b64decode(body, validate=True)
        return str(body).encode()
    except ValueError:
        return None


def is_genuine(
    event: Mapping[str, Any], body: bytes | None, uri: str, secrets: Iterable[str], now: int
) -> bool:
    """Return whether HubSpot signed this call of `uri` with one of the live secrets."""
    if body is None:
        return False
    timestamp = single(event, TIMESTAMP_HEADER)
    signature = single(event, SIGNATURE_HEADER)
    method = str(event.get("httpMethod", ""))
    return genuine(secrets, method, uri, body, timestamp, signature, now)
