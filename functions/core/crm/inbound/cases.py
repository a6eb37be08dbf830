"""One record to be settled: ours as it was read, and what HubSpot shows of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from core.audit import Entry

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from core.clock import Clock
    from core.crm.outcomes import Result as Record
    from core.crm.properties import ObjectType
    from core.crm.subjects import Subject
    from core.ids import Ids

HUBSPOT = "hubspot"
"""The principal of what is done because HubSpot shows it."""


class Result(StrEnum):
    """What a look came to."""

    IN_STEP = "in_step"
    SOON = "soon"
    PUT_RIGHT = "put_right"
    APPLIED = "applied"
    UNDONE = "undone"
    CONFLICT = "conflict"
    MERGED = "merged"
    DELETED = "deleted"
    ERASED = "erased"
    FOREIGN = "foreign"


@dataclass(frozen=True, slots=True)
class Case:
    """`asked` is the id that the notice named, `hubspot_id` the record's to which it leads.

    `name` is what we call it: a SKU, a customer's, an order's or a line's id.
    """

    asked: str
    hubspot_id: str
    name: str
    subject: Subject
    shown: Mapping[str, str]

    @property
    def linked(self) -> bool:
        """Whether our link says that it stands there."""
        link = self.subject.link
        return link is not None and link.hubspot_id == self.hubspot_id

    def as_shown(self, record: Record) -> Case:
        """Return the case with what HubSpot shows now."""
        return replace(self, hubspot_id=record.id, shown=record.properties)


@dataclass(frozen=True, slots=True)
class Clerk:
    """Words the audit entries of one run for one tenant."""

    tenant: str
    correlation_id: str
    ids: Ids
    clock: Clock

    def entry(
        self,
        action: str,
        kind: ObjectType,
        key: str,
        names: Iterable[str] = (),
        *,
        fields: Mapping[str, str] | None = None,
    ) -> Entry:
        """Return an entry about a record: `names` of HubSpot's, or `fields` of ours with HMACs."""
        return Entry(
            id=self.ids.new(),
            at=self.clock.now(),
            tenant=self.tenant,
            principal=HUBSPOT,
            door=HUBSPOT,
            action=f"inbound.{action}",
            resource=f"{kind}/{key}",
            correlation_id=self.correlation_id,
            fields=fields or dict.fromkeys(names, ""),
        )
