"""Ask HubSpot what has become of records: live, merged into another, in its bin, or gone for good.

Nothing is taken as gone unless HubSpot said so: what an answer leaves out without a
word is asked for again later.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from core.crm.calls import read_by_id
from core.crm.outcomes import Ok, Outcome, RateLimited, Refused, Unavailable
from core.crm.properties import ObjectType

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.crm.calls import Call
    from core.crm.conveyor import Conveyor
    from core.crm.outcomes import Reason, Result

MERGED_IDS = "hs_merged_object_ids"
_NOT_FOUND = "OBJECT_NOT_FOUND"


@dataclass(slots=True)
class Shown:
    """What HubSpot shows, by the id that was asked for.

    `live` has the record that an id leads to, which may have another id after a merge. `later` are
    ids that could not be asked now, with HubSpot's Retry-After in seconds if it said one; `refused`
    those that HubSpot will not hear of.
    """

    live: dict[str, Result] = field(default_factory=dict)
    archived: dict[str, Result] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    later: dict[str, float] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Reading:
    """Reads one portal, within its budget."""

    conveyor: Conveyor

    def live(self, kind: ObjectType, ids: Iterable[str]) -> Shown:
        """Return what is live, and what could not be asked; the rest is not live."""
        shown = Shown()
        self._ask(read_by_id(kind, ids, also=_also(kind)), shown.live, shown)
        return shown

    def all(self, kind: ObjectType, ids: Iterable[str]) -> Shown:
        """Return what has become of every id."""
        wanted = tuple(dict.fromkeys(ids))
        shown = Shown()
        missing = self._ask(read_by_id(kind, wanted, also=_also(kind)), shown.live, shown)
        bin_ = read_by_id(kind, missing, archived=True)
        shown.gone = set(self._ask(bin_, shown.archived, shown))
        return shown

    def _ask(self, calls: tuple[Call, ...], into: dict[str, Result], shown: Shown) -> list[str]:
        """Sort the answers; return the ids that HubSpot says it does not have there."""
        missing: list[str] = []
        for call, outcome in self.conveyor.read(calls, urgent=False):
            asked = [i.id for i in call.inputs]
            match outcome:
                case Ok(results, errors):
                    found = _matched(asked, results)
                    into.update(found)
                    left = [i for i in asked if i not in found]
                    absent = [i for i in left if _said(i, errors)]
                    missing += absent
                    shown.later.update(dict.fromkeys(set(left) - set(absent), 0.0))
                case Refused():
                    shown.refused.update(asked)
                case _:
                    shown.later.update(dict.fromkeys(asked, _retry_after(outcome)))
        return missing


def _also(kind: ObjectType) -> tuple[str, ...]:
    return (MERGED_IDS,) if kind is ObjectType.CONTACTS else ()


def _matched(asked: Iterable[str], results: Iterable[Result]) -> dict[str, Result]:
    leads = {i: r for r in results for i in r.properties.get(MERGED_IDS, "").split(";") if i}
    leads |= {r.id: r for r in results}
    return {i: leads[i] for i in asked if i in leads}


def _said(hubspot_id: str, errors: tuple[Reason, ...]) -> bool:
    """Return whether the answer says that there is no such record."""
    return any(e.category == _NOT_FOUND and hubspot_id in e.ids for e in errors)


def _retry_after(outcome: Outcome) -> float:
    match outcome:
        case RateLimited(_, seconds) | Unavailable(_, seconds):
            return seconds or 0.0
    return 0.0
