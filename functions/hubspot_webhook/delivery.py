"""A webhook delivery's body: a JSON array of events."""

from __future__ import annotations

import json


def listed(body: bytes) -> list[object]:
    """Return a delivery's events; what is no JSON array is one event that makes no sense."""
    try:
        events = json.loads(body)
    except (ValueError, RecursionError):
        return [None]
    return events if isinstance(events, list) else [None]
