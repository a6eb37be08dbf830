"""A record of ours as it should stand in HubSpot, ready to be pushed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from core.audit import fingerprint
from core.crm.values import canonical

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.crm.properties import ObjectType
    from core.crm.records import Link, Mark


@dataclass(frozen=True, slots=True)
class Subject:
    """One record.

    `key` is the value of our unique property. `home` is the primary key of the item that stands for
    it, beside which its link is kept. `marks` are what a push of it settles. `adopt_by` is the
    e-mail or SKU by which a record that HubSpot already has can be found, None when there is
    nothing to find it by. A `suspect` was refused before and travels alone, so that it costs one
    call and not a bisection. `secret` keys the fingerprints of its values: a person's own key, so
    that they mean nothing once it is destroyed.
    """

    type: ObjectType
    key: str
    home: tuple[str, str]
    properties: Mapping[str, str] = field(repr=False)
    marks: tuple[Mark, ...] = ()
    link: Link | None = None
    adopt_by: str | None = field(default=None, repr=False)
    suspect: bool = False
    secret: bytes = field(default=b"", repr=False)

    def fingerprint(self, name: str, value: str | None) -> str:
        """Return what stands for a value of a property without showing it."""
        return fingerprint(self.secret, name, canonical(self.type, name, value))

    @property
    def version(self) -> int:
        """The version of the state that `properties` show; 0 when nothing is marked."""
        return self.marks[0].version if self.marks else 0

    @property
    def dirty(self) -> bool:
        """Whether any part of it is owed to HubSpot."""
        return any(m.dirty for m in self.marks)

    def resting(self, now: int) -> bool:
        """Whether any part of it is to be left alone for now."""
        return any(m.resting(now) for m in self.marks)

    @property
    def attempts(self) -> int:
        """How many pushes of it have come to nothing."""
        return max((m.attempts for m in self.marks), default=0)
