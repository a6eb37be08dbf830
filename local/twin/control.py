"""/_twin: what a test or a person may do to the twin behind the API's back."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.twin.auth import ALL_SCOPES
from local.twin.catalog import TYPES, ObjectType, find_type
from local.twin.clock import iso
from local.twin.limits import TIERS
from local.twin.objects import resolve
from local.twin.state import Portal, PortalSettings, Record
from local.twin.stats import Stats
from local.twin.writes import archive, rebuild_unique, store

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from local.twin.twin import Twin

    Endpoint = Callable[[Request], Awaitable[Response]]


class Refused(ValueError):
    """A control call that makes no sense; answered 400 with the reason."""


def routes(twin: Twin) -> list[Route]:
    """Return the control endpoints."""
    table: list[tuple[str, str, Callable[[Twin, Request, Any], Any]]] = [
        ("GET", "/_twin/health", health),
        ("POST", "/_twin/reset", reset),
        ("GET", "/_twin/stats", stats),
        ("POST", "/_twin/stats/reset", reset_stats),
        ("GET", "/_twin/records", records),
        ("PATCH", "/_twin/records/{type}/{id}", corrupt),
        ("DELETE", "/_twin/records/{type}/{id}", remove),
        ("GET", "/_twin/settings", settings),
        ("POST", "/_twin/settings", change_settings),
        ("POST", "/_twin/tokens", add_token),
        ("POST", "/_twin/clock", move_clock),
        ("GET", "/_twin/traffic", traffic),
        ("POST", "/_twin/traffic", keep_traffic),
    ]
    return [Route(path, _endpoint(twin, act), methods=[method]) for method, path, act in table]


def _endpoint(twin: Twin, act: Callable[[Twin, Request, Any], Any]) -> Endpoint:
    async def run(request: Request) -> Response:
        try:
            body = await request.json() if await request.body() else {}
            return JSONResponse(act(twin, request, body))
        except ValueError as error:
            return JSONResponse({"error": str(error)}, 400)

    return run


def _portal(twin: Twin, request: Request) -> Portal:
    """Return the portal named in the query, by default the first one."""
    name = request.query_params.get("portal")
    portal = twin.portals.get(int(name)) if name else next(iter(twin.portals.values()), None)
    if portal is None:
        raise Refused("no such portal")
    return portal


def _kind(name: str) -> ObjectType:
    kind = find_type(name)
    if kind is None:
        raise Refused(f"no such object type: {name}")
    return kind


def health(twin: Twin, _request: Request, _body: Any) -> Any:
    """Say that the twin is up, and which portals it holds."""
    return {"status": "ok", "portals": list(twin.portals), "now": iso(twin.clock.now())}


def reset(twin: Twin, _request: Request, _body: Any) -> Any:
    """Empty all portals and counts."""
    twin.reset()
    return {"status": "ok"}


def stats(twin: Twin, _request: Request, _body: Any) -> Any:
    """Return the counts of calls."""
    return twin.stats.body()


def reset_stats(twin: Twin, _request: Request, _body: Any) -> Any:
    """Count from zero."""
    twin.stats = Stats()
    return {"status": "ok"}


def dump(portal: Portal, record: Record) -> dict[str, Any]:
    """Return all that the twin holds of a record."""
    links = {
        kind.name: {i: sorted(t for _, t in specs) for i, specs in found.items()}
        for kind in TYPES
        if (found := portal.associations.get((record.type.type_id, record.id, kind.type_id)))
    }
    return {
        "id": record.id,
        "properties": dict(record.properties),
        "archived": record.archived_at is not None,
        "associations": links,
    }


def records(twin: Twin, request: Request, _body: Any) -> Any:
    """Dump records, of one type or of all: properties, and associations by type."""
    portal, name = _portal(twin, request), request.query_params.get("type")
    kinds = [_kind(name)] if name else list(TYPES)
    return {k.name: [dump(portal, r) for r in portal.records[k.type_id].values()] for k in kinds}


def _record(twin: Twin, request: Request) -> tuple[Portal, Record]:
    portal = _portal(twin, request)
    kind = _kind(request.path_params["type"])
    record = resolve(portal, kind, request.path_params["id"])
    if record is None:
        raise Refused("no such record")
    return portal, record


def corrupt(twin: Twin, request: Request, body: Any) -> Any:
    """Set properties unchecked, as if someone had edited the record ("" clears)."""
    portal, record = _record(twin, request)
    store(portal, record, dict(body["properties"]), source="CRM_UI")
    return dump(portal, record)


def remove(twin: Twin, request: Request, _body: Any) -> Any:
    """Archive a record, as if someone had deleted it."""
    portal, record = _record(twin, request)
    archive(portal, record)
    return dump(portal, record)


def settings(twin: Twin, request: Request, _body: Any) -> Any:
    """Return a portal's switches and tier."""
    portal = _portal(twin, request)
    return {"portal": portal.id, "tier": portal.tier, **asdict(portal.settings)}


def change_settings(twin: Twin, request: Request, body: Any) -> Any:
    """Set a portal's switches, its tier, or both."""
    portal, known = _portal(twin, request), {f.name for f in fields(PortalSettings)}
    for name, value in body.items():
        if name == "tier" and value in TIERS:
            portal.tier = value
        elif name in known and type(value) is type(getattr(portal.settings, name)):
            setattr(portal.settings, name, value)
        else:
            raise Refused(f"no such setting, or not its type: {name}")
    rebuild_unique(portal)
    return settings(twin, request, body)


def add_token(twin: Twin, _request: Request, body: Any) -> Any:
    """Let a token in: token, portal, and optionally scopes and kind (private or oauth)."""
    scopes = frozenset(body["scopes"]) if "scopes" in body else ALL_SCOPES
    token = twin.add_token(
        body["token"], int(body["portal"]), scopes=scopes, kind=body.get("kind", "private")
    )
    return {"portal": token.portal, "scopes": sorted(token.scopes), "kind": token.kind}


def move_clock(twin: Twin, _request: Request, body: Any) -> Any:
    """Move the clock forward by advance_ms."""
    twin.clock.advance(int(body["advance_ms"]))
    return {"now": iso(twin.clock.now())}


def traffic(twin: Twin, _request: Request, _body: Any) -> Any:
    """Return the calls kept since keeping began."""
    return {"exchanges": twin.recorder.kept}


def keep_traffic(twin: Twin, _request: Request, body: Any) -> Any:
    """Begin or end keeping calls in memory; either way what was kept is dropped."""
    twin.recorder.keep = bool(body.get("keep", True))
    twin.recorder.kept.clear()
    return {"keep": twin.recorder.keep}
