"""Associations: /crm/v4/associations, /crm/associations/{version} and the per-record paths."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local.twin import links
from local.twin.call import Answer, Call, batch_answer
from local.twin.catalog import find_type
from local.twin.problems import Problem, missing_fields, too_many_inputs

if TYPE_CHECKING:
    from local.twin.catalog import ObjectType
    from local.twin.state import Portal, Record

MAX_CREATE = 2_000
MAX_READ = 1_000
MAX_LISTED = 500
Planned = list[tuple["Record", int]]


def live(portal: Portal, kind: ObjectType, record_id: str) -> Record:
    """Find a live record by id, or raise a Problem."""
    record_id = portal.merged.get((kind.type_id, record_id), record_id)
    record = portal.records[kind.type_id].get(record_id)
    if record is None or record.archived_at is not None:
        raise Problem(404, f"{kind.legacy}={record_id} is not valid", context={"id": [record_id]})
    return record


def _check_type(source: ObjectType, target: ObjectType, spec: dict[str, Any]) -> int:
    missing = [n for n in ("associationCategory", "associationTypeId") if n not in spec]
    if missing:
        raise missing_fields(missing)
    type_id = spec["associationTypeId"]
    if spec["associationCategory"] != links.DEFINED or not links.allows(source, target, type_id):
        raise Problem(
            400,
            f"Association type {type_id} is not valid from {source.legacy} to {target.legacy}",
        )
    return int(type_id)


def _default_type(source: ObjectType, target: ObjectType) -> int:
    type_id = links.default_type(source, target)
    if type_id is None:
        raise Problem(400, f"{source.legacy} cannot be associated with {target.legacy}")
    return type_id


def plan_links(portal: Portal, source: ObjectType, given: list[dict[str, Any]]) -> Planned:
    """Check the associations of a create body: the type ids tell the other side's type."""
    planned: Planned = []
    for one in given:
        for spec in one.get("types") or []:
            kinds = [k for k in map(find_type, portal.records) if k and _fits(source, k, spec)]
            if not kinds:
                raise Problem(400, f"Association type {spec} is not valid from {source.legacy}")
            record = live(portal, kinds[0], str(one["to"]["id"]))
            planned.append((record, int(spec["associationTypeId"])))
    return planned


def _fits(source: ObjectType, target: ObjectType, spec: dict[str, Any]) -> bool:
    return links.allows(source, target, spec.get("associationTypeId", -1))


def attach_on_create(portal: Portal, record: Record, planned: Planned) -> None:
    """Associate a new record as its create body asked."""
    for target, type_id in planned:
        links.connect(portal, record, target, type_id)


def associated(portal: Portal, record: Record, names: list[str]) -> dict[str, Any]:
    """Return the `associations` part of a record: per type the ids and association names."""
    found = {}
    for name in names:
        kind = find_type(name)
        if kind is None:
            raise Problem(400, f"Unable to infer object type from: {name}")
        label = f"{record.type.singular}_to_{kind.singular}"
        results = [{"id": i, "type": label} for i in links.linked(portal, record, kind)]
        if results:
            found[kind.label.lower()] = {"results": results}
    return found


def _pair(source: Record, target: Record) -> dict[str, Any]:
    return {
        "fromObjectTypeId": source.type.type_id,
        "fromObjectId": source.id,
        "toObjectTypeId": target.type.type_id,
        "toObjectId": target.id,
        "labels": [],
    }


def _default(source: Record, target: Record, type_id: int) -> dict[str, Any]:
    return {
        "from": {"id": source.id},
        "to": {"id": target.id},
        "associationSpec": {
            "associationCategory": links.DEFINED,
            "associationTypeId": type_id,
        },
    }


def _inputs(call: Call, most: int, *required: str) -> list[dict[str, Any]]:
    inputs = call.inputs(*required)
    if len(inputs) > most:
        raise too_many_inputs(most)
    return inputs


def _ends(call: Call) -> tuple[ObjectType, ObjectType]:
    return call.kind("fromObjectType"), call.kind("toObjectType")


def batch_create(call: Call) -> Answer:
    """Associate up to 2,000 pairs; a pair with a missing record is an error entry."""
    source_kind, target_kind = _ends(call)
    results, errors = [], []
    for one in _inputs(call, MAX_CREATE, "from", "to", "types"):
        types = [_check_type(source_kind, target_kind, s) for s in one["types"]]
        try:
            source = live(call.portal, source_kind, str(one["from"]["id"]))
            target = live(call.portal, target_kind, str(one["to"]["id"]))
        except Problem as problem:
            errors.append(problem.entry())
            continue
        for type_id in types:
            links.connect(call.portal, source, target, type_id)
        results.append(_pair(source, target))
    return batch_answer(call, 200 if call.version == "2026-09" else 201, results, errors)


def batch_default(call: Call) -> Answer:
    """Associate pairs by the default type of their object types."""
    source_kind, target_kind = _ends(call)
    type_id = _default_type(source_kind, target_kind)
    results, errors = [], []
    for one in _inputs(call, MAX_CREATE, "from", "to"):
        try:
            source = live(call.portal, source_kind, str(one["from"]["id"]))
            target = live(call.portal, target_kind, str(one["to"]["id"]))
        except Problem as problem:
            errors.append(problem.entry())
            continue
        links.connect(call.portal, source, target, type_id)
        results.append(_default(source, target, type_id))
        back = _default_type(target_kind, source_kind)
        results.append(_default(target, source, back))
    # The documents know no 207 here, in any version.
    body = batch_answer(call, 200, results, errors).body
    return Answer(200, body)


def batch_read(call: Call) -> Answer:
    """Read the associations of up to 1,000 records; a record without any is an error entry."""
    source_kind, target_kind = _ends(call)
    results, errors = [], []
    for one in _inputs(call, MAX_READ, "id"):
        try:
            source = live(call.portal, source_kind, str(one["id"]))
        except Problem as problem:
            errors.append(problem.entry())
            continue
        page = _listed(call.portal, source, target_kind, one.get("after"), MAX_LISTED)
        if page["results"]:
            paging = {"paging": page["paging"]} if "paging" in page else {}
            results.append({"from": {"id": source.id}, "to": page["results"], **paging})
        else:
            errors.append(_none_found(source, target_kind).entry())
    return batch_answer(call, 200, results, errors)


def _none_found(source: Record, target: ObjectType) -> Problem:
    return Problem(
        404,
        f"No {target.singular} is associated with {source.type.singular} {source.id}.",
        category="OBJECT_NOT_FOUND",
        context={"fromObjectId": [source.id]},
    )


def _listed(
    portal: Portal, source: Record, target: ObjectType, after: str | None, limit: int
) -> dict[str, Any]:
    found = sorted(links.linked(portal, source, target).items(), key=lambda i: int(i[0]))
    rest = [i for i in found if after is None or int(i[0]) > int(after)]
    results = [
        {
            "toObjectId": other_id,
            "associationTypes": [{"category": c, "typeId": t} for c, t in sorted(specs)],
        }
        for other_id, specs in rest[:limit]
    ]
    body: dict[str, Any] = {"results": results}
    if len(rest) > limit:
        body["paging"] = {"next": {"after": results[-1]["toObjectId"]}}
    return body


def batch_archive(call: Call) -> Answer:
    """Remove all associations of the pairs; what is not there is no error."""
    source_kind, target_kind = _ends(call)
    for one in _inputs(call, MAX_CREATE, "from", "to"):
        for other in one["to"]:
            try:
                source = live(call.portal, source_kind, str(one["from"]["id"]))
                target = live(call.portal, target_kind, str(other["id"]))
            except Problem:
                continue
            links.disconnect(call.portal, source, target)
    return Answer(204) if call.version == "v4" else batch_answer(call, 200, [], [])


def batch_labels_archive(call: Call) -> Answer:
    """Remove named association types of the pairs."""
    source_kind, target_kind = _ends(call)
    for one in _inputs(call, MAX_CREATE, "from", "to", "types"):
        source = live(call.portal, source_kind, str(one["from"]["id"]))
        target = live(call.portal, target_kind, str(one["to"]["id"]))
        for spec in one["types"]:
            type_id = _check_type(source_kind, target_kind, spec)
            links.disconnect(call.portal, source, target, type_id)
    return Answer(204) if call.version == "v4" else batch_answer(call, 200, [], [])


def put_default(call: Call) -> Answer:
    """Associate one pair by the default type."""
    source_kind, target_kind = _ends(call)
    type_id = _default_type(source_kind, target_kind)
    source = live(call.portal, source_kind, call.path["fromObjectId"])
    target = live(call.portal, target_kind, call.path["toObjectId"])
    links.connect(call.portal, source, target, type_id)
    back = _default_type(target_kind, source_kind)
    results = [_default(source, target, type_id), _default(target, source, back)]
    return batch_answer(call, 200, results, [])


def _one_pair(call: Call) -> tuple[Record, Record]:
    source = live(call.portal, call.kind(), call.path["objectId"])
    return source, live(call.portal, call.kind("toObjectType"), call.path["toObjectId"])


def put(call: Call) -> Answer:
    """Associate one pair by named types."""
    if not isinstance(call.body, list):
        raise Problem(400, "Invalid input JSON on line 1, column 1: a list is expected")
    source, target = _one_pair(call)
    for type_id in [_check_type(source.type, target.type, s) for s in call.body]:
        links.connect(call.portal, source, target, type_id)
    return Answer(201, _pair(source, target))


def delete(call: Call) -> Answer:
    """Remove all associations between two records."""
    source, target = _one_pair(call)
    links.disconnect(call.portal, source, target)
    return Answer(204)


def list_page(call: Call) -> Answer:
    """List one record's associations with a type (v4 and 2026-03)."""
    source = live(call.portal, call.kind(), call.path["objectId"])
    limit = min(int(call.one("limit") or MAX_LISTED), MAX_LISTED)
    found = _listed(call.portal, source, call.kind("toObjectType"), call.one("after"), limit)
    return Answer(200, found)
