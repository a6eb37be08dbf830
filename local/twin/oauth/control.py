"""/_twin/apps: register an app as its developer would, and uninstall it as an account would."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local.twin.control_endpoint import Refused, portal_of
from local.twin.oauth.apps import App

if TYPE_CHECKING:
    from starlette.requests import Request

    from local.twin.control_endpoint import Table
    from local.twin.twin import Twin


def table() -> Table:
    """Return the endpoints."""
    return [
        ("POST", "/_twin/apps", register),
        ("POST", "/_twin/portals", open_portal),
        ("DELETE", "/_twin/apps/{client_id}/installation", uninstall),
    ]


def register(twin: Twin, _request: Request, body: Any) -> Any:
    """Register an app: client_id, client_secret, redirect_uris, scopes and, optionally, more."""
    app = App(
        str(body["client_id"]),
        str(body["client_secret"]),
        tuple(body["redirect_uris"]),
        frozenset(body["scopes"]),
        frozenset(body.get("optional_scopes", ())),
        int(body.get("app_id", 1)),
        bool(body.get("rotates_refresh_tokens", False)),
    )
    if ":" in app.client_id:
        raise Refused("a client id has no colon")
    twin.grants.apps[app.client_id] = app
    return {"client_id": app.client_id, "app_id": app.app_id}


def open_portal(twin: Twin, _request: Request, body: Any) -> Any:
    """Open one more account: portal and, optionally, tier."""
    portal = twin.add_portal(int(body["portal"]), body.get("tier", "professional"))
    return {"portal": portal.id, "tier": portal.tier}


def uninstall(twin: Twin, request: Request, _body: Any) -> Any:
    """Take an app out of a portal: none of its tokens opens it any more."""
    client_id, portal = request.path_params["client_id"], portal_of(twin, request)
    twin.grants.uninstall(client_id, portal.id)
    held = f"{client_id}:{portal.id}"
    for value, token in list(twin.tokens.items()):
        if token.app == held:
            del twin.tokens[value]
    return {"status": "ok"}
