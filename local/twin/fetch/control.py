"""/_twin/fetch: a call as a UI extension would have HubSpot make it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from local.twin.control_endpoint import Refused
from local.twin.fetch.fetch import APPENDED, Viewer, address, fetch

if TYPE_CHECKING:
    from starlette.requests import Request

    from local.twin.control_endpoint import Table
    from local.twin.twin import Twin


def table() -> Table:
    """Return the endpoint."""
    return [("POST", "/_twin/fetch", call)]


def call(twin: Twin, _request: Request, body: Any) -> Any:
    """Call `url` and say what came back; all but the URL is optional.

    method, portal, user_id, user_email, order (of what is appended), authority (PEM file to trust),
    client_secret.
    """
    secret = body.get("client_secret") or twin.client_secret
    if not secret:
        raise Refused("no client secret to sign with")
    viewer = Viewer(
        int(body.get("portal", next(iter(twin.portals), 0))),
        int(body.get("user_id", 1)),
        str(body.get("user_email", "ada@example.com")),
    )
    url = address(body["url"], viewer, body.get("order", APPENDED))
    authority = Path(body["authority"]) if body.get("authority") else None
    method = str(body.get("method", "GET"))
    status, text = fetch(url, secret, twin.clock.now(), authority, method)
    return {"url": url, "status": status, "body": text}
