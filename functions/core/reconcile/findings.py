"""What can be wrong between the two sides, and what puts it right. Names and ids, never values."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from core.crm.ownership import Side

if TYPE_CHECKING:
    from core.crm.ports import Key
    from core.crm.properties import ObjectType


class Problem(StrEnum):
    """How a record of one side fails to match the other side's."""

    DIFFERS = "differs"
    """A field is not what it should be."""
    GONE = "gone"
    """HubSpot's record was deleted."""
    MOVED = "moved"
    """HubSpot shows it under another id: it was merged, or made again."""
    MERGED = "merged"
    """Its contact went into that of another customer of ours; that is for a person to judge."""
    UNLINKED = "unlinked"
    """HubSpot never got it, though nothing is owed."""
    UNASSOCIATED = "unassociated"
    """An order is not associated with its contact or with one of its lines."""
    STRANGER = "stranger"
    """HubSpot's record carries an id of ours that we do not know."""
    COPY = "copy"
    """HubSpot has a further record that says it is one of ours."""
    UNREAD = "unread"
    """HubSpot neither returned nor missed a record that it was asked for."""


LEFT_TO_A_PERSON = frozenset({Problem.MERGED, Problem.STRANGER, Problem.COPY, Problem.UNREAD})
"""What reconcile reports and does not mend."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong.

    `key` is the value of our unique property, of what we do not know HubSpot's id. `field` is the
    property that differs, or the type of record that is not associated. `wins` is the side that is
    right; `at` is where HubSpot shows a record that moved.
    """

    type: ObjectType
    problem: Problem
    key: str
    field: str = ""
    wins: Side = Side.OURS
    at: str = ""

    @property
    def name(self) -> str:
        """What it is counted under: `orders.differs.hs_total_price`, `products.gone`."""
        return ".".join(filter(None, (self.type, self.problem, self.field)))


class Remedy(StrEnum):
    """What puts a finding right."""

    OWE = "owe"
    """Mark the record, so that sync pushes it."""
    RECREATE = "recreate"
    """Forget where it stood, and mark it."""
    RELINK = "relink"
    """Note where it stands now, and mark it; inbound looks at a contact first."""
    LINES = "lines"
    """Forget where lines of an order's page stand, and mark the order: they are pushed again."""
    REASSOCIATE = "reassociate"
    """Forget the contact of an order, and mark the order: it is associated again."""
    LOOK = "look"
    """Let inbound look at the record, as a webhook would have done."""


@dataclass(frozen=True, slots=True)
class Repair:
    """One remedy for one record of ours.

    `home` is the primary key of the item that stands for it and `version` the state of it that was
    compared: what has changed since is left alone, it is owed anyway. `hubspot_id` is where the
    record stands, `lines` are numbers of lines on an order's `page`.
    """

    remedy: Remedy
    type: ObjectType
    home: Key
    version: int
    hubspot_id: str = ""
    page: int = 0
    lines: tuple[int, ...] = ()


@dataclass(slots=True)
class Examined:
    """What a look at some records found: counts by type, findings, and what puts them right.

    `soon` counts records that are on their way, `refused` those that HubSpot refuses and that an
    operator knows of: neither is drift.
    """

    looked: Counter[str] = field(default_factory=Counter)
    soon: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    repairs: list[Repair] = field(default_factory=list)

    def add(self, other: Examined) -> None:
        """Take in what another look found."""
        self.looked += other.looked
        self.soon += other.soon
        self.refused += other.refused
        self.findings += other.findings
        self.repairs += other.repairs
