"""What happens to an account's records, told to whoever listens (webhooks)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Author:
    """Who made a change: HubSpot's changeSource and sourceId."""

    source: str
    source_id: str


API = Author("INTEGRATION", "appId:1")
UI = Author("CRM_UI", "userId:1")
MERGE = Author("MERGE_OBJECTS", "userId:1")


@dataclass(frozen=True, slots=True)
class Change:
    """One change: `what` as HubSpot's event names end (creation, propertyChange, …).

    `at` is epoch ms; `details` are the event's own fields, as a webhook tells them.
    """

    portal: int
    what: str
    type_id: str
    object_id: str
    at: int
    author: Author
    details: dict[str, Any] = field(default_factory=dict)


Listener = Callable[[Change], None]
