"""/_twin: what a test or a person may do to the twin behind the API's back."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from local.twin.auth import ALL_SCOPES, KINDS
from local.twin.catalog import TYPES
from local.twin.changes import UI
from local.twin.clock import iso
from local.twin.control_endpoint import Refused, endpoints, kind_of, portal_of
from local.twin.faults import control as fault_control
from local.twin.fetch import control as fetch_control
from local.twin.limits import TIERS
from local.twin.oauth import control as oauth_control
from local.twin.objects import resolve
from local.twin.recycling import archive, purge, restore
from local.twin.state import Portal, PortalSettings, Record
from local.twin.stats import Stats
from local.twin.webhooks import control as webhook_control
from local.twin.writes import rebuild_unique, store

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.routing import Route

    from local.twin.control_endpoint import Table
    from local.twin.twin import Twin


def routes(twin: Twin) -> list[Route]:
    """Return the control endpoints."""
    table: Table = [
        ("GET", "/_twin/health", health),
        ("POST", "/_twin/reset", reset),
        ("GET", "/_twin/stats", stats),
        ("POST", "/_twin/stats/reset", reset_stats),
        ("GET", "/_twin/records", records),
        ("PATCH", "/_twin/records/{type}/{id}", corrupt),
        ("DELETE", "/_twin/records/{type}/{id}", remove),
        ("POST", "/_twin/records/{type}/{id}/restore", bring_back),
        ("GET", "/_twin/settings", settings),
        ("POST", "/_twin/settings", change_settings),
        ("POST", "/_twin/tokens", add_token),
        ("GET", "/_twin/clock", clock),
        ("POST", "/_twin/clock", move_clock),
        ("DELETE", "/_twin/tokens/{token}", revoke_token),
        ("GET", "/_twin/traffic", traffic),
        ("POST", "/_twin/traffic", keep_traffic),
    ]
    others = (fault_control, fetch_control, webhook_control, oauth_control)
    return endpoints(twin, [*table, *(row for part in others for row in part.table())])


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
    portal, name = portal_of(twin, request), request.query_params.get("type")
    kinds = [kind_of(name)] if name else list(TYPES)
    return {k.name: [dump(portal, r) for r in portal.records[k.type_id].values()] for k in kinds}


def _record(twin: Twin, request: Request) -> tuple[Portal, Record]:
    portal = portal_of(twin, request)
    kind = kind_of(request.path_params["type"])
    record = resolve(portal, kind, request.path_params["id"])
    if record is None:
        raise Refused("no such record")
    return portal, record


def corrupt(twin: Twin, request: Request, body: Any) -> Any:
    """Set properties unchecked, as if someone had edited the record ("" clears)."""
    portal, record = _record(twin, request)
    with portal.acting(UI):
        store(portal, record, dict(body["properties"]))
    return dump(portal, record)


def remove(twin: Twin, request: Request, _body: Any) -> Any:
    """Archive a record, as if someone had deleted it; with ?purge=true, delete it for good."""
    portal, record = _record(twin, request)
    with portal.acting(UI):
        if request.query_params.get("purge") == "true":
            purge(portal, record)
        else:
            archive(portal, record)
    return dump(portal, record)


def bring_back(twin: Twin, request: Request, _body: Any) -> Any:
    """Restore a record from the recycle bin, which HubSpot offers on its pages only."""
    portal, record = _record(twin, request)
    with portal.acting(UI):
        restore(portal, record)
    return dump(portal, record)


def settings(twin: Twin, request: Request, _body: Any) -> Any:
    """Return a portal's switches and tier."""
    portal = portal_of(twin, request)
    return {"portal": portal.id, "tier": portal.tier, **asdict(portal.settings)}


def change_settings(twin: Twin, request: Request, body: Any) -> Any:
    """Set a portal's switches, its tier, or both."""
    portal, known = portal_of(twin, request), {f.name for f in fields(PortalSettings)}
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
    """Let a token in: token, portal, and optionally scopes, kind, app and expires_in_ms."""
    scopes = frozenset(body["scopes"]) if "scopes" in body else ALL_SCOPES
    kind = body.get("kind", "private")
    if kind not in KINDS:
        raise Refused(f"no such kind of token: {kind}; there are {', '.join(KINDS)}")
    ends = body.get("expires_in_ms")
    token = twin.add_token(
        body["token"],
        int(body["portal"]),
        scopes=scopes,
        kind=kind,
        app=body.get("app", ""),
        expires_at=None if ends is None else twin.clock.now() + int(ends),
    )
    return {"portal": token.portal, "scopes": sorted(token.scopes), "kind": token.kind}


def revoke_token(twin: Twin, request: Request, _body: Any) -> Any:
    """Let a token in no longer."""
    if twin.tokens.pop(request.path_params["token"], None) is None:
        raise Refused("no such token")
    return {"status": "ok"}


def clock(twin: Twin, _request: Request, _body: Any) -> Any:
    """Say what time it is, and whether the clock stands."""
    now = twin.clock.now()
    return {"now": iso(now), "now_ms": now, "frozen": twin.clock.frozen_at is not None}


def move_clock(twin: Twin, request: Request, body: Any) -> Any:
    """Stop the clock or let it run (`frozen`), move it by advance_ms or forward to set_ms."""
    if "frozen" in body:
        twin.clock.freeze() if body["frozen"] else twin.clock.run()
    if "set_ms" in body:
        twin.clock.advance(int(body["set_ms"]) - twin.clock.now())
    twin.clock.advance(int(body.get("advance_ms", 0)))
    return clock(twin, request, body)


def traffic(twin: Twin, _request: Request, _body: Any) -> Any:
    """Return the calls kept since keeping began."""
    return {"exchanges": twin.recorder.kept}


def keep_traffic(twin: Twin, _request: Request, body: Any) -> Any:
    """Begin or end keeping calls in memory; either way what was kept is dropped."""
    twin.recorder.keep = bool(body.get("keep", True))
    twin.recorder.kept.clear()
    return {"keep": twin.recorder.keep}
