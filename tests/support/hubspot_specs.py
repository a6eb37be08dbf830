"""Check traffic against HubSpot's OpenAPI documents.

The documents are read from HUBSPOT_SPECS, by default ../shared/reference/hubspot-specs beside
the repository; HubSpot's licence forbids copying them. Where they are not there, the tests
that need them skip, except with CI=true, where they fail.

An exchange is what the twin records: method, path, query, content_type, request (text),
status, response (parsed JSON or None).
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import pytest
from openapi_schema_validator import OAS30Validator, oas30_format_checker
from referencing import Registry
from referencing.jsonschema import DRAFT4

from tests.support.hubspot_documents import Documented, Undocumented, find, is_known_gap

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Exchange = Mapping[str, Any]

ROOT = Path(__file__).resolve().parents[2]
DEFAULT_SPECS = ROOT.parent / "shared" / "reference" / "hubspot-specs"
_ERROR, _SERVER = 400, 500
_FORM = "application/x-www-form-urlencoded"
_NONE = {"default"}
# The schema that every refused call's body has, though 429 bodies add to it.
_ERROR_SCHEMA = {"$ref": "#/components/schemas/Error"}


def find_specs() -> Path | None:
    """Return the folder of HubSpot's documents, or None where there is none."""
    folder = Path(os.environ.get("HUBSPOT_SPECS") or DEFAULT_SPECS)
    return folder if any(folder.glob("objects.*.json")) else None


def require_specs() -> Path:
    """Return the folder; without it the running test skips, or fails with CI=true."""
    folder = find_specs()
    if folder is None:
        reason = "HubSpot's OpenAPI documents are not there: set HUBSPOT_SPECS to their folder"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return folder


@dataclass(slots=True)
class SpecChecker:
    """Checks exchanges; `seen` counts the documented operations that it has checked."""

    specs: Path
    seen: dict[str, int] = field(default_factory=dict)
    _validators: dict[tuple[str, str], OAS30Validator] = field(default_factory=dict)

    def check(self, exchange: Exchange) -> list[str]:
        """Return what is wrong with one exchange, in words; nothing when it conforms.

        A request that was refused need not conform; its refusal must.
        """
        where = f"{exchange['method']} {exchange['path']} {exchange['status']}"
        try:
            documented = find(self.specs, exchange["method"], exchange["path"])
        except Undocumented:
            if is_known_gap(exchange["method"], exchange["path"]):
                return []
            return [f"{where}: no document knows this call"]
        operation = f"{documented.document} {exchange['method']} {documented.template}"
        self.seen[operation] = self.seen.get(operation, 0) + 1
        found = self._response(documented, exchange)
        if exchange["status"] < _ERROR:
            found += self._request(documented, exchange) + _query(documented, exchange)
        return [f"{where}: {one}" for one in found]

    def check_all(self, exchanges: Iterable[Exchange]) -> list[str]:
        """Return what is wrong with any of the exchanges."""
        return [problem for exchange in exchanges for problem in self.check(exchange)]

    def _request(self, documented: Documented, exchange: Exchange) -> list[str]:
        declared = documented.operation.get("requestBody")
        text = exchange["request"]
        if declared is None:
            return [f"request: no body is declared, got {text[:80]!r}"] if text else []
        if not text:
            return ["request: a body is declared, got none"]
        (kind, content), *_ = declared["content"].items()
        if not str(exchange["content_type"]).startswith(kind):
            return [f"request: content type {exchange['content_type']}"]
        sent = dict(parse_qsl(text)) if kind == _FORM else json.loads(text)
        return [f"request: {e}" for e in self._errors(documented, content["schema"], sent)]

    def _response(self, documented: Documented, exchange: Exchange) -> list[str]:
        status, body = exchange["status"], exchange["response"]
        if status >= _SERVER and exchange.get("page"):
            return []  # a gateway's page: the API, whose document this is, never answered
        if status >= _ERROR:
            return [f"response: {e}" for e in self._errors(documented, _ERROR_SCHEMA, body)]
        declared = documented.operation["responses"].get(str(status))
        if declared is None and body is None and set(documented.operation["responses"]) == _NONE:
            return []  # the document says how it fails, and not what it says when it does not
        if declared is None:
            return [f"response: status {status} is not declared"]
        content = declared.get("content")
        if not content:
            return [] if body is None else ["response: no body is declared, got one"]
        schema = next(iter(content.values()))["schema"]
        return [f"response: {e}" for e in self._errors(documented, schema, body)]

    def _errors(self, documented: Documented, schema: dict[str, Any], body: Any) -> list[str]:
        errors = self._validator(documented, schema).iter_errors(body)
        return [f"{e.json_path}: {e.message[:300]}" for e in errors]

    def _validator(self, documented: Documented, schema: dict[str, Any]) -> OAS30Validator:
        key = (documented.document, json.dumps(schema, sort_keys=True))
        if key not in self._validators:
            root = {"components": documented.components}
            registry: Registry[Any] = Registry().with_resource(
                "urn:doc", DRAFT4.create_resource(root)
            )
            pointed = json.loads(json.dumps(schema).replace('"#/', '"urn:doc#/'))
            self._validators[key] = OAS30Validator(
                pointed, registry=registry, format_checker=oas30_format_checker
            )
        return self._validators[key]


def _query(documented: Documented, exchange: Exchange) -> list[str]:
    declared = {
        p["name"]: p for p in documented.operation.get("parameters", ()) if p["in"] == "query"
    }
    found = []
    for name, values in exchange["query"].items():
        if name not in declared:
            found.append(f"query: {name} is not declared")
            continue
        kind = declared[name]["schema"]["type"]
        found += [f"query: {name}={v} is no {kind}" for v in values if not _is(kind, v)]
    missing = [n for n, p in declared.items() if p.get("required") and n not in exchange["query"]]
    return found + [f"query: {n} is required" for n in missing]


def _is(kind: str, value: str) -> bool:
    if kind == "integer":
        return value.lstrip("-").isdigit()
    return kind != "boolean" or value in {"true", "false"}
