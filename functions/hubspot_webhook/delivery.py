"""A webhook delivery: what does it tell of."""

from __future__ import annotations

import json
from collections import Counter

MALFORMED = "malformed"
OTHER = "other"

TYPES = frozenset(
    f"{of}.{what}"
    for of in ("contact", "product", "line_item", "object")
    for what in ("creation", "deletion", "merge", "restore", "propertyChange", "associationChange")
) | {"contact.privacyDeletion"}
"""The event types that we know; any other is counted as `other`, whatever it calls itself."""


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
