"""HubSpot's OpenAPI documents: which one describes a call, and what they leave out."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import Any

DEVIATIONS = Path(__file__).with_name("hubspot_deviations.json")
_METHODS = {"get", "post", "put", "patch", "delete"}
# Object names and type ids, and the document that describes each.
_OBJECT_DOCUMENTS = {
    "contacts": "contacts", "0-1": "contacts", "companies": "companies", "0-2": "companies",
    "deals": "deals", "0-3": "deals", "products": "products", "0-7": "products",
    "line_items": "lineItems", "0-8": "lineItems", "orders": "orders", "0-123": "orders",
    "carts": "carts", "0-142": "carts",
}  # fmt: skip
_GROUP_DOCUMENTS = {
    "objects": ("objects", "associations"),
    "associations": ("associations",),
    "properties": ("properties",),
    "pipelines": ("pipelines",),
    "account-info": ("accountInfo",),
    "oauth": ("oauth",),
}
# Our copy of the 2026-09 document has no answers for OAuth's endpoints; the one that HubSpot
# published later (api-evangelist/hubspot, openapi/hubspot-auth-oauth-api-openapi.yml) has those
# of 2026-03, and the endpoints of v3 are the same.
_OAUTH = "2026-03"
_PATH = re.compile(
    r"/(?:crm/)?(?:(?P<numbered>v\d)/(?P<group>[a-z]+)|"
    r"(?P<dated_group>[a-z-]+)/(?P<dated>[\d-]+|v\d))(?:/(?P<rest>.*))?"
)


@dataclass(frozen=True, slots=True)
class Documented:
    """One operation as a document describes it."""

    document: str
    template: str
    operation: dict[str, Any]
    components: dict[str, Any]


class Undocumented(LookupError):
    """No document knows the call."""


def find(specs: Path, method: str, path: str) -> Documented:
    """Find the operation that describes a call, preferring the object's own document."""
    matched = _PATH.fullmatch(path)
    if matched is None:
        raise Undocumented(f"{method} {path}")
    version = matched["numbered"] or matched["dated"]
    if matched["dated_group"] == "oauth":
        version, path = _OAUTH, path.replace(version, _OAUTH, 1)
    group = matched["group"] or matched["dated_group"]
    first = (matched["rest"] or "").split("/")[0]
    names = list(_GROUP_DOCUMENTS.get(group, ()))
    if group == "objects" and first in _OBJECT_DOCUMENTS:
        names.insert(0, _OBJECT_DOCUMENTS[first])
    for name in names:
        file = specs / f"{name}.{version}.json"
        if file.is_file():
            for pattern, template, operations in templates(file):
                if pattern.fullmatch(path) and method.lower() in operations:
                    return Documented(
                        file.stem, template, operations[method.lower()], load(file)["components"]
                    )
    raise Undocumented(f"{method} {path}")


def is_known_gap(method: str, path: str) -> bool:
    """Return whether a call is one that HubSpot offers and no document of it has."""
    gaps = json.loads(DEVIATIONS.read_text(encoding="utf-8"))["undocumented"]
    return any((gap["method"], gap["path"]) == (method, path) for gap in gaps)


@cache
def templates(file: Path) -> list[tuple[re.Pattern[str], str, dict[str, Any]]]:
    """Return the document's paths, those with the most literal segments first."""
    found = []
    for template, item in load(file)["paths"].items():
        pattern = re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template)))
        operations = {m: o for m, o in item.items() if m in _METHODS}
        found.append((pattern, template, operations))
    return sorted(found, key=lambda f: f[1].count("{"))


@cache
def load(file: Path) -> dict[str, Any]:
    """Load a document, close its objects to undeclared fields, and apply the deviations."""
    document: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    schemas = document["components"]["schemas"]
    for schema in schemas.values():
        _close(schema)
    for deviation in deviations():
        if fnmatch(file.stem, deviation["document"]):
            for name, schema in schemas.items():
                if fnmatch(name, deviation["schema"]):
                    _deviate(schema, deviation)
    return document


def deviations() -> list[dict[str, Any]]:
    """Return where HubSpot's real bodies differ from its documents."""
    found: list[dict[str, Any]] = json.loads(DEVIATIONS.read_text(encoding="utf-8"))["deviations"]
    return found


def _close(schema: Any) -> None:
    if isinstance(schema, dict):
        if schema.get("properties"):
            schema.setdefault("additionalProperties", False)
        for value in schema.values():
            _close(value)
    elif isinstance(schema, list):
        for value in schema:
            _close(value)


def _deviate(schema: dict[str, Any], deviation: dict[str, Any]) -> None:
    optional = set(deviation.get("optional", ()))
    if optional and "required" in schema:
        schema["required"] = [n for n in schema["required"] if n not in optional]
        if not schema["required"]:
            del schema["required"]
    schema.get("properties", {}).update(deviation.get("also", {}))
    for name in deviation.get("nullable_values", ()):
        if name in schema.get("properties", {}):
            schema["properties"][name]["additionalProperties"]["nullable"] = True
