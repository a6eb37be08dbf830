"""What one portal holds: records, definitions, associations. In memory only."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

from local.twin.catalog import TYPES, ObjectType
from local.twin.changes import API, Author, Change, Listener
from local.twin.pipelines import Pipeline, default_pipelines
from local.twin.properties import Property, default_properties

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.twin.clock import Clock
    from local.twin.rules import Rule

Link = tuple[str, int]  # association category and type id


@dataclass(frozen=True, slots=True)
class Value:
    """One value that a property had, from `at` (epoch ms) on."""

    value: str
    at: int
    source: str


@dataclass(slots=True)
class Record:
    """A CRM record. Properties are strings; one that is unset is not there."""

    id: str
    type: ObjectType
    created_at: int
    updated_at: int
    properties: dict[str, str] = field(default_factory=dict)
    history: dict[str, list[Value]] = field(default_factory=dict)
    archived_at: int | None = None


@dataclass(slots=True)
class PortalSettings:
    """Switches for what HubSpot does differently from portal to portal, or does not document."""

    search_lag_ms: int = 2_000
    property_lag_ms: int = 0
    folds_unique_values: bool = True
    sku_is_unique: bool = True
    traced_writes_are_partial: bool = False
    merge_gives_new_id: bool = False
    sends_retry_after: bool = False


@dataclass(slots=True)
class Portal:
    """One HubSpot account."""

    id: int
    clock: Clock
    tier: str = "professional"
    settings: PortalSettings = field(default_factory=PortalSettings)
    properties: dict[str, dict[str, Property]] = field(default_factory=dict)
    groups: dict[str, dict[str, str]] = field(default_factory=dict)
    pipelines: dict[str, dict[str, Pipeline]] = field(default_factory=dict)
    records: dict[str, dict[str, Record]] = field(default_factory=dict)
    # (type id, property) -> folded value -> record id
    unique: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    # (type id, record id, other type id) -> other record id -> links
    associations: dict[tuple[str, str, str], dict[str, set[Link]]] = field(default_factory=dict)
    rules: list[Rule] = field(default_factory=list)
    # Who makes the change of the moment; calls are handled one at a time.
    author: Author = API
    listeners: list[Listener] = field(default_factory=list)
    merged: dict[tuple[str, str], str] = field(default_factory=dict)
    blocked_emails: set[str] = field(default_factory=set)
    # What search knows, and what it is yet to learn: (visible at, type id, id, record or None).
    search_index: dict[str, dict[str, Record]] = field(default_factory=dict)
    search_queue: list[tuple[int, str, str, Record | None]] = field(default_factory=list)
    ids: count[int] = field(default_factory=lambda: count(30_000_000_001))

    def __post_init__(self) -> None:
        """Fill in what every account starts with."""
        now = self.clock.now()
        for kind in TYPES:
            self.properties[kind.type_id] = default_properties(kind, now)
            self.groups[kind.type_id] = {kind.group: kind.label + " information"}
            self.pipelines[kind.type_id] = default_pipelines(kind, now)
            self.records[kind.type_id] = {}
            self.search_index[kind.type_id] = {}

    def tell(self, what: str, type_id: str, object_id: str, **details: Any) -> None:
        """Tell the listeners of a change that was made now."""
        for listener in self.listeners:
            now = self.clock.now()
            listener(Change(self.id, what, type_id, object_id, now, self.author, details))

    @contextmanager
    def acting(self, author: Author) -> Iterator[None]:
        """Make changes as someone else."""
        before, self.author = self.author, author
        try:
            yield
        finally:
            self.author = before

    def is_unique(self, kind: ObjectType, name: str) -> bool:
        """Tell whether no two records of the type may share the property's value."""
        if kind.name == "products" and name == "hs_sku":
            return self.settings.sku_is_unique
        found = self.properties[kind.type_id].get(name)
        return found is not None and found.unique

    def fold(self, value: str) -> str:
        """Return the form in which unique values are compared."""
        value = value.strip()
        return value.casefold() if self.settings.folds_unique_values else value
