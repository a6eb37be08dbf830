"""Look at what notices name, and bring both sides in step.

HubSpot is read, then ours, and where they differ HubSpot once more. So of two values that differ
HubSpot's is the later one, and whatever is written here rests on ours being unchanged since: a push
of ours that comes between is noticed and never taken for a change of HubSpot's. Duplicates, echoes
and notices out of order show nothing new and do nothing.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from core.contention import Contended, Superseded
from core.crm.backoff import rest
from core.crm.inbound.cases import Result
from core.crm.notices import ERASED
from core.crm.seeing import ahead, differences
from core.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from core.crm.inbound.cases import Case
    from core.crm.inbound.contacts import Contacts
    from core.crm.inbound.kinds import Kind
    from core.crm.inbound.reading import Reading
    from core.crm.notices import Notice
    from core.crm.outcomes import Result as Record
    from core.crm.ownership import Ownership
    from core.crm.properties import ObjectType

_SOON_MS = 5_000
_LONGEST_MS = 10 * 60_000


@dataclass(slots=True)
class Looked:
    """What came of notices: results counted, and those to be repeated after so many ms."""

    results: Counter[Result] = field(default_factory=Counter)
    later: dict[Notice, int] = field(default_factory=dict)
    failed: dict[Notice, Exception] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Looking:
    """One tenant's way in."""

    reading: Reading
    kinds: Mapping[ObjectType, Kind]
    contacts: Contacts
    ownership: Ownership

    def look(self, notices: Iterable[Notice]) -> Looked:
        """Settle every notice, or say when to repeat it."""
        looked = Looked()
        by_type: dict[ObjectType, dict[str, Notice]] = {}
        for notice in notices:
            if notice.event == ERASED:
                _try(looked, notice, partial(self.contacts.erased, notice.id))
            else:
                by_type.setdefault(notice.type, {})[notice.id] = notice
        for kind, named in by_type.items():
            self._records(self.kinds[kind], named, looked)
        return looked

    def _records(self, kind: Kind, named: Mapping[str, Notice], looked: Looked) -> None:
        shown = self.reading.all(kind.type, named)
        for asked, seconds in shown.later.items():
            looked.later[named[asked]] = rest(named[asked].tries + 1, seconds)
        for asked in shown.refused:
            looked.failed[named[asked]] = ValueError("HubSpot refuses to show it")
        absent = shown.archived.keys() | shown.gone
        found: dict[str, Record | None] = {**dict.fromkeys(shown.gone), **shown.archived}
        cases = kind.cases(found | shown.live)
        for asked in (*shown.live, *absent):
            if asked not in cases:
                looked.results[Result.FOREIGN] += 1
        for asked in absent & cases.keys():
            _try(looked, named[asked], partial(kind.deleted, cases[asked]))
        self._compare(kind, {a: cases[a] for a in shown.live if a in cases}, named, looked)

    def _compare(
        self, kind: Kind, cases: Mapping[str, Case], named: Mapping[str, Notice], looked: Looked
    ) -> None:
        differing = []
        for asked, case in cases.items():
            if differences(case.subject, case.shown, self.ownership):
                differing.append(asked)
            else:
                _try(looked, named[asked], partial(kind.settle, case, ()))
        again = self.reading.live(kind.type, differing)
        for asked in differing:
            record, before = again.live.get(asked), cases[asked]
            if record is None or _pushed_between(before, record.properties):
                looked.later[named[asked]] = soon(named[asked])
                continue
            case = before.as_shown(record)
            found = differences(case.subject, case.shown, self.ownership)
            _try(looked, named[asked], partial(kind.settle, case, found))


def soon(notice: Notice) -> int:
    """Return after how many ms to look again at what is changing this moment."""
    return min(_SOON_MS << min(notice.tries, 10), _LONGEST_MS)


def _pushed_between(case: Case, shown: Mapping[str, str]) -> bool:
    """Return whether a later state of ours reached HubSpot since ours was read."""
    return ahead(case.subject, shown) and not ahead(case.subject, case.shown)


def _try(looked: Looked, notice: Notice, settle: Callable[[], Result]) -> None:
    """Settle one record, so that whatever fails with it fails alone."""
    try:
        looked.results[settle()] += 1
    except (Contended, Superseded, Unavailable):
        looked.later[notice] = soon(notice)
    except Exception as error:  # noqa: BLE001 - it goes to the dead letters, the others go on
        looked.failed[notice] = error
