"""Products and customers of ours beside what HubSpot shows of them.

Ours is read first, then HubSpot's, and what does not match is read again on our side: only what
stood still the whole time is drift.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.crm import mapping
from core.crm.ownership import Side
from core.crm.properties import UNIQUE, ObjectType
from core.crm.seeing import differences
from core.reconcile.findings import Examined, Finding, Problem, Remedy, Repair
from core.reconcile.standing import Standing, just_changed, standing, unmoved

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from core.clock import Clock
    from core.crm.outcomes import Result
    from core.crm.ownership import Ownership
    from core.crm.ports import CrmStore
    from core.crm.subjects import Subject
    from core.reconcile.reading import Reader


@dataclass(frozen=True, slots=True)
class Comparison:
    """Compares single records: what every type has in common."""

    reader: Reader
    ownership: Ownership
    clock: Clock

    def odd(self, subjects: Mapping[str, Subject]) -> dict[str, list[Finding]]:
        """Return, by name, what is wrong with settled records, as far as one look can tell."""
        linked = {n: s for n, s in subjects.items() if s.link is not None}
        wrong = {n: [finding(s, Problem.UNLINKED)] for n, s in subjects.items() if not s.link}
        for kind in dict.fromkeys(s.type for s in linked.values()):
            wrong |= self._of_type(kind, {n: s for n, s in linked.items() if s.type is kind})
        return wrong

    def differing(self, subject: Subject, shown: Result) -> list[Finding]:
        """Return the fields of a record that are not as they should be."""
        return [
            Finding(subject.type, Problem.DIFFERS, subject.key, d.property, d.wins)
            for d in differences(subject, shown.properties, self.ownership)
        ]

    def _of_type(
        self, kind: ObjectType, subjects: Mapping[str, Subject]
    ) -> dict[str, list[Finding]]:
        read = self.reader.by_id(kind, (place(s) for s in subjects.values()))
        wrong: dict[str, list[Finding]] = {}
        missing: dict[str, Subject] = {}
        for name, subject in subjects.items():
            shown = read.found.get(place(subject))
            if place(subject) in read.unread:
                wrong[name] = [finding(subject, Problem.UNREAD)]
            elif shown is None or shown.id != place(subject):
                missing[name] = subject
            elif just_changed(kind, shown.properties, self.clock.now()):
                wrong[name] = []
            elif found := self.differing(subject, shown):
                wrong[name] = found
        return wrong | self._missing(kind, missing, read.found)

    def _missing(
        self, kind: ObjectType, missing: Mapping[str, Subject], read: Mapping[str, Result]
    ) -> dict[str, list[Finding]]:
        """Tell what was deleted from what stands elsewhere now, by our own id."""
        elsewhere = self.reader.by_ours(kind, (s.key for s in missing.values()))
        wrong: dict[str, list[Finding]] = {}
        for name, subject in missing.items():
            left = read.get(place(subject))
            if subject.key in elsewhere.unread:
                problem = Problem.UNREAD
            elif subject.key in elsewhere.found:
                problem = Problem.MOVED
            elif left is not None and left.properties.get(UNIQUE[kind]):
                problem = Problem.MERGED
            else:
                problem = Problem.GONE
            wrong[name] = [finding(subject, problem, elsewhere.found.get(subject.key))]
        return wrong


@dataclass(frozen=True, slots=True)
class Examiner:
    """Looks at products and customers by name."""

    records: CrmStore
    comparison: Comparison

    def subjects(self, kind: ObjectType, names: Iterable[str]) -> dict[str, Subject]:
        """Return what HubSpot should show of each that exists and is to be shown."""
        if kind is ObjectType.PRODUCTS:
            products = self.records.products(names)
            return {sku: mapping.product(r) for sku, r in products.items()}
        customers = self.records.customers(names)
        return {i: mapping.customer(r) for i, r in customers.items() if r.shown}

    def examine(self, kind: ObjectType, names: Iterable[str]) -> Examined:
        """Compare records, and say what puts right what does not match."""
        seen = Examined()
        settled = settled_of(self.subjects(kind, names), seen)
        wrong = self.comparison.odd(settled)
        again = self.subjects(kind, wrong)
        for name, findings in wrong.items():
            subject = settled[name]
            if not findings or not unmoved(subject, again.get(name)):
                seen.soon[kind] += 1
                continue
            seen.findings += findings
            seen.repairs += remedies(subject, findings)
        return seen


def finding(subject: Subject, problem: Problem, shown: Result | None = None) -> Finding:
    """Return a finding of a record; `shown` is where HubSpot has it after all."""
    return Finding(subject.type, problem, subject.key, at=shown.id if shown else "")


def settled_of(subjects: Mapping[str, Subject], seen: Examined) -> dict[str, Subject]:
    """Count records, and return those that HubSpot must show as they are."""
    settled: dict[str, Subject] = {}
    for name, subject in subjects.items():
        seen.looked[subject.type] += 1
        match standing(subject):
            case Standing.SOON:
                seen.soon[subject.type] += 1
            case Standing.REFUSED:
                seen.refused[subject.type] += 1
            case Standing.SETTLED:
                settled[name] = subject
    return settled


def place(subject: Subject) -> str:
    """Return where a linked record stands."""
    return subject.link.hubspot_id if subject.link else ""


def remedies(subject: Subject, findings: Iterable[Finding]) -> list[Repair]:
    """Return what puts the findings of one record right: each remedy once."""
    wanted: dict[Remedy, str] = {}
    for found in findings:
        if found.problem is Problem.DIFFERS and found.wins is Side.HUBSPOT:
            wanted[Remedy.LOOK] = place(subject)
        elif found.problem in {Problem.DIFFERS, Problem.UNLINKED}:
            wanted[Remedy.OWE] = ""
        elif found.problem is Problem.GONE:
            # Whether a contact comes back is inbound's rule: it may have gone for privacy's sake.
            contact = subject.type is ObjectType.CONTACTS
            wanted[Remedy.LOOK if contact else Remedy.RECREATE] = place(subject)
        elif found.problem is Problem.MOVED:
            wanted[Remedy.RELINK] = found.at
            if subject.type is ObjectType.CONTACTS:
                wanted[Remedy.LOOK] = found.at
    return [
        Repair(remedy, subject.type, subject.home, subject.version, hubspot_id)
        for remedy, hubspot_id in wanted.items()
    ]
