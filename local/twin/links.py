"""Association types between object types, and the links that a portal holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from local.twin.catalog import ObjectType
    from local.twin.state import Link, Portal, Record

DEFINED = "HUBSPOT_DEFINED"
# (from, to, type id, type id back); the first of a pair is its default.
# Ids are HubSpot's documented ones; ASSUMPTIONS.md lists those that are not.
_PAIRS = (
    ("0-123", "0-1", 507, 508),
    ("0-123", "0-8", 513, 514),
    ("0-123", "0-2", 509, 510),
    ("0-123", "0-2", 934, 935),
    ("0-123", "0-3", 512, 511),
    ("0-123", "0-142", 593, 592),
    ("0-142", "0-1", 586, 587),
    ("0-142", "0-8", 590, 591),
    ("0-3", "0-8", 19, 20),
    ("0-3", "0-1", 3, 4),
    ("0-3", "0-2", 341, 342),
    ("0-1", "0-2", 279, 280),
)
_BACK = {(a, b, t): r for a, b, t, r in _PAIRS} | {(b, a, r): t for a, b, t, r in _PAIRS}


def default_type(source: ObjectType, target: ObjectType) -> int | None:
    """Return the type id of the unlabelled association of a pair, or None."""
    for a, b, type_id in _BACK:
        if (a, b) == (source.type_id, target.type_id):
            return type_id
    return None


def allows(source: ObjectType, target: ObjectType, type_id: int) -> bool:
    """Tell whether the association type goes from source to target."""
    return (source.type_id, target.type_id, type_id) in _BACK


def linked(portal: Portal, record: Record, target: ObjectType) -> dict[str, set[Link]]:
    """Return the live records of a type that a record is associated with."""
    found = portal.associations.get((record.type.type_id, record.id, target.type_id), {})
    live = portal.records[target.type_id]
    return {i: s for i, s in found.items() if i in live and live[i].archived_at is None}


def connect(portal: Portal, source: Record, target: Record, type_id: int) -> None:
    """Associate two records, both ways; again is no change."""
    back = _BACK[source.type.type_id, target.type.type_id, type_id]
    for a, b, id_ in ((source, target, type_id), (target, source, back)):
        key = (a.type.type_id, a.id, b.type.type_id)
        held = portal.associations.setdefault(key, {}).setdefault(b.id, set())
        if (DEFINED, id_) not in held:
            held.add((DEFINED, id_))
            _tell(portal, a, b, removed=False)


def disconnect(portal: Portal, source: Record, target: Record, type_id: int | None = None) -> None:
    """Remove one association type between two records, or all of them."""
    back = None if type_id is None else _BACK[source.type.type_id, target.type.type_id, type_id]
    for a, b, id_ in ((source, target, type_id), (target, source, back)):
        held = portal.associations.get((a.type.type_id, a.id, b.type.type_id), {})
        if b.id not in held or (id_ is not None and (DEFINED, id_) not in held[b.id]):
            continue
        held[b.id] = set() if id_ is None else held[b.id] - {(DEFINED, id_)}
        if not held[b.id]:
            del held[b.id]
        _tell(portal, a, b, removed=True)


def _tell(portal: Portal, source: Record, target: Record, *, removed: bool) -> None:
    portal.tell(
        "associationChange",
        source.type.type_id,
        source.id,
        associationType=f"{source.type.legacy}_TO_{target.type.legacy}",
        fromObjectId=int(source.id),
        toObjectId=int(target.id),
        associationRemoved=removed,
        isPrimaryAssociation=False,
    )


def move(portal: Portal, source: Record, target: Record) -> None:
    """Give all of one record's associations to another of the same type (a merge)."""
    for key in [k for k in portal.associations if k[:2] == (source.type.type_id, source.id)]:
        for other_id, links in portal.associations.pop(key).items():
            mine = portal.associations.setdefault((key[0], target.id, key[2]), {})
            mine.setdefault(other_id, set()).update(links)
            theirs = portal.associations.get((key[2], other_id, key[0]), {})
            if source.id in theirs:
                theirs.setdefault(target.id, set()).update(theirs.pop(source.id))


def drop(portal: Portal, record: Record) -> None:
    """Forget all associations of a record that is gone for good."""
    for key in [k for k in portal.associations if k[:2] == (record.type.type_id, record.id)]:
        for other_id in portal.associations.pop(key):
            portal.associations.get((key[2], other_id, key[0]), {}).pop(record.id, None)
