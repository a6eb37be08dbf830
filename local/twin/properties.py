"""Property definitions: /crm/properties/{version}/{objectType}."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from local.twin.catalog import READ_ONLY, ObjectType, standard_properties
from local.twin.clock import iso
from local.twin.problems import Problem, missing_fields

if TYPE_CHECKING:
    from local.twin.state import Portal

MAX_CUSTOM_UNIQUE = 10
TYPE_FIELDS = {
    "string": {"text", "textarea", "html", "file", "phonenumber", "calculation_equation"},
    "number": {"number", "calculation_equation"},
    "bool": {"booleancheckbox", "calculation_equation"},
    "enumeration": {"select", "radio", "checkbox", "booleancheckbox", "calculation_equation"},
    "date": {"date"},
    "datetime": {"date"},
    "phone_number": {"phonenumber"},
}
_NAME = re.compile(r"[a-z][a-z0-9_]{0,99}")
_EDITABLE = (
    "label", "description", "groupName", "fieldType", "type", "options",
    "displayOrder", "hidden", "formField",
)  # fmt: skip


@dataclass(slots=True)
class Property:
    """A definition. `body` is what HubSpot shows of it; the rest is what checks need."""

    name: str
    type: str
    unique: bool
    read_only: bool
    hubspot_defined: bool
    created_at: int
    body: dict[str, Any]
    archived_at: int | None = None
    options: set[str] = field(default_factory=set)


def default_properties(kind: ObjectType, now: int) -> dict[str, Property]:
    """Return the standard properties that every account has."""
    found = {}
    for standard in standard_properties(kind):
        options = [
            {"label": o, "value": o, "displayOrder": i, "hidden": False}
            for i, o in enumerate(standard.options)
        ]
        unique = (kind.name, standard.name) in {("contacts", "email"), ("products", "hs_sku")}
        found[standard.name] = _standard(
            kind, standard.name, standard.type, now, options=options, unique=unique
        )
    for name, type_ in READ_ONLY.items():
        found[name] = _standard(kind, name, type_, now, read_only=True)
    return found


def _standard(
    kind: ObjectType,
    name: str,
    type_: str,
    now: int,
    *,
    options: list[dict[str, Any]] | None = None,
    unique: bool = False,
    read_only: bool = False,
) -> Property:
    field_type = {"number": "number", "datetime": "date", "enumeration": "select"}.get(type_)
    body = {
        "name": name,
        "label": name.removeprefix("hs_").replace("_", " ").capitalize(),
        "type": type_,
        "fieldType": field_type or "text",
        "groupName": kind.group,
        "description": "",
        "options": options or [],
        "hasUniqueValue": unique,
    }
    return _build(body, now, read_only=read_only, hubspot_defined=True)


def _build(body: dict[str, Any], now: int, *, read_only: bool, hubspot_defined: bool) -> Property:
    shown = {
        "description": "",
        "options": [],
        "displayOrder": -1,
        "calculated": False,
        "externalOptions": False,
        "hasUniqueValue": False,
        "hidden": False,
        "formField": False,
        **body,
        "hubspotDefined": hubspot_defined,
        "archived": False,
        "modificationMetadata": {
            "archivable": not hubspot_defined,
            "readOnlyDefinition": hubspot_defined,
            "readOnlyValue": read_only,
        },
        "createdAt": iso(now),
        "updatedAt": iso(now),
    }
    return Property(
        name=body["name"],
        type=body["type"],
        unique=bool(shown["hasUniqueValue"]),
        read_only=read_only,
        hubspot_defined=hubspot_defined,
        created_at=now,
        body=shown,
        options={o["value"] for o in shown["options"]},
    )


def shown(portal: Portal, kind: ObjectType, prop: Property) -> dict[str, Any]:
    """Return the definition as HubSpot shows it."""
    return {**prop.body, "hasUniqueValue": portal.is_unique(kind, prop.name)}


def visible(portal: Portal, kind: ObjectType, *, archived: bool = False) -> list[Property]:
    """Return the definitions that a reader sees by now; a new one takes a moment."""
    at = portal.clock.now() - portal.settings.property_lag_ms
    return [
        p
        for p in portal.properties[kind.type_id].values()
        if (p.archived_at is not None) == archived and (p.hubspot_defined or p.created_at <= at)
    ]


def find(portal: Portal, kind: ObjectType, name: str, *, archived: bool = False) -> Property:
    """Find a definition that readers see, or answer 404."""
    for prop in visible(portal, kind, archived=archived):
        if prop.name == name.lower():
            return prop
    raise Problem(404, f"Property {name} does not exist", category="OBJECT_NOT_FOUND")


def create(portal: Portal, kind: ObjectType, body: dict[str, Any]) -> Property:
    """Define a custom property."""
    missing = [n for n in ("name", "label", "type", "fieldType", "groupName") if not body.get(n)]
    if missing:
        raise missing_fields(missing)
    _check_definition(portal, kind, body)
    known = portal.properties[kind.type_id].get(body["name"])
    if known is not None and known.archived_at is None:
        raise Problem(
            409,
            f"A property named '{body['name']}' already exists.",
            category="OBJECT_ALREADY_EXISTS",
        )
    custom_unique = [
        p
        for p in portal.properties[kind.type_id].values()
        if p.unique and not p.hubspot_defined and p.archived_at is None
    ]
    if body.get("hasUniqueValue") and len(custom_unique) >= MAX_CUSTOM_UNIQUE:
        raise Problem(400, f"At most {MAX_CUSTOM_UNIQUE} properties may have unique values")
    prop = _build(body, portal.clock.now(), read_only=False, hubspot_defined=False)
    portal.properties[kind.type_id][prop.name] = prop
    return prop


def _check_definition(portal: Portal, kind: ObjectType, body: dict[str, Any]) -> None:
    name, type_, field_type = body["name"], body["type"], body["fieldType"]
    if not _NAME.fullmatch(name):
        raise Problem(
            400,
            f"Property name {name} is not valid: lower-case letters, digits and "
            "underscores only, and a letter first",
        )
    if type_ not in TYPE_FIELDS:
        raise Problem(400, f"Property type {type_} is not valid")
    if field_type not in TYPE_FIELDS[type_]:
        raise Problem(400, f"Field type {field_type} does not go with property type {type_}")
    if body["groupName"] not in portal.groups[kind.type_id]:
        raise Problem(400, f"Property group {body['groupName']} does not exist")
    values = {o.get("value") for o in body.get("options") or []}
    if type_ == "bool" and values != {"true", "false"}:
        raise Problem(
            400,
            "Boolean properties must have exactly two options; "
            "one with a value of 'true', the other with a value of 'false'.",
        )
    if body.get("hasUniqueValue") and type_ not in {"string", "number"}:
        raise Problem(400, f"A property of type {type_} cannot have unique values")


def update(portal: Portal, kind: ObjectType, name: str, body: dict[str, Any]) -> Property:
    """Change a definition. hasUniqueValue is ignored in silence, as HubSpot does."""
    prop = find(portal, kind, name)
    if prop.hubspot_defined:
        raise Problem(400, f"Property {name} is defined by HubSpot and cannot be changed")
    changed = {k: v for k, v in body.items() if k in _EDITABLE}
    _check_definition(portal, kind, {**prop.body, **changed, "hasUniqueValue": False})
    prop.body.update(changed, updatedAt=iso(portal.clock.now()))
    prop.type = prop.body["type"]
    prop.options = {o["value"] for o in prop.body["options"]}
    return prop


def archive(portal: Portal, kind: ObjectType, name: str) -> None:
    """Archive a definition; HubSpot's own cannot go."""
    prop = portal.properties[kind.type_id].get(name.lower())
    if prop is None or prop.archived_at is not None:
        return
    if prop.hubspot_defined:
        raise Problem(400, f"Property {name} is defined by HubSpot and cannot be archived")
    prop.archived_at = portal.clock.now()
    prop.body.update(archived=True, archivedAt=iso(prop.archived_at))
    portal.unique.pop((kind.type_id, prop.name), None)
