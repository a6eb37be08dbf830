"""Adopt before create: what stands in HubSpot already, put there by someone else, becomes ours.

Found by e-mail (contacts) or SKU (products), by a read and never by a search, whose index lags.
HubSpot may fold the case of unique values: a product is ours only if its SKU agrees in every
character, while an e-mail has no case. What holds our e-mail or SKU without being ours keeps it:
the record is then pushed without that property, which HubSpot would refuse twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.crm.calls import Input, read, update, upsert
from core.crm.outcomes import Denied, Ok, Refused
from core.crm.properties import ADOPT_BY, UNIQUE, ObjectType
from core.crm.verdicts import judge

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from core.crm.calls import Call
    from core.crm.outcomes import Outcome, Result
    from core.crm.subjects import Subject
    from core.crm.verdicts import Verdict

ALSO_EMAILS = "hs_additional_emails"


@dataclass(frozen=True, slots=True)
class Found:
    """What HubSpot holds: the record to adopt, if any, and properties that are taken there."""

    hubspot_id: str | None = None
    withheld: frozenset[str] = frozenset()


def questions(kind: ObjectType, subjects: Iterable[Subject]) -> tuple[Call, ...]:
    """Return the reads that look for records of subjects that have no link yet."""
    name = ADOPT_BY[kind]
    wanted = [name, UNIQUE[kind]] + ([ALSO_EMAILS] if kind is ObjectType.CONTACTS else [])
    inputs = [Input(s.key, s.adopt_by) for s in subjects if s.link is None and s.adopt_by]
    return read(kind, name, inputs, wanted)


def answered(
    call: Call, outcome: Outcome, found: dict[str, Found], open_: dict[str, Verdict]
) -> None:
    """Note what a read shows: `found` by subject's key, or in `open_` why it is not known yet."""
    match outcome:
        case Ok(results):
            found.update(matches(call, results))
        case Refused() | Denied(status=400):
            found.update({i.key: Found() for i in call.inputs})
        case _:
            open_.update(judge(call, outcome).verdicts)


def matches(call: Call, results: Sequence[Result]) -> dict[str, Found]:
    """Match the answer of a read to its inputs; a record is given to one input only."""
    name = ADOPT_BY[call.type]
    by_value = {_folded(r.properties.get(name)): r for r in results}
    also = {
        address: r
        for r in results
        for address in _folded(r.properties.get(ALSO_EMAILS)).split(";")
        if address
    }
    found: dict[str, Found] = {}
    for asked in call.inputs:
        holder = by_value.get(_folded(asked.id))
        if holder is None:
            other = also.get(_folded(asked.id))
            found[asked.key] = Found() if other is None else _secondary(other, by_value, call)
        elif call.type is ObjectType.PRODUCTS and holder.properties.get(name) != asked.id:
            found[asked.key] = Found(withheld=frozenset({name}))
        else:
            found[asked.key] = Found(holder.id)
    return found


def _secondary(holder: Result, by_value: dict[str, Result], call: Call) -> Found:
    """Judge a contact that holds our e-mail as a further one: ours unless its first is asked."""
    name = ADOPT_BY[call.type]
    first = _folded(holder.properties.get(name))
    claimed = first in by_value and any(_folded(i.id) == first for i in call.inputs)
    return Found(None if claimed else holder.id, frozenset({name}))


def writes(
    kind: ObjectType, subjects: Iterable[Subject], found: dict[str, Found]
) -> tuple[Call, ...]:
    """Return the calls that write subjects: updates of what is adopted, upserts of all others.

    A suspect travels alone.
    """
    adopted: list[Input] = []
    own: list[Input] = []
    alone: list[Call] = []
    for subject in subjects:
        there = found.get(subject.key, Found())
        properties = {k: v for k, v in subject.properties.items() if k not in there.withheld}
        made = Input(subject.key, there.hubspot_id or subject.key, properties)
        if subject.suspect:
            alone += (update if there.hubspot_id else upsert)(kind, [made])
        elif there.hubspot_id:
            adopted.append(made)
        else:
            own.append(made)
    return (*update(kind, adopted), *upsert(kind, own), *alone)


def _folded(value: str | None) -> str:
    return (value or "").strip().casefold()
