"""`docs/openapi.json`: OpenAPI 3.1 of every route, from the route table and the schemas."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from pydantic.json_schema import models_json_schema

import access_api.schemas
import credentials_api.schemas
import customers_api.schemas
import inventory_api.schemas
import orders_api.schemas
from core.routes import IDEMPOTENCY_HEADER, ROUTES, TENANT_HEADER, Door, Route
from core.web.problems import MEDIA_TYPE, STATUSES
from core.web.query import DEFAULT_LIMIT, MAX_LIMIT

if TYPE_CHECKING:
    from pydantic import BaseModel

_SCHEMAS = (
    access_api.schemas,
    credentials_api.schemas,
    customers_api.schemas,
    inventory_api.schemas,
    orders_api.schemas,
)
BODIES = {name: model for s in _SCHEMAS for name, model in s.BODIES.items()}
ANSWERS = {name: models for s in _SCHEMAS for name, models in s.ANSWERS.items()}

_DOORS: dict[Door, dict[str, Any]] = {
    Door.SIGNED: {
        "type": "apiKey",
        "name": "Authorization",
        "in": "header",
        "description": "AWS Signature Version 4, service `execute-api`, by a registered role.",
        "x-amazon-apigateway-authtype": "awsSigv4",
    },
    Door.TOKEN: {"type": "http", "scheme": "bearer", "description": "A JWT, or X-API-Key."},
    Door.HUBSPOT: {
        "type": "apiKey",
        "name": "X-HubSpot-Signature-v3",
        "in": "header",
        "description": "HubSpot's v3 request signature, with X-HubSpot-Request-Timestamp.",
    },
}

_QUERY: dict[str, dict[str, Any]] = {
    "limit": {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
}

_PROBLEM = {
    "type": "object",
    "description": "RFC 9457. `code` is stable, `instance` names the request.",
    "required": ["type", "title", "status", "code", "detail", "instance"],
    "properties": {
        **{n: {"type": "string"} for n in ("type", "title", "code", "detail", "instance")},
        "status": {"type": "integer"},
        "current": {"type": "object", "description": "The state that stood in the way."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "code", "message"],
                "properties": {n: {"type": "string"} for n in ("field", "code", "message")},
            },
        },
    },
}


def openapi() -> str:
    """Return the document as JSON, with sorted keys so that it is the same each time."""
    document = {
        "openapi": "3.1.0",
        "info": {
            "title": "Countersign",
            "version": "1",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            "description": "Signed doors to a shop's stock and orders, in step with HubSpot.",
        },
        "paths": _paths(),
        "components": {
            "schemas": {"Problem": _PROBLEM, **_models()},
            "securitySchemes": {str(door): scheme for door, scheme in _DOORS.items()},
        },
    }
    return json.dumps(document, indent=1, sort_keys=True) + "\n"


def _paths() -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    return paths


def _operation(route: Route) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.name,
        "tags": [str(route.context)],
        "security": [{str(door): []} for door in route.doors],
        "parameters": _parameters(route),
        "responses": _responses(route),
        "x-countersign-doors": [str(d) for d in route.doors],
        "x-countersign-assurance": str(route.assurance),
    }
    if route.scope is not None:
        operation["x-countersign-scope"] = route.scope
    if route.own is not None:
        operation["x-countersign-own-scope"] = route.own
    if not route.live:
        operation["x-countersign-status"] = "planned"
    if route.name in BODIES:
        body = BODIES[route.name]
        required = any(field.is_required() for field in body.model_fields.values())
        operation["requestBody"] = {"required": required, "content": _json(body)}
    return operation


def _parameters(route: Route) -> list[dict[str, Any]]:
    text = {"type": "string"}
    found = [
        {"name": n, "in": "path", "required": True, "schema": text} for n in route.path_parameters
    ]
    found += [
        {"name": n, "in": "query", "required": False, "schema": _QUERY.get(n, text)}
        for n in route.query
    ]
    if route.scope is not None:
        found.append({"name": TENANT_HEADER, "in": "header", "required": False, "schema": text})
    if route.idempotent_by_key:
        key = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": r"^[\x21-\x7e]+$"}
        found.append({"name": IDEMPOTENCY_HEADER, "in": "header", "required": True, "schema": key})
    return found


def _responses(route: Route) -> dict[str, Any]:
    responses: dict[str, Any] = {
        str(status): {"description": HTTPStatus(status).phrase, "content": _json(model)}
        for status, model in ANSWERS.get(route.name, {}).items()
    }
    if route.scope is None:
        responses["204"] = {"description": "No Content"}
    problem = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for status in sorted(set(STATUSES.values())):
        responses[str(int(status))] = {"description": status.phrase, "content": problem}
    return responses


def _json(model: type[BaseModel]) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{model.__name__}"}}}


def _models() -> dict[str, Any]:
    bodies = [(model, "validation") for model in BODIES.values()]
    answers = [(m, "serialization") for models in ANSWERS.values() for m in models.values()]
    unique = list(dict.fromkeys(bodies + answers))
    _, schema = models_json_schema(unique, ref_template="#/components/schemas/{model}")  # type: ignore[arg-type]  # the modes are literals
    found: dict[str, Any] = schema["$defs"]
    return found
