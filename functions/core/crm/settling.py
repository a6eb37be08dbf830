"""Write down what came of a turn.

Cures and HubSpot's ids first, then clean marks: a crash between costs a repeat and never a loss.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from core.crm.backoff import rest
from core.crm.ports import Parked
from core.masking import MASK, hidden, mask

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from core.clock import Clock
    from core.crm.outcomes import Reason
    from core.crm.ports import CrmStore, Key, LinePage, WorkStore
    from core.crm.records import Link, Mark
    from core.crm.subjects import Subject
    from core.crm.tally import Tally
    from core.crm.verdicts import Resting

MESSAGE = 2_000
"""How many characters of HubSpot's message are kept."""


@dataclass(slots=True)
class Settling:
    """Collects what is to be written down, until `commit`."""

    work: WorkStore
    records: CrmStore
    clock: Clock
    tally: Tally
    _links: dict[Key, Link] = field(default_factory=dict)
    _pages: list[LinePage] = field(default_factory=list)
    _clean: list[Mark] = field(default_factory=list)
    _rest: list[tuple[Mark, int]] = field(default_factory=list)
    _parked: list[tuple[Parked, tuple[Mark, ...]]] = field(default_factory=list)
    _cured: list[tuple[str, str]] = field(default_factory=list)
    _waits: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def landed(self, subject: Subject, link: Link) -> None:
        """Note that HubSpot shows the subject, at `link`."""
        self.tally.landed[subject.type] += 1
        if link != subject.link:
            before = subject.link.agreed if subject.link else {}
            news = {n: p for n, p in link.agreed.items() if before.get(n) != p}
            self._links[subject.home] = replace(link, agreed=news)
        self.clean(subject)

    def clean(self, subject: Subject) -> None:
        """Note that nothing of the subject is owed."""
        self._clean += [m for m in subject.marks if m.dirty or subject.suspect]
        if subject.suspect:
            self.cured(subject.type, subject.key)

    def cured(self, kind: str, key: str) -> None:
        """Note that HubSpot shows what it refused before."""
        self._cured.append((kind, key))

    def rejected(self, subject: Subject, reason: Reason) -> None:
        """Note that HubSpot refuses the subject."""
        personal = [v for n, v in subject.properties.items() if hidden(n)]
        self._park(subject.type, subject.key, subject, discreet(reason, personal), subject.marks)

    def part_rejected(self, kind: str, key: str, of: Subject, reason: Reason) -> None:
        """Note that HubSpot refuses what has no mark of its own: a part of a subject."""
        self._park(kind, key, of, discreet(reason, ()), ())

    def _park(
        self, kind: str, key: str, of: Subject, told: Reason, marks: tuple[Mark, ...]
    ) -> None:
        now = self.clock.now()
        self._parked.append((Parked(kind, key, of.home, told, of.version, now), marks))

    def resting(self, subject: Subject, verdict: Resting) -> None:
        """Leave the subject alone for longer than any call can last."""
        self.leave(subject.type, subject.marks, verdict)

    def leave(self, kind: str, marks: Sequence[Mark], verdict: Resting) -> None:
        """Leave the marks of one record alone."""
        self.tally.resting[kind] += 1
        self.tally.note(verdict.why)
        tried = max((m.attempts for m in marks), default=0)
        until = self.clock.now() + rest(1 if verdict.blameless else tried + 1, verdict.retry_after)
        attempts = tried if verdict.blameless else tried + 1
        self._rest += [(replace(m, attempts=attempts), until) for m in marks if m.dirty]

    def waits(self, order_id: str, kind: str, key: str) -> None:
        """Note that an order goes to HubSpot without something that is parked."""
        self._waits.setdefault((kind, key), []).append(order_id)

    def lines(self, page: LinePage) -> None:
        """Note where an order's lines of one page stand, and which of them HubSpot refuses."""
        self._pages.append(page)

    def commit(self) -> None:
        """Write all down, and begin afresh."""
        for parked, marks in self._parked:
            if self.work.park(parked, marks):
                self.tally.parked[parked.type] += 1
        for (kind, key), order_ids in self._waits.items():
            self.work.wait(kind, key, order_ids)
        # A page forgets which of its lines were owed again: their cure must stand before.
        for kind, key in self._cured:
            self.work.unpark(kind, key)
        self.records.put_lines(self._pages)
        self.records.put_links(self._links)
        self.tally.raised += len(self._clean) - self.work.clean(self._clean)
        self.work.rest(self._rest)
        self._links, self._waits, self._pages, self._clean = {}, {}, [], []
        self._rest, self._parked, self._cured = [], [], []


def discreet(reason: Reason, personal: Iterable[str]) -> Reason:
    """Return HubSpot's reason without personal data: it quotes the values that it refuses."""
    message = reason.message
    for value in sorted(personal, key=len, reverse=True):
        if len(value) > 1:
            message = re.sub(re.escape(value), MASK, message, flags=re.IGNORECASE)
    return replace(reason, message=str(mask(message))[:MESSAGE], ids=(), keys=())
