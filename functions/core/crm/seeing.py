"""What HubSpot shows of a record beside what it should: which fields differ, and who is right.

Pure and without values, so that what it returns can be logged and counted. Which side of a shared
field has changed is told by `Link.agreed`: what both sides had when they last had the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.crm.ownership import EMAIL, STAGE, Side
from core.crm.properties import VERSION, ObjectType
from core.crm.values import canonical, same

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.crm.ownership import Ownership
    from core.crm.subjects import Subject

VERSIONS = (VERSION, "countersign_stock_version")
"""Properties that say which state of ours was written last."""

_KEPT = frozenset({EMAIL, STAGE})
"""Shared properties that HubSpot may change and not clear."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A property of a record that both sides show otherwise.

    `key` is the value of our unique property. `wins` is `OURS` (to be repaired by marking the
    record, so that sync pushes it) or `HUBSPOT` (to be applied here).
    """

    type: ObjectType
    key: str
    property: str
    wins: Side


def differences(
    subject: Subject, shown: Mapping[str, str], ownership: Ownership
) -> tuple[Difference, ...]:
    """Return the properties that differ, in order of name.

    `shown` are HubSpot's values by property, all that `core.crm.calls.shown` names. Of a record
    that is dirty, what we win is on its way already.
    """
    theirs = ownership.having(subject.type, Side.BOTH) | ownership.having(
        subject.type, Side.HUBSPOT
    )
    unseen = set(subject.link.withheld) if subject.link else set[str]()
    if subject.type is ObjectType.LINE_ITEMS:
        unseen.add(VERSION)  # its order's, when the line was last pushed: a line never changes
    return tuple(
        Difference(subject.type, subject.key, name, _winner(subject, name, shown, ownership))
        for name in sorted((subject.properties.keys() | theirs) - unseen)
        if not same(subject.type, name, subject.properties.get(name), shown.get(name))
    )


def ahead(subject: Subject, shown: Mapping[str, str]) -> bool:
    """Return whether HubSpot shows a later state of ours than `subject` is.

    Then ours was read before a push that HubSpot was read after, or somebody changed the number.
    """
    for name in VERSIONS:
        there, here = shown.get(name, ""), subject.properties.get(name, "")
        if there.isdecimal() and here.isdecimal() and int(there) > int(here):
            return True
    return False


def _winner(subject: Subject, name: str, shown: Mapping[str, str], ownership: Ownership) -> Side:
    side = ownership.of(subject.type, name)
    there = canonical(subject.type, name, shown.get(name))
    if side is Side.OURS or (name in _KEPT and not there):
        return Side.OURS
    if side is Side.HUBSPOT:
        return Side.HUBSPOT
    agreed = subject.link.agreed.get(name) if subject.link else None
    if agreed is None:
        return Side.OURS if subject.dirty or not there else Side.HUBSPOT
    if agreed == subject.fingerprint(name, there):
        return Side.OURS
    if name == STAGE:  # the state machine decides between two moves
        return Side.HUBSPOT
    unchanged = agreed == subject.fingerprint(name, subject.properties.get(name))
    return Side.HUBSPOT if unchanged else Side.OURS
