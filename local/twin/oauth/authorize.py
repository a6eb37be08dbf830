"""GET and POST /oauth/authorize: the page on which a person lets an app into an account."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.responses import RedirectResponse
from starlette.routing import Route

from local.twin.oauth.apps import CODE_MS, Code
from local.twin.pages import render

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from local.twin.oauth.apps import App
    from local.twin.twin import Twin

PATH = "/oauth/authorize"


class Unauthorizable(ValueError):
    """A link that no person should follow; the page says why, and nothing is redirected."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What an authorization link asks for."""

    app: App
    redirect_uri: str
    scopes: frozenset[str]
    optional: frozenset[str]
    state: str
    challenge: str


def routes(twin: Twin) -> list[Route]:
    """Return the page's endpoints."""

    async def show(request: Request) -> Response:
        try:
            asked = read(twin, request.query_params)
        except Unauthorizable as why:
            return render("authorize.html", 400, why=str(why))
        return render(
            "authorize.html",
            asked=asked,
            fields=list(request.query_params.items()),
            portals=list(twin.portals),
        )

    async def decide(request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode(errors="replace")))
        try:
            asked = read(twin, form)
            told = _decided(twin, asked, form)
        except Unauthorizable as why:
            return render("authorize.html", 400, why=str(why))
        if asked.state:
            told["state"] = asked.state
        joined = "&" if urlsplit(asked.redirect_uri).query else "?"
        return RedirectResponse(f"{asked.redirect_uri}{joined}{urlencode(told)}", 302)

    return [Route(PATH, show, methods=["GET"]), Route(PATH, decide, methods=["POST"])]


def read(twin: Twin, given: Mapping[str, str]) -> Asked:
    """Read a link's parameters; raises Unauthorizable."""
    app = twin.grants.apps.get(given.get("client_id", ""))
    if app is None:
        raise Unauthorizable("No app has this client_id")
    if given.get("redirect_uri") not in app.redirect_uris:
        raise Unauthorizable("The app has not registered this redirect_uri")
    scopes = frozenset(given.get("scope", "").split())
    optional = frozenset(given.get("optional_scope", "").split())
    if scopes != app.scopes or not optional <= app.optional_scopes:
        raise Unauthorizable("The scopes are not those that the app has registered")
    challenge = given.get("code_challenge", "")
    if challenge and given.get("code_challenge_method") != "S256":
        raise Unauthorizable("code_challenge_method must be S256")
    where = str(given["redirect_uri"])
    return Asked(app, where, scopes, optional, given.get("state", ""), challenge)


def _decided(twin: Twin, asked: Asked, form: Mapping[str, str]) -> dict[str, str]:
    if form.get("decision") == "deny":
        return {"error": "access_denied", "error_description": "The user denied access"}
    portal = form.get("portal", "")
    if not portal.isdecimal() or int(portal) not in twin.portals:
        raise Unauthorizable("There is no such account")
    code = secrets.token_hex(16)
    twin.grants.codes[code] = Code(
        asked.app,
        int(portal),
        asked.scopes | asked.optional,
        asked.redirect_uri,
        asked.challenge,
        twin.clock.now() + CODE_MS,
    )
    return {"code": code}
