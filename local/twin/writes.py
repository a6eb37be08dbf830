"""Planning and applying writes: a batch is checked whole before anything changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from local.twin.clock import iso
from local.twin.problems import Problem, missing_properties
from local.twin.state import Record, Value
from local.twin.validation import clean

if TYPE_CHECKING:
    from local.twin.catalog import ObjectType
    from local.twin.state import Portal

_HISTORY = 20
_SEARCH_QUEUE = 10_000  # then what is due is taken in, though nobody searched


@dataclass(slots=True)
class Write:
    """One planned write: the record (not yet stored when new) and the values to set."""

    record: Record
    values: dict[str, str]
    new: bool
    trace: str | None = None


@dataclass(slots=True)
class Plan:
    """The writes of one call; knows the unique values that its own writes will take."""

    portal: Portal
    kind: ObjectType
    version: str = ""
    writes: list[Write] = field(default_factory=list)
    claims: dict[tuple[str, str], str] = field(default_factory=dict)

    def create(self, properties: dict[str, Any], *, trace: str | None = None) -> Write:
        """Plan a new record."""
        now = self.portal.clock.now()
        record = Record(str(next(self.portal.ids)), self.kind, now, now)
        values = clean(self.portal, self.kind, properties, {}, self.version)
        missing = [n for n in self.kind.required if not values.get(n)]
        if missing:
            raise missing_properties(self.kind.legacy, missing)
        return self._add(Write(record, values, new=True, trace=trace))

    def update(
        self, record: Record, properties: dict[str, Any], *, trace: str | None = None
    ) -> Write:
        """Plan a change of a stored record."""
        values = clean(self.portal, self.kind, properties, record.properties, self.version)
        return self._add(Write(record, values, new=False, trace=trace))

    def _add(self, write: Write) -> Write:
        taken = {}
        for name, value in write.values.items():
            if value and self.portal.is_unique(self.kind, name):
                key = (name, self.portal.fold(value))
                owner = self.claims.get(key) or self._stored_owner(*key)
                if owner not in {None, write.record.id}:
                    raise self._conflict(write, name, value, str(owner))
                taken[key] = write.record.id
        self.claims.update(taken)
        self.writes.append(write)
        return write

    def _stored_owner(self, name: str, folded: str) -> str | None:
        return self.portal.unique.get((self.kind.type_id, name), {}).get(folded)

    def _conflict(self, write: Write, name: str, value: str, owner: str) -> Problem:
        if name == "email" and write.new:
            return Problem(
                409, f"Contact already exists. Existing ID: {owner}", category="CONFLICT"
            )
        where = (
            f"portalId={self.portal.id}, objectTypeId=ObjectTypeId{{legacyObjectType="
            f"{self.kind.legacy}}}, propertyName={name}, value={value}"
        )
        return Problem(
            400,
            f"Cannot set PropertyValueCoordinates{{{where}}} on {write.record.id}. "
            f"{owner} already has that value.",
        )

    def apply(self) -> None:
        """Carry the planned writes out."""
        for write in self.writes:
            store(self.portal, write.record, write.values)


def store(portal: Portal, record: Record, values: dict[str, str], *, told: bool = True) -> None:
    """Set values ("" clears), and keep index, history, dates and search in step.

    Who writes is `portal.author`. Listeners hear of a new record and each value that differs,
    unless `told` is false.
    """
    now, type_id = portal.clock.now(), record.type.type_id
    new = record.id not in portal.records[type_id]
    differing = {n: v for n, v in values.items() if record.properties.get(n, "") != v}
    for name, value in values.items():
        index_unique(portal, record, name, value)
        if value:
            record.properties[name] = value
        else:
            record.properties.pop(name, None)
        history = record.history.setdefault(name, [])
        history.insert(0, Value(value, now, portal.author.source))
        del history[_HISTORY:]
    portal.records[type_id][record.id] = record
    stamp(portal, record)
    if told and new:
        portal.tell("creation", type_id, record.id, changeFlag="NEW")
    for name, value in differing.items() if told else ():
        portal.tell("propertyChange", type_id, record.id, propertyName=name, propertyValue=value)


def stamp(portal: Portal, record: Record) -> None:
    """Set the dates of a record that changed now, and let search learn of it."""
    record.updated_at = portal.clock.now()
    record.properties.update(_kept_by_hubspot(record))
    announce(portal, record)


def _kept_by_hubspot(record: Record) -> dict[str, str]:
    created, updated = iso(record.created_at), iso(record.updated_at)
    kept = {"hs_object_id": record.id, "createdate": created, "hs_lastmodifieddate": updated}
    if record.type.name == "contacts":
        kept["lastmodifieddate"] = updated
    if "hs_createdate" in record.type.shown:
        kept["hs_createdate"] = created
    return kept


def index_unique(portal: Portal, record: Record, name: str, value: str) -> None:
    """Note that a unique property of a record has a value; others are left alone."""
    if not portal.is_unique(record.type, name):
        return
    index = portal.unique.setdefault((record.type.type_id, name), {})
    old = record.properties.get(name)
    if old and index.get(portal.fold(old)) == record.id:
        del index[portal.fold(old)]
    if value:
        index[portal.fold(value)] = record.id


def rebuild_unique(portal: Portal) -> None:
    """Index unique values afresh, after a switch changed what is unique or how it compares."""
    portal.unique.clear()
    for records in portal.records.values():
        for record in records.values():
            if record.archived_at is None:
                for name, value in record.properties.items():
                    index_unique(portal, record, name, value)


def announce(portal: Portal, record: Record) -> None:
    """Let search learn of the record, after its lag."""
    copy = Record(
        record.id, record.type, record.created_at, record.updated_at, dict(record.properties)
    )
    _tell_search(portal, record, None if record.archived_at else copy)


def forget(portal: Portal, record: Record) -> None:
    """Let search learn, after its lag, that the record is there no longer."""
    _tell_search(portal, record, None)


def _tell_search(portal: Portal, record: Record, visible: Record | None) -> None:
    at = portal.clock.now() + portal.settings.search_lag_ms
    portal.search_queue.append((at, record.type.type_id, record.id, visible))
    if len(portal.search_queue) >= _SEARCH_QUEUE:
        catch_up(portal)


def catch_up(portal: Portal) -> None:
    """Let the index learn what it is due to know by now."""
    now = portal.clock.now()
    waiting = []
    for at, type_id, record_id, record in portal.search_queue:
        if at > now:
            waiting.append((at, type_id, record_id, record))
        elif record is None:
            portal.search_index[type_id].pop(record_id, None)
        else:
            portal.search_index[type_id][record_id] = record
    portal.search_queue[:] = waiting
