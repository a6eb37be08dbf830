"""Where a call goes: the route of the token door that an authorizer's event is about.

The event tells it twice, as the method that API Gateway matched and as the ARN that a policy must
name. An answer is only good for both, so both must be the same route.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from core.routes import Door, live_at

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.routes import Route

MAX_ARN = 512
"""Characters of a resource in an authorizer's policy (API Gateway); a longer one is an error."""

_ARN = re.compile(
    r"arn:aws[a-z-]*:execute-api:[a-z0-9-]+:\d{12}:[a-z0-9-]+/"
    r"(?P<stage>[^/]+)/(?P<method>[A-Z]+)/(?P<path>.*)",
    re.DOTALL,
)
_ROUTES = {(route.method, route.path): route for route in live_at(Door.TOKEN)}


def route_at(event: Mapping[str, Any]) -> Route | None:
    """Return the live route at the token door, None when the event is about none."""
    route = _ROUTES.get((event.get("httpMethod", ""), event.get("resource", "")))
    named = _ARN.fullmatch(str(event.get("methodArn", "")))
    if route is None or named is None or len(named.string) > MAX_ARN:
        return None
    same = (named["stage"], named["method"]) == (Door.TOKEN, route.method)
    return route if same and _matches(route, named["path"]) else None


def _matches(route: Route, path: str) -> bool:
    parts = route.path.removeprefix("/").split("/")
    given = path.removesuffix("/").split("/")
    return len(parts) == len(given) and all(
        bool(value) if part.startswith("{") else value == part
        for part, value in zip(parts, given, strict=True)
    )
