"""How a control call becomes an answer: JSON in and out, 400 with the reason when it fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.twin.catalog import ObjectType, find_type

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from local.twin.state import Portal
    from local.twin.twin import Twin

    Endpoint = Callable[[Request], Awaitable[Response]]
    Act = Callable[[Twin, Request, Any], Any]
    Table = list[tuple[str, str, Act]]


class Refused(ValueError):
    """A control call that makes no sense; answered 400 with the reason."""


def endpoints(twin: Twin, table: Table) -> list[Route]:
    """Return the routes of a table of method, path and what is done."""
    return [Route(path, _endpoint(twin, act), methods=[method]) for method, path, act in table]


def _endpoint(twin: Twin, act: Act) -> Endpoint:
    async def run(request: Request) -> Response:
        try:
            body = await request.json() if await request.body() else {}
            return JSONResponse(act(twin, request, body))
        except KeyError as error:
            return JSONResponse({"error": f"missing: {error}"}, 400)
        except (ValueError, TypeError) as error:
            return JSONResponse({"error": str(error)}, 400)

    return run


def portal_of(twin: Twin, request: Request) -> Portal:
    """Return the portal named in the query, by default the first one."""
    name = request.query_params.get("portal")
    portal = twin.portals.get(int(name)) if name else next(iter(twin.portals.values()), None)
    if portal is None:
        raise Refused("no such portal")
    return portal


def kind_of(name: str) -> ObjectType:
    """Return the object type that a control call names."""
    kind = find_type(name)
    if kind is None:
        raise Refused(f"no such object type: {name}")
    return kind
