"""What an app subscribed to, from its webhooks-hsmeta.json."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from local.twin.catalog import find_type

if TYPE_CHECKING:
    from local.twin.changes import Change

EVENTS = ("creation", "deletion", "merge", "restore", "propertyChange", "associationChange")
PRIVACY = "contact.privacyDeletion"
# HubSpot has no propertyChange for these.
_SILENT = {"hs_lastmodifieddate", "num_unique_conversion_events"}
_MOST = 1_000
_LEAST_CONCURRENCY = 6


@dataclass(frozen=True, slots=True)
class Subscription:
    """One subscription. `name` is the event's full name, e.g. object.propertyChange."""

    id: int
    name: str
    type_id: str
    property_name: str | None = None

    @property
    def generic(self) -> bool:
        """Whether it is of the object.* kind, whose events name their type."""
        return self.name.startswith("object.")

    def wants(self, change: Change) -> bool:
        """Tell whether a change is an event of this subscription."""
        if change.type_id != self.type_id or self.name.partition(".")[2] != change.what:
            return False
        if change.what != "propertyChange":
            return True
        told = str(change.details["propertyName"])
        return told not in _SILENT and self.property_name in {None, told}


@dataclass(frozen=True, slots=True)
class Subscribed:
    """An app's webhooks: where they go, how many at once, and for what."""

    target_url: str
    concurrency: int
    subscriptions: tuple[Subscription, ...]


def parse(hsmeta: dict[str, Any]) -> Subscribed:
    """Read webhooks-hsmeta.json, or its `config` alone; ValueError where HubSpot would refuse."""
    config = hsmeta.get("config", hsmeta)
    given = config["subscriptions"]
    concurrency = int(config["settings"].get("maxConcurrentRequests", 10))
    if concurrency < _LEAST_CONCURRENCY:
        raise ValueError("maxConcurrentRequests must be more than 5")
    listed = [
        (group, one)
        for group in ("crmObjects", "legacyCrmObjects", "hubEvents")
        for one in given.get(group, ())
    ]
    if len(listed) > _MOST:
        raise ValueError(f"an app has at most {_MOST} subscriptions")
    made = tuple(
        _one(number, group, one)
        for number, (group, one) in enumerate(listed, 1)
        if one.get("active", True)
    )
    return Subscribed(config["settings"]["targetUrl"], concurrency, made)


def _one(number: int, group: str, given: dict[str, Any]) -> Subscription:
    name = given["subscriptionType"]
    of, _, what = name.partition(".")
    if group == "hubEvents":
        if name != PRIVACY:
            raise ValueError(f"no such event of hubs: {name}")
        return Subscription(number, name, "0-1")
    if what not in EVENTS or (of == "object") != (group == "crmObjects"):
        raise ValueError(f"no such event in {group}: {name}")
    kind = find_type(str(given["objectType"] if of == "object" else of).replace(" ", "_"))
    if kind is None:
        raise ValueError(f"no such object type: {given.get('objectType', of)}")
    property_name = given.get("propertyName")
    if what == "propertyChange" and (not property_name or property_name in _SILENT):
        raise ValueError(f"{name} needs the name of a property that HubSpot tells of")
    return Subscription(number, name, kind.type_id, property_name)
