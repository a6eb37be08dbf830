"""What reconcile asks HubSpot: reads by id or by our own id, associations, searches by keyset.

Every answer is compared with what was asked: what is neither returned nor reported as missing is
asked for once more, alone, and then reported. It is never taken for deleted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.crm.calls import Input, associated, read_by_id, read_by_ours, search
from core.crm.outcomes import NotSent, Ok, RateLimited, Refused
from core.crm.properties import MODIFIED, UNIQUE, ObjectType

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.crm.calls import Call, Query
    from core.crm.conveyor import Conveyor
    from core.crm.outcomes import Outcome, Result

_By = Callable[["Call", "Result"], list[str]]

MERGED_IDS = "hs_merged_object_ids"
"""HubSpot's own property of a contact: the ids of those that went into it, with semicolons."""


class Interrupted(Exception):
    """HubSpot cannot be asked now; the message says why, for the operator."""


@dataclass(frozen=True, slots=True)
class Read:
    """What HubSpot holds of the ids asked for; `unread` are those of which it said nothing."""

    found: dict[str, Result]
    unread: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Reader:
    """Asks one portal, within its limits and never urgently."""

    conveyor: Conveyor

    def by_id(self, kind: ObjectType, ids: Iterable[str]) -> Read:
        """Read live records by HubSpot's ids.

        A contact that was merged away is found under the id of the contact that is left.
        """
        own = [MODIFIED[kind]] + ([MERGED_IDS] if kind is ObjectType.CONTACTS else [])
        calls = [replace(c, wanted=(*c.wanted, *own)) for c in read_by_id(kind, ids)]
        return self._asked(calls, _by_id)

    def by_ours(self, kind: ObjectType, keys: Iterable[str]) -> Read:
        """Read live records by our own unique ids."""
        return self._asked(read_by_ours(kind, keys), _by_ours)

    def associated(
        self, kind: ObjectType, to: ObjectType, ids: Iterable[str]
    ) -> dict[str, set[str]]:
        """Return the ids of a type that each record is associated with, page by page to the end."""
        linked: dict[str, set[str]] = {i: set() for i in ids}
        asked = [Input(i, i) for i in linked]
        while asked:
            further: list[Input] = []
            for _, outcome in self.conveyor.read(associated(kind, to, asked), urgent=False):
                done = _done(outcome)
                for result in done.results:
                    linked[result.id].add(result.to)
                further += [Input(i, i, after=after) for i, after in done.more.items()]
            asked = further
        return linked

    def search(
        self, kind: ObjectType, query: Query, wanted: Iterable[str]
    ) -> tuple[tuple[Result, ...], str | None]:
        """Return the next records by id, and the id to go on after, None when there are no more.

        A search that does not say how many there are, or is not sorted, would lose records
        silently: then the run stops.
        """
        ((_, outcome),) = self.conveyor.read([search(kind, query, wanted)], urgent=False)
        done = _done(outcome)
        ids = [int(query.after), *(int(r.id) for r in done.results)]
        if done.total is None or ids != sorted(set(ids)):
            raise Interrupted(f"HubSpot's search for {kind} is not sorted by id")
        if done.total > len(done.results) and not done.results:
            raise Interrupted(f"HubSpot's search for {kind} shows none of {done.total}")
        return done.results, str(ids[-1]) if done.total > len(done.results) else None

    def _asked(self, calls: Iterable[Call], by: _By) -> Read:
        """Read, and ask once more, each alone, for what was neither returned nor missed."""
        found: dict[str, Result] = {}
        silent: list[Call] = []
        for call, outcome in self.conveyor.read(calls, urgent=False):
            silent += _taken(call, outcome, by, found)
        unread: list[Call] = []
        for call, outcome in self.conveyor.read(silent, urgent=False):
            unread += _taken(call, outcome, by, found)
        return Read(found, frozenset(c.inputs[0].id for c in unread))


def _by_id(call: Call, result: Result) -> list[str]:
    """Return which of the ids asked for a record answers: its own, and those merged into it."""
    asked = {i.id for i in call.inputs}
    return [i for i in (result.id, *result.properties.get(MERGED_IDS, "").split(";")) if i in asked]


def _by_ours(call: Call, result: Result) -> list[str]:
    return [result.properties.get(UNIQUE[call.type], "")]


def _taken(call: Call, outcome: Outcome, by: _By, found: dict[str, Result]) -> list[Call]:
    """Note what a call returned; return, each alone, what it said nothing of."""
    if isinstance(outcome, Refused):
        return [call.with_inputs([i]) for i in call.inputs]
    done = _done(outcome)
    for result in done.results:
        found.update(dict.fromkeys(by(call, result), result))
    missed = {i for reason in done.errors for i in reason.ids}
    left = [i for i in call.inputs if i.id not in found and i.id not in missed]
    if len(call.inputs) == 1 and done.errors:
        return []  # the only one asked for is the one that is missing
    return [call.with_inputs([i]) for i in left]


def _done(outcome: Outcome) -> Ok:
    match outcome:
        case Ok():
            return outcome
        case NotSent() | RateLimited():
            raise Interrupted("HubSpot's limits leave no room now")
    raise Interrupted(f"HubSpot does not answer: {outcome}")
