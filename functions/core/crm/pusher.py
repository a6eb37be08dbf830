"""Push records of any type: adopt what HubSpot has, write, and settle what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.crm import adoption
from core.crm.adoption import Found
from core.crm.agreement import landed, to_send
from core.crm.properties import ADOPT_BY, VERSION
from core.crm.records import Link
from core.crm.verdicts import Landed, Rejected, Resting, Verdict, or_later

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from core.crm.conveyor import Conveyor
    from core.crm.ownership import Ownership
    from core.crm.ports import Hubspot
    from core.crm.properties import ObjectType
    from core.crm.settling import Settling
    from core.crm.subjects import Subject
    from core.crm.tally import Tally

_TAKEN = {"CONFLICT", "OBJECT_ALREADY_EXISTS"}
_VERSIONS = (VERSION, "countersign_stock_version")


@dataclass(frozen=True, slots=True)
class Pusher:
    """One tenant's way to HubSpot for records that stand for themselves."""

    hubspot: Hubspot
    conveyor: Conveyor
    settling: Settling
    tally: Tally
    ownership: Ownership

    def push(self, subjects: Sequence[Subject], *, urgent: bool) -> dict[str, Verdict]:
        """Write subjects of any types in one go and settle each. Returns verdicts by key."""
        merged: dict[str, Verdict] = {
            s.key: Landed(s.link.hubspot_id) for s in subjects if s.link and s.link.merged
        }
        found, open_ = self._adopt(subjects, urgent=urgent)
        clear = [s for s in subjects if s.key not in open_ | merged]
        written = self.write(clear, found, urgent=urgent)
        verdicts = open_ | merged
        verdicts |= {s.key: or_later(_overtaken(s, written[s.key]), s.attempts) for s in clear}
        for subject in subjects:
            self._settle(subject, verdicts[subject.key], found.get(subject.key, Found()))
        self.settling.commit()
        return verdicts

    def write(
        self, subjects: Iterable[Subject], found: dict[str, Found], *, urgent: bool
    ) -> dict[str, Verdict]:
        """Write subjects and judge them, without settling anything."""
        listed = tuple(to_send(s, self.ownership) for s in subjects)
        calls = [c for kind, some in _by_type(listed) for c in adoption.writes(kind, some, found)]
        verdicts = self.conveyor.write(calls, urgent=urgent)
        return {s.key: _current(s, verdicts[s.key]) for s in listed}

    def _settle(self, subject: Subject, verdict: Verdict, found: Found) -> None:
        match verdict:
            case Landed(hubspot_id):
                self.tally.adopted[subject.type] += found.hubspot_id is not None
                self.settling.landed(subject, self._link(subject, hubspot_id, found))
            case Rejected(reason):
                self.settling.rejected(subject, reason)
            case Resting():
                self.settling.resting(subject, verdict)

    def _link(self, subject: Subject, hubspot_id: str, found: Found) -> Link:
        if subject.link and subject.link.merged:
            return subject.link
        withheld = subject.link.withheld if subject.link else found.withheld
        return landed(Link(hubspot_id, withheld), subject, self.ownership)

    def _adopt(
        self, subjects: Sequence[Subject], *, urgent: bool
    ) -> tuple[dict[str, Found], dict[str, Verdict]]:
        found: dict[str, Found] = {}
        open_: dict[str, Verdict] = {}
        calls = [
            call
            for kind, some in _by_type(subjects)
            if kind in ADOPT_BY and self._asks(kind, some)
            for call in adoption.questions(kind, some)
        ]
        for call, outcome in self.conveyor.read(calls, urgent=urgent):
            adoption.answered(call, outcome, found, open_)
        return found, open_

    def _asks(self, kind: ObjectType, subjects: Iterable[Subject]) -> bool:
        """Tell whether there is anything to look for, before HubSpot is asked how."""
        new = any(s.link is None and s.adopt_by for s in subjects)
        return new and self.hubspot.adopts(kind)


def _by_type(subjects: Iterable[Subject]) -> list[tuple[ObjectType, list[Subject]]]:
    sorted_: dict[ObjectType, list[Subject]] = {}
    for subject in subjects:
        sorted_.setdefault(subject.type, []).append(subject)
    return list(sorted_.items())


def _overtaken(subject: Subject, verdict: Verdict) -> Verdict:
    """Give a refusal a second chance if somebody made the record between our read and our write.

    The next read then finds it; refused again, it is parked.
    """
    if not isinstance(verdict, Rejected) or subject.link or subject.attempts:
        return verdict
    reason = verdict.reason
    taken = reason.category in _TAKEN or "already has that value" in reason.message
    why = Resting(f"somebody else made a record of {subject.type} with the same value")
    return why if taken and subject.adopt_by else verdict


def _current(subject: Subject, verdict: Verdict) -> Verdict:
    """Distrust an answer that shows an older version than was sent: something overwrote it."""
    if isinstance(verdict, Landed):
        for name in _VERSIONS:
            shown, sent = verdict.properties.get(name), subject.properties.get(name)
            if shown and sent and shown.isdecimal() and int(shown) < int(sent):
                return Resting(f"HubSpot shows {name} {shown}, not {sent}")
    return verdict
