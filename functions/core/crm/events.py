"""Webhook events: which of them concern us, and which records they tell us to look at.

HubSpot names an event `<object>.<what>`; the `object.*` kind also has the object's type id. Order,
number and ids of events mean nothing: there may be none, several, or late ones, and `eventId` is
not unique (HubSpot, "Webhooks").
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from core.crm.notices import ERASED, Notice, distinct
from core.crm.properties import ObjectType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

MALFORMED = "malformed"
OTHER = "other"
OWN = "own"
UNREGISTERED = "unregistered"

TYPE_IDS = {
    "0-1": ObjectType.CONTACTS,
    "0-7": ObjectType.PRODUCTS,
    "0-8": ObjectType.LINE_ITEMS,
    "0-123": ObjectType.ORDERS,
}
SINGULAR = {
    ObjectType.CONTACTS: "contact",
    ObjectType.PRODUCTS: "product",
    ObjectType.LINE_ITEMS: "line_item",
    ObjectType.ORDERS: "order",
}
"""HubSpot's names of single objects: in subscriptions, and in the events of older ones."""

PROPERTY_CHANGE = "propertyChange"
LOOKED_AT = ("deletion", "restore", PROPERTY_CHANGE)
MERGE = "merge"
PRIVACY = f"{SINGULAR[ObjectType.CONTACTS]}.{ERASED}"

_NAMED = {name: kind for kind, name in SINGULAR.items()}

TYPES = frozenset(f"{of}.{what}" for of in (*_NAMED, "object") for what in (*LOOKED_AT, MERGE)) | {
    PRIVACY
}
"""The event types that concern us; any other is counted, whatever it calls itself."""


@dataclass(slots=True)
class Sorted:
    """A delivery's events: what to look at, and how many there were of each kind."""

    notices: tuple[Notice, ...] = ()
    counts: Counter[str] = field(default_factory=Counter)


def sorted_events(
    events: Iterable[object], tenant_of: Callable[[str], str | None], now: int
) -> Sorted:
    """Sort a delivery's events; `tenant_of` knows the tenant of a portal's id."""
    found = Sorted()
    notices: list[Notice] = []
    for event in events:
        kind, told = _read(event, tenant_of, now)
        found.counts[kind] += 1
        notices += told
    found.notices = distinct(notices)
    return found


def _read(
    event: object, tenant_of: Callable[[str], str | None], now: int
) -> tuple[str, list[Notice]]:
    if not isinstance(event, dict):
        return MALFORMED, []
    named = event.get("subscriptionType") or event.get("eventType")
    if not isinstance(named, str):
        return MALFORMED, []
    of, _, what = named.partition(".")
    kind = _NAMED.get(of) or TYPE_IDS.get(str(event.get("objectTypeId")))
    if named not in TYPES or kind is None:
        return OTHER, []
    if what == PROPERTY_CHANGE and _is_own(event):
        return OWN, []
    ids, tenant = _ids(event, what), tenant_of(str(event.get("portalId")))
    if not ids or tenant is None:
        return UNREGISTERED if ids else MALFORMED, []
    since = _whole(event.get("occurredAt"))
    at = since if 0 < since <= now else now
    return named, [Notice(tenant, kind, str(i), what if what == ERASED else "", at) for i in ids]


def _ids(event: dict[str, Any], what: str) -> list[int]:
    """Return the records that an event is about; of a merge, all that took part."""
    about = [event.get("objectId")]
    if what == MERGE:
        merged = event.get("mergedObjectIds")
        about += [event.get("primaryObjectId"), event.get("newObjectId")]
        about += merged if isinstance(merged, list) else []
    return [i for i in dict.fromkeys(map(_whole, about)) if i > 0]


def _is_own(event: dict[str, Any]) -> bool:
    """Return whether the app itself made the change, so that there is nothing to learn from it."""
    own = f"appId:{event.get('appId')}"
    return event.get("changeSource") == "INTEGRATION" and event.get("sourceId") == own


def _whole(value: object) -> int:
    """Return a whole number, 0 for whatever is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
