"""What only contacts have: merge and privacy deletion."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.twin import links
from local.twin.call import Answer, Call
from local.twin.objects import resolve, view
from local.twin.problems import Problem, missing_fields, resource_not_found
from local.twin.writes import announce, archive, store

if TYPE_CHECKING:
    from local.twin.catalog import ObjectType


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
    definitions = call.portal.properties[kind.type_id]
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
    links.move(call.portal, other, primary)
    archive(call.portal, other)
    del call.portal.records[kind.type_id][other.id]
    call.portal.merged[kind.type_id, other.id] = primary.id
    store(call.portal, primary, mine, source="MERGE_OBJECTS")
    return Answer(200, view(call.portal, primary))


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
    archive(call.portal, record)
    announce(call.portal, record)
    links.drop(call.portal, record)
    del call.portal.records[kind.type_id][record.id]
    return Answer(204)
