"""The recycle bin: archiving, restoring, and deletion for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.twin import links
from local.twin.writes import announce, index_unique, stamp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.twin.state import Portal, Record

_PARENTS = {"orders", "deals", "carts"}
_LINES = "0-8"


def archive(portal: Portal, record: Record) -> None:
    """Archive a record: its unique values are free, and a parent takes its line items along."""
    if record.archived_at is not None:
        return
    record.archived_at = portal.clock.now()
    free_unique(portal, record)
    announce(portal, record)
    portal.tell("deletion", record.type.type_id, record.id, changeFlag="DELETED")
    for line in _lines(portal, record):
        archive(portal, line)


def free_unique(portal: Portal, record: Record) -> None:
    """Let others have a record's unique values."""
    for name, value in record.properties.items():
        index = portal.unique.get((record.type.type_id, name), {})
        if index.get(portal.fold(value)) == record.id:
            del index[portal.fold(value)]


def restore(portal: Portal, record: Record) -> None:
    """Bring an archived record back, with the line items that went with it.

    ValueError when another record has taken one of its unique values.
    """
    if record.archived_at is None:
        return
    for name, value in record.properties.items():
        owner = portal.unique.get((record.type.type_id, name), {}).get(portal.fold(value))
        if owner is not None and portal.is_unique(record.type, name):
            raise ValueError(f"{owner} has taken {name}={value}")
    gone_at, record.archived_at = record.archived_at, None
    for name, value in record.properties.items():
        index_unique(portal, record, name, value)
    stamp(portal, record)
    portal.tell("restore", record.type.type_id, record.id, changeFlag="RESTORED")
    for line in _lines(portal, record):
        if line.archived_at == gone_at:
            restore(portal, line)


def purge(portal: Portal, record: Record) -> None:
    """Delete a record for good; its associations go, and no read finds it again."""
    archive(portal, record)
    links.drop(portal, record)
    del portal.records[record.type.type_id][record.id]


def _lines(portal: Portal, record: Record) -> Iterator[Record]:
    if record.type.name not in _PARENTS:
        return
    for line_id in portal.associations.get((record.type.type_id, record.id, _LINES), {}):
        line = portal.records[_LINES].get(line_id)
        if line is not None:
            yield line
