"""What we ask of HubSpot: one batch call as data, and how work is cut into such calls.

Batch sizes are HubSpot's ("API usage details", "Associations"): 100 inputs for every object batch,
2,000 pairs for associations, 1,000 records whose associations are read, 200 results of a search.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from core.crm.properties import NATIVE, OURS, UNIQUE, ObjectType

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

BATCH = 100
ASSOCIATIONS = 2_000
ASSOCIATED = 1_000
FOUND = 200


class Action(StrEnum):
    """What a batch call does."""

    READ = "read"
    UPSERT = "upsert"
    UPDATE = "update"
    ASSOCIATE = "associate"
    ASSOCIATED = "associated"
    SEARCH = "search"


@dataclass(frozen=True, slots=True)
class Input:
    """One input of a batch. `key` is our name for it, `id` what HubSpot knows it by.

    `to` is the other end of an association, a HubSpot id like `id`; `after` is where a read of its
    associations goes on.
    """

    key: str
    id: str
    properties: Mapping[str, str] = field(default_factory=dict, repr=False)
    to: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Query:
    """What a search finds: records with one of the properties `having`, by id from `after` on.

    Each page is a search of its own, so that none comes near the 10,000 results that a search ends
    at. `since` (epoch ms) leaves out what has not changed since.
    """

    having: tuple[str, ...]
    after: str = "0"
    since: int | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """One batch call.

    `id_property` names the property that the inputs' ids are values of, "" for HubSpot's own ids.
    `wanted` are the properties that a read asks for; `to_type` is an association's other type.
    A read finds either live records or, with `archived`, those in HubSpot's recycle bin.
    """

    action: Action
    type: ObjectType
    inputs: tuple[Input, ...]
    id_property: str = ""
    wanted: tuple[str, ...] = ()
    to_type: ObjectType | None = None
    query: Query | None = None
    archived: bool = False

    @property
    def name(self) -> str:
        """The call's name in logs and metrics, e.g. `orders.upsert`."""
        return f"{self.type}.{self.action}"

    def with_inputs(self, inputs: Sequence[Input]) -> Call:
        """Return the same call for other inputs."""
        return replace(self, inputs=tuple(inputs))

    def halves(self) -> tuple[Call, Call]:
        """Cut the call in two, to find the one input that HubSpot refuses."""
        middle = (len(self.inputs) + 1) // 2
        return self.with_inputs(self.inputs[:middle]), self.with_inputs(self.inputs[middle:])


def read(
    kind: ObjectType, id_property: str, inputs: Iterable[Input], wanted: Iterable[str]
) -> tuple[Call, ...]:
    """Return the calls that read records by a unique property."""
    return _cut(Call(Action.READ, kind, tuple(inputs), id_property, tuple(wanted)), BATCH)


def read_by_id(
    kind: ObjectType, ids: Iterable[str], *, archived: bool = False, also: Iterable[str] = ()
) -> tuple[Call, ...]:
    """Return the calls that read all that we know of records by HubSpot's own ids, and `also` more.

    A merged contact's id is answered with the record that is left, under its id.
    """
    inputs = tuple(Input(i, i) for i in dict.fromkeys(ids))
    wanted = (*shown(kind), *also)
    call = Call(Action.READ, kind, inputs, wanted=wanted, archived=archived)
    return _cut(call, BATCH)


def read_by_ours(kind: ObjectType, keys: Iterable[str]) -> tuple[Call, ...]:
    """Return the calls that read all that we know of live records by our own unique property."""
    return read(kind, UNIQUE[kind], (Input(k, k) for k in dict.fromkeys(keys)), shown(kind))


def shown(kind: ObjectType) -> tuple[str, ...]:
    """Return every property of a type that we know."""
    return (*NATIVE[kind], *(p.name for p in OURS[kind]))


def upsert(kind: ObjectType, inputs: Iterable[Input]) -> tuple[Call, ...]:
    """Return the calls that create or update records by our own unique property."""
    return _cut(Call(Action.UPSERT, kind, tuple(inputs), UNIQUE[kind]), BATCH)


def update(kind: ObjectType, inputs: Iterable[Input]) -> tuple[Call, ...]:
    """Return the calls that update records by HubSpot's id."""
    return _cut(Call(Action.UPDATE, kind, tuple(inputs)), BATCH)


def associate(kind: ObjectType, to: ObjectType, pairs: Iterable[Input]) -> tuple[Call, ...]:
    """Return the calls that associate records by the default type (a repeat changes nothing)."""
    return _cut(Call(Action.ASSOCIATE, kind, tuple(pairs), to_type=to), ASSOCIATIONS)


def associated(kind: ObjectType, to: ObjectType, inputs: Iterable[Input]) -> tuple[Call, ...]:
    """Return the calls that read which records of a type are associated with these."""
    return _cut(Call(Action.ASSOCIATED, kind, tuple(inputs), to_type=to), ASSOCIATED)


def search(kind: ObjectType, query: Query, wanted: Iterable[str]) -> Call:
    """Return the call that finds up to 200 records, sorted by id. The index lags up to 30 s."""
    return Call(Action.SEARCH, kind, (), wanted=tuple(wanted), query=query)


def _cut(call: Call, size: int) -> tuple[Call, ...]:
    inputs = call.inputs
    return tuple(
        call.with_inputs(inputs[start : start + size]) for start in range(0, len(inputs), size)
    )
