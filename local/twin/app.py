"""The ASGI application: HubSpot's API at the root, control under /_twin, pages under /."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.routing import Route

from local.twin import control, pages
from local.twin.chain import endpoint
from local.twin.oauth import authorize, private_apps, tokens
from local.twin.operations import all_operations
from local.twin.problems import Problem

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from local.twin.twin import Twin


def create_app(twin: Twin) -> Starlette:
    """Build the application around a twin."""
    api = [
        Route(o.template, endpoint(twin, o), methods=[o.method])
        for o in (*all_operations(lambda: twin.limiter), private_apps.operation())
    ]
    oauth = [
        Route(o.template, endpoint(twin, o, tokens.answering(handle)), methods=[o.method])
        for o, handle in tokens.operations()
    ]
    return Starlette(
        routes=[
            *api,
            *oauth,
            *authorize.routes(twin),
            *control.routes(twin),
            *pages.routes(twin),
        ],
        exception_handlers={HTTPException: _no_route},
    )


async def _no_route(request: Request, error: Exception) -> Response:
    """Answer an unknown path or method in HubSpot's shape."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    problem = Problem(status, f"No endpoint {request.method} {request.url.path}", "NOT_FOUND")
    return JSONResponse(problem.body(), status)
