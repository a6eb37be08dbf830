"""Which of our records HubSpot must show as they are now, and whether one has moved meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import Enum
from typing import TYPE_CHECKING

from core.crm.properties import MODIFIED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.crm.properties import ObjectType
    from core.crm.records import Link
    from core.crm.subjects import Subject

GRACE_MS = 60_000
"""What changed in HubSpot this lately is left to the next run: its webhook may be on its way."""


class Standing(Enum):
    """What is to be expected of a record in HubSpot."""

    SETTLED = "settled"
    """Nothing is owed: HubSpot must show it."""
    SOON = "soon"
    """It is owed or on its way: HubSpot will show it."""
    REFUSED = "refused"
    """HubSpot refuses it, and an operator knows."""


def standing(subject: Subject) -> Standing:
    """Return what is to be expected of a record."""
    if subject.dirty:
        return Standing.SOON
    return Standing.REFUSED if subject.suspect else Standing.SETTLED


def unmoved(before: Subject, after: Subject | None) -> bool:
    """Return whether a record stood still between two reads of ours, with nothing owed.

    What HubSpot showed in between and should not have shown is then a difference in truth: sync
    writes only what is owed, and versions never come back.
    """
    return (
        after is not None
        and not after.dirty
        and before.marks == after.marks
        and _place(before.link) == _place(after.link)
    )


def just_changed(kind: ObjectType, shown: Mapping[str, str], now: int) -> bool:
    """Return whether a record changed in HubSpot a moment ago."""
    try:
        changed = datetime.fromisoformat(shown[MODIFIED[kind]])
    except (KeyError, ValueError):
        return False
    moment = changed if changed.tzinfo else changed.replace(tzinfo=UTC)
    return now - moment.timestamp() * 1000 < GRACE_MS


def _place(link: Link | None) -> tuple[str, str | None] | None:
    return None if link is None else (link.hubspot_id, link.contact)
