"""The doors without their gateways: events as API Gateway makes them, answered by the handlers.

The shapes of the events are those of `tests/events/`.
"""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from core.routes import ROUTES, route
from tests.support.openapi import assert_documented

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_EVENTS = Path(__file__).resolve().parents[1] / "events"
EVENT: dict[str, Any] = json.loads((_EVENTS / "signed_door.json").read_text("utf-8"))
TOKEN_EVENT: dict[str, Any] = json.loads((_EVENTS / "token_door.json").read_text("utf-8"))
ACCOUNT = "123456789012"


class LambdaContext:
    """What Lambda hands to a handler beside the event."""

    function_name = "function"
    memory_limit_in_mb = 1024
    invoked_function_arn = f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:function"
    aws_request_id = "8a7d0b5e-0000-4000-8000-000000000000"
    log_stream_name = "2026/11/21/[$LATEST]0"


@dataclass(frozen=True, slots=True)
class Reply:
    """What the gateway would send."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        """The body, read."""
        return json.loads(self.text)

    @property
    def code(self) -> str:
        """The stable code of a problem."""
        return str(self.json["code"])

    @property
    def fields(self) -> dict[str, str]:
        """The fields that a problem names, each with its code."""
        return {e["field"]: e["code"] for e in self.json.get("errors", ())}


def event(
    method: str,
    resource: str,
    path: str,
    body: object = None,
    headers: Mapping[str, str] | None = None,
    **context: Any,
) -> dict[str, Any]:
    """Return an event of the signed door; `body` is sent as JSON unless it is text.

    `context` changes the context; `identity` in it is merged into the event's own.
    """
    return _made(EVENT, method, resource, path, body, headers, context)


def token_event(
    method: str,
    resource: str,
    path: str,
    body: object = None,
    headers: Mapping[str, str] | None = None,
    **context: Any,
) -> dict[str, Any]:
    """Return an event of the token door; `authorizer` in `context` is what its authorizer said."""
    return _made(TOKEN_EVENT, method, resource, path, body, headers, context)


def authorizer_event(made: dict[str, Any]) -> dict[str, Any]:
    """Return the event with which API Gateway asks about a call of the token door: no body."""
    asked = copy.deepcopy(made)
    for name in ("body", "isBase64Encoded"):
        del asked[name]
    context = asked["requestContext"]
    context.pop("authorizer", None)
    api = f"arn:aws:execute-api:eu-west-1:{context['accountId']}:{context['apiId']}"
    method_arn = f"{api}/{context['stage']}/{asked['httpMethod']}{asked['path']}"
    return {"type": "REQUEST", "methodArn": method_arn, **asked}


def _made(
    shape: dict[str, Any],
    method: str,
    resource: str,
    path: str,
    body: object,
    headers: Mapping[str, str] | None,
    context: dict[str, Any],
) -> dict[str, Any]:
    made = copy.deepcopy(shape)
    stage = made["requestContext"]["stage"]
    text = body if isinstance(body, str | None) else json.dumps(body)
    made |= {"httpMethod": method, "resource": resource, "path": path, "body": text}
    made["headers"] = {k: v for k, v in made["headers"].items() if k != "X-API-Key"}
    made["headers"] |= headers or {}
    made["requestContext"]["identity"] |= context.pop("identity", {})
    made["requestContext"] |= {
        "httpMethod": method,
        "resourcePath": resource,
        "path": f"/{stage}{path}",
        **context,
    }
    return made


_FUNCTIONS = {(r.method, r.path): r.function for r in ROUTES}


@dataclass(frozen=True, slots=True)
class Door:
    """The handlers by their functions, called as the role `Caller` unless said otherwise."""

    handlers: Mapping[str, Callable[[dict[str, Any], Any], dict[str, Any]]]

    def call(self, made: dict[str, Any]) -> Reply:
        """Hand an event to the handler of its route (of `orders_api` when there is no route)."""
        handler = self.handlers[
            _FUNCTIONS.get((made["httpMethod"], made["resource"]), "orders_api")
        ]
        raw = handler(made, LambdaContext())
        headers = {k.lower(): v for k, v in (raw.get("headers") or {}).items()}
        headers |= {k.lower(): v[-1] for k, v in (raw.get("multiValueHeaders") or {}).items()}
        return Reply(raw["statusCode"], headers, raw["body"])

    def put_product(self, sku: str, body: object, **context: Any) -> Reply:
        """PUT /v1/products/{sku}."""
        path = f"/v1/products/{quote(sku, safe='')}"
        return self.call(event("PUT", "/v1/products/{sku}", path, body, **context))

    def get_product(self, sku: str, **context: Any) -> Reply:
        """GET /v1/products/{sku}."""
        path = f"/v1/products/{quote(sku, safe='')}"
        return self.call(event("GET", "/v1/products/{sku}", path, **context))

    def get_stock(self, sku: str, **context: Any) -> Reply:
        """GET /v1/stock/{sku}."""
        path = f"/v1/stock/{quote(sku, safe='')}"
        return self.call(event("GET", "/v1/stock/{sku}", path, **context))

    def place(self, body: object, key: str | None = "key-1", **context: Any) -> Reply:
        """POST /v1/orders with that Idempotency-Key (none for None)."""
        headers = dict(context.pop("headers", None) or {})
        if key is not None:
            headers.setdefault("Idempotency-Key", key)
        return self.call(event("POST", "/v1/orders", "/v1/orders", body, headers, **context))

    def get_order(self, order_id: str, **context: Any) -> Reply:
        """GET /v1/orders/{id}."""
        path = f"/v1/orders/{quote(order_id, safe='')}"
        return self.call(event("GET", "/v1/orders/{id}", path, **context))


def ask(
    door: Door,
    name: str,
    body: object = None,
    *,
    key: str | None = "key-1",
    query: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    path: Mapping[str, str] | None = None,
    **context: Any,
) -> Reply:
    """Call a route by its name, and check that the published document has such an answer."""
    asked = route(name)
    sent = dict(headers or {})
    if asked.idempotent_by_key and key is not None:
        sent["Idempotency-Key"] = key
    real = asked.path.format_map({n: quote(v, safe="") for n, v in (path or {}).items()})
    made = event(asked.method, asked.path, real, body, sent, **context)
    made["queryStringParameters"] = dict(query) if query else None
    reply = door.call(made)
    assert_documented(asked, reply)
    return reply


def as_role(name: str, account: str = ACCOUNT, session: str = "session-1") -> dict[str, Any]:
    """Return the identity that API Gateway gives for a session of a role."""
    arn = f"arn:aws:sts::{account}:assumed-role/{name}/{session}"
    return {"userArn": arn, "accountId": account}
