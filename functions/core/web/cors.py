"""CORS, on the token door alone: which pages may call, and what their browsers are told.

Only listed origins are ever named, one by one, and no credentials of the browser's own: a page
brings its user's token itself. An API key has no place in a page, so none may be sent from one.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from core.routes import IDEMPOTENCY_HEADER, Door, pages_may_call
from core.web.headers import single
from core.web.identity import door_of
from core.web.problems import SAFETY_HEADERS

if TYPE_CHECKING:
    from collections.abc import Mapping

_PREFLIGHT = "OPTIONS"
ALLOWED_HEADERS = ("Authorization", "Content-Type", IDEMPOTENCY_HEADER)
EXPOSED_HEADERS = ("Location", "Retry-After")
REMEMBERED_SECONDS = 600
"""How long a browser may keep what a preflight told it."""


@dataclass(frozen=True, slots=True)
class Cors:
    """The origins whose pages may call, each `https://host[:port]`."""

    origins: frozenset[str] = frozenset()

    def asks(self, event: Mapping[str, Any]) -> bool:
        """Return whether a browser asks first, at the one door that pages may call."""
        at_door = event["requestContext"].get("stage", "") == Door.TOKEN
        return bool(at_door and event["httpMethod"] == _PREFLIGHT)

    def headers(self, event: Mapping[str, Any]) -> dict[str, str]:
        """Return what an answer tells the browser; nothing unless its page may read it."""
        origin = self._origin(event)
        if origin is None:
            return {}
        return {
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Expose-Headers": ", ".join(EXPOSED_HEADERS),
            "Vary": "Origin",
        }

    def preflight(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Answer a browser that asks first: 204, and what may be called if its page is listed."""
        found = dict(SAFETY_HEADERS)
        origin = self._origin(event)
        methods = pages_may_call(str(event.get("resource", "")))
        if origin is not None and methods:
            found |= {
                "Access-Control-Allow-Origin": origin,
                "Access-Control-Allow-Methods": ", ".join(methods),
                "Access-Control-Allow-Headers": ", ".join(ALLOWED_HEADERS),
                "Access-Control-Max-Age": str(REMEMBERED_SECONDS),
                "Vary": "Origin",
            }
        return {"statusCode": HTTPStatus.NO_CONTENT.value, "headers": found, "body": ""}

    def _origin(self, event: Mapping[str, Any]) -> str | None:
        origin = single(event, "origin")
        listed = origin in self.origins and door_of(event) is Door.TOKEN
        return origin if listed else None
