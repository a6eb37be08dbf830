"""What only contacts have: merge and privacy deletion."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from local.twin import links
from local.twin.call import Answer, Call
from local.twin.catalog import READ_ONLY
from local.twin.changes import MERGE
from local.twin.objects import resolve, view
from local.twin.problems import Problem, missing_fields, resource_not_found
from local.twin.recycling import archive, free_unique, purge
from local.twin.state import Record
from local.twin.writes import forget, store

if TYPE_CHECKING:
    from local.twin.catalog import ObjectType
    from local.twin.state import Portal


def _contacts_only(call: Call) -> ObjectType:
    kind = call.kind()
    if kind.name != "contacts":
        raise resource_not_found()
    return kind


def merge(call: Call) -> Answer:
    """Merge one contact into another: the first one's values win, its id stays."""
    body, kind = call.fields(), _contacts_only(call)
    missing = [n for n in ("primaryObjectId", "objectIdToMerge") if n not in body]
    if missing:
        raise missing_fields(missing)
    primary = resolve(call.portal, kind, str(body["primaryObjectId"]))
    other = resolve(call.portal, kind, str(body["objectIdToMerge"]))
    if primary is None or other is None or primary.archived_at or other.archived_at:
        raise resource_not_found()
    if primary is other:
        raise Problem(400, "A contact cannot be merged with itself")
    with call.portal.acting(replace(MERGE, source_id=call.token.author.source_id)):
        kept = _merged(call.portal, primary, other)
    return Answer(200, view(call.portal, kept))


def _merged(portal: Portal, primary: Record, other: Record) -> Record:
    """Make one contact of two, which both ids lead to from then on."""
    values = _filled(portal, primary, other)
    kept = primary
    if portal.settings.merge_gives_new_id:
        now = portal.clock.now()
        kept = Record(str(next(portal.ids)), primary.type, now, now)
        own = {n: v for n, v in primary.properties.items() if n not in READ_ONLY}
        ids = f"{primary.id};{values['hs_merged_object_ids']}"
        values = {**own, **values, "hs_merged_object_ids": ids}
        _lead(portal, primary, kept)
        free_unique(portal, primary)
        forget(portal, primary)
    archive(portal, other)
    _lead(portal, other, kept)
    store(portal, kept, values, told=False)
    portal.tell(
        "merge",
        kept.type.type_id,
        kept.id,
        primaryObjectId=int(primary.id),
        mergedObjectIds=[int(other.id)],
        newObjectId=int(kept.id),
        numberOfPropertiesMoved=len(values),
    )
    return kept


def _filled(portal: Portal, primary: Record, other: Record) -> dict[str, str]:
    """Return what the first contact takes over from the other."""
    definitions = portal.properties[primary.type.type_id]
    mine = {
        n: v
        for n, v in other.properties.items()
        if n not in primary.properties and not definitions[n].read_only
    }
    merged_ids = primary.properties.get("hs_merged_object_ids")
    mine["hs_merged_object_ids"] = ";".join(filter(None, (merged_ids, other.id)))
    if "email" in primary.properties and "email" in other.properties:
        held = primary.properties.get("hs_additional_emails")
        mine["hs_additional_emails"] = ";".join(filter(None, (held, other.properties["email"])))
    return mine


def _lead(portal: Portal, gone: Record, kept: Record) -> None:
    """Let a merged contact's id, and those that led to it, lead to the one that is kept."""
    links.move(portal, gone, kept)
    type_id = gone.type.type_id
    del portal.records[type_id][gone.id]
    for key, leads_to in portal.merged.items():
        if leads_to == gone.id and key[0] == type_id:
            portal.merged[key] = kept.id
    portal.merged[type_id, gone.id] = kept.id


def gdpr_delete(call: Call) -> Answer:
    """Delete a contact for good.

    By e-mail, the address is blocked for ever, whether or not a contact has it.
    """
    body, kind = call.fields(), _contacts_only(call)
    if "objectId" not in body:
        raise missing_fields(["objectId"])
    by_email = body.get("idProperty") == "email"
    record = resolve(call.portal, kind, str(body["objectId"]), body.get("idProperty"))
    if by_email:
        call.portal.blocked_emails.add(str(body["objectId"]).strip().lower())
    if record is None:
        if by_email:
            return Answer(204)
        raise resource_not_found()
    if "email" in record.properties:
        call.portal.blocked_emails.add(record.properties["email"])
    purge(call.portal, record)
    call.portal.tell("privacyDeletion", record.type.type_id, record.id)
    return Answer(204)
