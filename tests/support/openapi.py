"""Answers held against the published document, `docs/openapi.json`."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

if TYPE_CHECKING:
    from core.routes import Route
    from tests.support.doors import Reply

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "openapi.json"
_URI = "urn:countersign:openapi"


def assert_documented(route: Route, reply: Reply) -> None:
    """Check that the document has this answer of the route: status, media type and body."""
    responses = _document()["paths"][route.path][route.method.lower()]["responses"]
    assert str(reply.status) in responses, (route.name, reply.status)
    (media,) = responses[str(reply.status)]["content"]
    assert reply.headers["content-type"] == media
    pointer = "/".join(
        part.replace("~", "~0").replace("/", "~1")
        for part in (
            *("paths", route.path, route.method.lower(), "responses", str(reply.status)),
            *("content", media, "schema"),
        )
    )
    schema = {"$ref": f"{_URI}#/{pointer}"}
    validator = Draft202012Validator(schema, registry=_registry())
    faults = [f"{e.json_path}: {e.message}" for e in validator.iter_errors(reply.json)]
    assert not faults, faults


@cache
def _document() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(DOCUMENT.read_text("utf-8"))
    return read


@cache
def _registry() -> Any:
    return Registry().with_resource(_URI, DRAFT202012.create_resource(_document()))
