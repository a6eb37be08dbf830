"""Single records: GET, POST, PATCH, DELETE /crm/objects/{version}/{objectType}."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Any

from local.twin.associations import associated, attach_on_create, plan_links
from local.twin.call import Answer, Call
from local.twin.clock import iso
from local.twin.problems import Problem, missing_fields, resource_not_found
from local.twin.recycling import archive
from local.twin.writes import Plan, Write

if TYPE_CHECKING:
    from local.twin.catalog import ObjectType
    from local.twin.state import Portal, Record

MAX_PAGE = 100
MAX_PAGE_WITH_HISTORY = 50
_ALWAYS = ("createdate", "hs_lastmodifieddate", "hs_object_id")


def resolve(
    portal: Portal, kind: ObjectType, key: str, id_property: str | None = None
) -> Record | None:
    """Find a record, archived or not, by id or by a unique property (folded)."""
    record_id: str | None = key
    if id_property and id_property != "hs_object_id":
        check_id_property(portal, kind, id_property)
        index = portal.unique.get((kind.type_id, id_property.lower()), {})
        record_id = index.get(portal.fold(key))
    if record_id is None:
        return None
    record_id = portal.merged.get((kind.type_id, record_id), record_id)
    return portal.records[kind.type_id].get(record_id)


def check_id_property(portal: Portal, kind: ObjectType, name: str) -> None:
    """Refuse an idProperty that does not have unique values."""
    if name != "hs_object_id" and not portal.is_unique(kind, name.lower()):
        raise Problem(
            400,
            f"Unable to perform update/upsert by non-unique {kind.type_id} property {name}",
        )


def view(
    portal: Portal,
    record: Record,
    names: list[str] | None = None,
    history: list[str] | None = None,
) -> dict[str, Any]:
    """Return a record as a reader sees it: default or asked-for properties.

    One that is defined and unset is null; one that is not defined is left out.
    """
    known = portal.properties[record.type.type_id]
    wanted = [*_ALWAYS, *(names or record.type.shown)]
    body: dict[str, Any] = {
        "id": record.id,
        "properties": {n: record.properties.get(n) for n in map(str.lower, wanted) if n in known},
        "createdAt": iso(record.created_at),
        "updatedAt": iso(record.updated_at),
        "archived": record.archived_at is not None,
    }
    if record.archived_at is not None:
        body["archivedAt"] = iso(record.archived_at)
    if history:
        body["propertiesWithHistory"] = {
            n: [
                {"value": v.value, "timestamp": iso(v.at), "sourceType": v.source}
                for v in record.history.get(n, [])
            ]
            for n in history
            if n in known
        }
        body["properties"].update({n: record.properties.get(n) for n in history if n in known})
    return body


def written(write: Write) -> dict[str, Any]:
    """Return a record as the answer to a write shows it: what was set, and HubSpot's own."""
    record = write.record
    own = {
        n: record.properties[n] for n in (*_ALWAYS, *record.type.shown) if n in record.properties
    }
    body = {
        "id": record.id,
        "properties": {**own, **write.values},
        "createdAt": iso(record.created_at),
        "updatedAt": iso(record.updated_at),
        "archived": False,
    }
    if write.trace is not None:
        body["objectWriteTraceId"] = write.trace
    return body


def create(call: Call) -> Answer:
    """Create one record, with associations."""
    body, kind = call.fields(), call.kind()
    if not isinstance(body.get("properties"), dict):
        raise missing_fields(["properties"])
    links = plan_links(call.portal, kind, body.get("associations") or [])
    plan = Plan(call.portal, kind, call.version)
    write = plan.create(body["properties"])
    plan.apply()
    attach_on_create(call.portal, write.record, links)
    return Answer(201, written(write))


def _live(call: Call, *, archived: bool = False) -> Record:
    kind = call.kind()
    record = resolve(call.portal, kind, call.path["objectId"], call.one("idProperty"))
    if record is None or (record.archived_at is not None) != archived:
        raise resource_not_found()
    return record


def read(call: Call) -> Answer:
    """Read one record."""
    record = _live(call, archived=call.flag("archived"))
    body = view(call.portal, record, call.names("properties"), call.names("propertiesWithHistory"))
    wanted = call.names("associations")
    if wanted:
        body["associations"] = associated(call.portal, record, wanted)
    return Answer(200, body)


def update(call: Call) -> Answer:
    """Change one record's properties."""
    record, body = _live(call), call.fields()
    if not isinstance(body.get("properties"), dict):
        raise missing_fields(["properties"])
    plan = Plan(call.portal, record.type, call.version)
    write = plan.update(record, body["properties"])
    plan.apply()
    return Answer(200, written(write))


def delete(call: Call) -> Answer:
    """Archive one record; one that is not there is no error."""
    record = resolve(call.portal, call.kind(), call.path["objectId"])
    if record is not None:
        archive(call.portal, record)
    return Answer(204)


def list_page(call: Call) -> Answer:
    """List records by id, a page at a time."""
    kind, archived = call.kind(), call.flag("archived")
    names, history = call.names("properties"), call.names("propertiesWithHistory")
    limit = page_limit(call.one("limit"), 10, MAX_PAGE_WITH_HISTORY if history else MAX_PAGE)
    records = list(call.portal.records[kind.type_id].values())
    after = call.one("after")
    start = bisect_right(records, int(after), key=lambda r: int(r.id)) if after else 0
    page: list[Record] = []
    more = False
    for record in records[start:]:
        if (record.archived_at is not None) != archived:
            continue
        if len(page) == limit:
            more = True
            break
        page.append(record)
    body: dict[str, Any] = {"results": [view(call.portal, r, names, history) for r in page]}
    wanted = call.names("associations")
    if wanted:
        for shown, record in zip(body["results"], page, strict=True):
            shown["associations"] = associated(call.portal, record, wanted)
    if more:
        body["paging"] = {"next": {"after": page[-1].id, "link": f"?after={page[-1].id}"}}
    return Answer(200, body)


def page_limit(given: str | int | None, default: int, most: int) -> int:
    """Return the page size asked for, within the endpoint's limit."""
    try:
        limit = default if given is None else int(given)
    except ValueError:
        raise Problem(400, f"Invalid limit: {given}") from None
    if not 0 < limit <= most:
        raise Problem(400, f"Invalid limit {limit}. It must be between 1 and {most}")
    return limit
