"""A webhook delivery: is it HubSpot's, and what does it tell of."""

from __future__ import annotations

import base64
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from core.crm.signature import SIGNATURE_HEADER, TIMESTAMP_HEADER, genuine
from core.web.headers import values

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MALFORMED = "malformed"
OTHER = "other"

TYPES = frozenset(
    f"{of}.{what}"
    for of in ("contact", "product", "line_item", "object")
    for what in ("creation", "deletion", "merge", "restore", "propertyChange", "associationChange")
) | {"contact.privacyDeletion"}
"""The event types that we know; any other is counted as `other`, whatever it calls itself."""


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


def single_header(event: Mapping[str, Any], name: str) -> str | None:
    """Return a header that was sent once, whatever the case of its name; None otherwise."""
    found = values(event, name)
    return found[0] if len(found) == 1 else None


def is_genuine(
    event: Mapping[str, Any], body: bytes | None, uri: str, secrets: Iterable[str], now: int
) -> bool:
    """Return whether HubSpot signed this delivery with one of the live secrets."""
    if body is None:
        return False
    timestamp = single_header(event, TIMESTAMP_HEADER)
    signature = single_header(event, SIGNATURE_HEADER)
    method = str(event.get("httpMethod", ""))
    return genuine(secrets, method, uri, body, timestamp, signature, now)


def counted(body: bytes) -> Counter[str]:
    """Count a delivery's events by type; one that is no JSON array counts as one malformed."""
    try:
        events = json.loads(body)
    except (ValueError, RecursionError):
        return Counter({MALFORMED: 1})
    if not isinstance(events, list):
        return Counter({MALFORMED: 1})
    return Counter(_type(event) for event in events)


def _type(event: object) -> str:
    if not isinstance(event, dict):
        return MALFORMED
    named = event.get("subscriptionType") or event.get("eventType")
    if not isinstance(named, str):
        return MALFORMED
    return named if named in TYPES else OTHER
