"""Put right in HubSpot what is ours: by marking, so that sync, the one writer, pushes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.crm.inbound.cases import Result
from core.crm.ownership import PIPELINE, STAGE, Ownership, Side

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.crm.inbound.cases import Case, Clerk
    from core.crm.inbound.ports import LinkStore
    from core.crm.seeing import Difference


@dataclass(frozen=True, slots=True)
class Repairs:
    """Of one tenant."""

    links: LinkStore
    ownership: Ownership
    clerk: Clerk

    def put_right(self, case: Case, differences: Iterable[Difference]) -> Result:
        """Owe a record to HubSpot again; one that is owed already is in step soon anyway."""
        names = [d.property for d in differences if d.wins is Side.OURS]
        if not names:
            return Result.IN_STEP
        subject = case.subject
        shared = self.ownership.having(subject.type, Side.BOTH)
        forget = shared.intersection({*names, STAGE} if PIPELINE in names else names)
        agreed = subject.link.agreed.keys() if subject.link else frozenset[str]()
        if subject.dirty and not forget & agreed:
            return Result.SOON
        entry = self.clerk.entry("put_right", subject.type, subject.key, names)
        done = self.links.repair(subject, forget & agreed, entry)
        return Result.PUT_RIGHT if done else Result.SOON

    def deleted(self, case: Case, *, owed: bool) -> Result:
        """Note that a record of ours is no longer in HubSpot."""
        subject = case.subject
        if subject.link is None or subject.link.hubspot_id != case.asked:
            return Result.IN_STEP  # it has been put back, or stands elsewhere
        entry = self.clerk.entry("deleted", subject.type, subject.key)
        done = self.links.unlink(subject, entry, owed=owed)
        return Result.DELETED if done else Result.SOON
