"""The endpoints of property definitions and groups."""

from __future__ import annotations

from typing import Any

from local.twin import properties
from local.twin.call import Answer, Call, batch_answer
from local.twin.problems import Problem, missing_fields, too_many_inputs

MAX_INPUTS = 100


def list_all(call: Call) -> Answer:
    """List the definitions of a type."""
    kind = call.kind()
    found = properties.visible(call.portal, kind, archived=call.flag("archived"))
    return Answer(200, {"results": [properties.shown(call.portal, kind, p) for p in found]})


def create(call: Call) -> Answer:
    """Define a property; one that is there is 409."""
    kind = call.kind()
    prop = properties.create(call.portal, kind, call.fields())
    return Answer(201, properties.shown(call.portal, kind, prop))


def read(call: Call) -> Answer:
    """Read one definition."""
    kind = call.kind()
    name = call.path["propertyName"]
    prop = properties.find(call.portal, kind, name, archived=call.flag("archived"))
    return Answer(200, properties.shown(call.portal, kind, prop))


def update(call: Call) -> Answer:
    """Change one definition."""
    kind = call.kind()
    prop = properties.update(call.portal, kind, call.path["propertyName"], call.fields())
    return Answer(200, properties.shown(call.portal, kind, prop))


def archive(call: Call) -> Answer:
    """Archive one definition; one that is not there is no error."""
    properties.archive(call.portal, call.kind(), call.path["propertyName"])
    return Answer(204)


def batch_create(call: Call) -> Answer:
    """Define properties; each that is refused is an error entry."""
    kind, results, errors = call.kind(), [], []
    for one in _inputs(call):
        try:
            prop = properties.create(call.portal, kind, one)
            results.append(properties.shown(call.portal, kind, prop))
        except Problem as problem:
            errors.append(problem.entry(name=[str(one["name"])]))
    return batch_answer(call, 200 if call.version == "2026-09" else 201, results, errors)


def batch_read(call: Call) -> Answer:
    """Read definitions; each that is missing is an error entry."""
    kind, results, errors = call.kind(), [], []
    archived = bool(call.fields().get("archived"))
    for one in _inputs(call):
        try:
            prop = properties.find(call.portal, kind, str(one["name"]), archived=archived)
            results.append(properties.shown(call.portal, kind, prop))
        except Problem as problem:
            errors.append(problem.entry(name=[str(one["name"])]))
    return batch_answer(call, 200, results, errors)


def batch_archive(call: Call) -> Answer:
    """Archive definitions."""
    for one in _inputs(call):
        properties.archive(call.portal, call.kind(), str(one["name"]))
    return Answer(204)


def _inputs(call: Call) -> list[dict[str, Any]]:
    inputs = call.inputs("name")
    if len(inputs) > MAX_INPUTS:
        raise too_many_inputs(MAX_INPUTS)
    return inputs


def _group(call: Call, name: str) -> dict[str, Any]:
    groups = call.portal.groups[call.kind().type_id]
    if name not in groups:
        raise Problem(404, f"Property group {name} does not exist", category="OBJECT_NOT_FOUND")
    return {"name": name, "label": groups[name], "displayOrder": -1, "archived": False}


def list_groups(call: Call) -> Answer:
    """List the groups of a type."""
    names = call.portal.groups[call.kind().type_id]
    return Answer(200, {"results": [_group(call, n) for n in names]})


def create_group(call: Call) -> Answer:
    """Add a group; one that is there is 409."""
    body, groups = call.fields(), call.portal.groups[call.kind().type_id]
    missing = [n for n in ("name", "label") if not body.get(n)]
    if missing:
        raise missing_fields(missing)
    if body["name"] in groups:
        raise Problem(
            409,
            f"A property group named '{body['name']}' already exists.",
            category="OBJECT_ALREADY_EXISTS",
        )
    groups[body["name"]] = body["label"]
    return Answer(201, _group(call, body["name"]))


def read_group(call: Call) -> Answer:
    """Read one group."""
    return Answer(200, _group(call, call.path["groupName"]))
