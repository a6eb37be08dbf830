"""Batches: POST /crm/objects/{version}/{objectType}/batch/{create,read,update,upsert,archive}.

Create, update and upsert are all-or-nothing. Create (and, by a switch, update and upsert)
reports each record when every input carries a unique objectWriteTraceId.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local.twin.associations import attach_on_create, plan_links
from local.twin.call import Answer, Call, batch_answer
from local.twin.objects import check_id_property, resolve, view, written
from local.twin.problems import Problem, duplicate_ids, missing_fields, not_found, too_many_inputs
from local.twin.recycling import archive
from local.twin.writes import Plan

if TYPE_CHECKING:
    from local.twin.catalog import ObjectType
    from local.twin.state import Record
    from local.twin.writes import Write

MAX_INPUTS = 100
MAX_INPUTS_WITH_HISTORY = 50


def _inputs(call: Call, *required: str, most: int = MAX_INPUTS) -> list[dict[str, Any]]:
    inputs = call.inputs(*required)
    if len(inputs) > most:
        raise too_many_inputs(most)
    return inputs


def _refuse_duplicates(keys: list[str]) -> None:
    seen: set[str] = set()
    twice = [k for k in keys if k in seen or seen.add(k)]  # type: ignore[func-returns-value]
    if twice:
        raise duplicate_ids(twice)


def _is_traced(inputs: list[dict[str, Any]]) -> bool:
    traces = [i.get("objectWriteTraceId") for i in inputs]
    return None not in traces and len(set(traces)) == len(traces)


def create(call: Call) -> Answer:
    """Create records: all or none, unless every input is traced."""
    inputs, kind = _inputs(call, "properties"), call.kind()
    traced = _is_traced(inputs)
    plan, errors, links = Plan(call.portal, kind, call.version), [], []
    for one in inputs:
        trace = one.get("objectWriteTraceId")
        try:
            planned = plan_links(call.portal, kind, one.get("associations") or [])
            plan.create(one["properties"], trace=trace)
            links.append(planned)
        except Problem as problem:
            if not traced:
                raise
            errors.append(problem.entry(objectWriteTraceId=[str(trace)]))
    plan.apply()
    for write, planned in zip(plan.writes, links, strict=True):
        attach_on_create(call.portal, write.record, planned)
    return batch_answer(call, 201, [written(w) for w in plan.writes], errors)


def read(call: Call) -> Answer:
    """Read records by id or by a unique property; those that are missing are an error entry."""
    body, kind = call.fields(), call.kind()
    history = body.get("propertiesWithHistory") or []
    inputs = _inputs(call, "id", most=MAX_INPUTS_WITH_HISTORY if history else MAX_INPUTS)
    id_property, archived = body.get("idProperty"), call.flag("archived")
    if id_property:
        check_id_property(call.portal, kind, id_property)
    found: dict[str, Record] = {}
    missing = []
    for key in dict.fromkeys(str(i["id"]) for i in inputs):
        record = resolve(call.portal, kind, key, id_property)
        if record is None or (record.archived_at is not None) != archived:
            missing.append(key)
        else:
            found[record.id] = record
    results = [view(call.portal, r, body.get("properties"), history) for r in found.values()]
    errors = [not_found(kind.legacy, missing).entry()] if missing else []
    return batch_answer(call, 200, results, errors)


def _target(call: Call, kind: ObjectType, one: dict[str, Any]) -> Record | None:
    record = resolve(call.portal, kind, str(one["id"]), one.get("idProperty"))
    return None if record is None or record.archived_at is not None else record


def update(call: Call) -> Answer:
    """Change records: a missing one is an error entry, a bad value refuses the batch."""
    inputs, kind = _inputs(call, "id", "properties"), call.kind()
    _refuse_duplicates([str(i["id"]) for i in inputs])
    partial = call.portal.settings.traced_writes_are_partial and _is_traced(inputs)
    plan, errors, missing = Plan(call.portal, kind, call.version), [], []
    for one in inputs:
        record, trace = _target(call, kind, one), one.get("objectWriteTraceId")
        if record is None:
            missing.append(one)
            continue
        try:
            plan.update(record, one["properties"], trace=trace)
        except Problem as problem:
            if not partial:
                raise
            errors.append(problem.entry(objectWriteTraceId=[str(trace)]))
    _refuse_duplicates([w.record.id for w in plan.writes])
    plan.apply()
    if missing:
        lost = not_found(kind.legacy, [str(m["id"]) for m in missing])
        traces = [m["objectWriteTraceId"] for m in missing if "objectWriteTraceId" in m]
        errors.append(lost.entry(**({"objectWriteTraceId": traces} if traces else {})))
    return batch_answer(call, 200, [written(w) for w in plan.writes], errors)


def upsert(call: Call) -> Answer:
    """Create or change records by a unique property. One bad record refuses the batch.

    Results come in an order of HubSpot's own: match them by value, never by position.
    """
    inputs, kind = _inputs(call, "id", "properties"), call.kind()
    for one in inputs:
        if not one.get("idProperty"):
            raise missing_fields(["idProperty"])
        check_id_property(call.portal, kind, one["idProperty"])
    _refuse_duplicates([call.portal.fold(str(i["id"])) for i in inputs])
    partial = call.portal.settings.traced_writes_are_partial and _is_traced(inputs)
    plan, errors = Plan(call.portal, kind, call.version), []
    for one in inputs:
        try:
            _plan_upsert(call, plan, one)
        except Problem as problem:
            if not partial:
                raise
            errors.append(problem.entry(objectWriteTraceId=[str(one["objectWriteTraceId"])]))
    _refuse_duplicates([w.record.id for w in plan.writes])
    plan.apply()
    results = [{**written(w), "new": w.new} for w in sorted(plan.writes, key=_own_order)]
    return batch_answer(call, 200, results, errors)


def _plan_upsert(call: Call, plan: Plan, one: dict[str, Any]) -> None:
    record, trace = _target(call, plan.kind, one), one.get("objectWriteTraceId")
    if record is None:
        properties = {one["idProperty"]: one["id"], **one["properties"]}
        plan.create(properties, trace=trace)
    else:
        plan.update(record, one["properties"], trace=trace)


def _own_order(write: Write) -> tuple[bool, str]:
    return (write.new, write.record.id[::-1])


def archive_all(call: Call) -> Answer:
    """Archive records; those that are not there are no error."""
    kind = call.kind()
    for one in _inputs(call, "id"):
        record = resolve(call.portal, kind, str(one["id"]))
        if record is not None:
            archive(call.portal, record)
    return Answer(204)
