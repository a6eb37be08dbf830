"""POST /oauth/{version}/token, …/introspect and …/revoke, with their fields in a form body."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from local.twin.call import Answer
from local.twin.chain import Exchange, Operation
from local.twin.oauth.apps import ACCESS_S, refusal
from local.twin.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.twin.auth import Token
    from local.twin.chain import Proceed
    from local.twin.oauth.apps import App, Refresh
    from local.twin.twin import Twin

    Handle = Callable[[Twin, dict[str, str]], Answer]

VERSIONS = ("v3", "2026-03", "2026-09")
_FORM = "application/x-www-form-urlencoded"
# What a record of traffic must not show.
SECRET = frozenset(
    {"access_token", "client_secret", "code", "code_verifier", "refresh_token", "token"}
)


def operations() -> list[tuple[Operation, Handle]]:
    """Return the endpoints with what each does."""
    table: dict[str, Handle] = {
        "token": issue,
        "token/introspect": introspect,
        "token/revoke": revoke,
    }
    return [
        (Operation("POST", f"/oauth/{v}/{path}", v, setup=True, hides=SECRET), handle)
        for v in VERSIONS
        for path, handle in table.items()
    ]


def answering(handle: Handle) -> Callable[[Exchange, Proceed], Any]:
    """Return the last layer of an endpoint: no bearer token, a form instead of JSON."""

    async def layer(exchange: Exchange, _proceed: Proceed) -> Answer:
        try:
            return handle(exchange.twin, _form(exchange))
        except Problem as problem:
            return Answer(problem.status, problem.body())

    return layer


def _form(exchange: Exchange) -> dict[str, str]:
    if not exchange.headers.get("content-type", "").startswith(_FORM):
        raise Problem(415, "Unsupported Media Type", category="UNSUPPORTED_MEDIA_TYPE")
    return dict(parse_qsl(exchange.raw.decode(errors="replace")))


def _app(twin: Twin, form: dict[str, str]) -> App:
    return twin.grants.app(form.get("client_id", ""), form.get("client_secret", ""))


def issue(twin: Twin, form: dict[str, str]) -> Answer:
    """Give an access token for a code or a refresh token."""
    app, kind = _app(twin, form), form.get("grant_type")
    if kind == "authorization_code":
        where, verifier = form.get("redirect_uri", ""), form.get("code_verifier", "")
        grant = twin.grants.redeem(app, form.get("code", ""), where, verifier, twin.clock.now())
        refresh = twin.grants.keep(grant)
    elif kind == "refresh_token":
        refresh = form.get("refresh_token", "")
        grant = twin.grants.refreshed(app, refresh)
        if app.rotates_refresh_tokens:
            refresh = twin.grants.keep(grant)
    else:
        raise refusal("BAD_GRANT_TYPE", "missing or unknown grant type")
    return Answer(200, _issued(twin, grant, refresh))


def _issued(twin: Twin, grant: Refresh, refresh: str) -> dict[str, Any]:
    access = f"access-{secrets.token_hex(24)}"
    twin.add_token(
        access,
        grant.portal,
        scopes=grant.scopes,
        kind="oauth",
        app=f"{grant.app.client_id}:{grant.portal}",
        expires_at=twin.clock.now() + ACCESS_S * 1000,
    )
    return {
        "access_token": access,
        "refresh_token": refresh,
        "expires_in": ACCESS_S,
        "token_type": "bearer",
        "token_use": "access_token",
        "hub_id": grant.portal,
        "user_id": 1,
        "scopes": sorted(grant.scopes),
    }


def introspect(twin: Twin, form: dict[str, str]) -> Answer:
    """Say whose a token is and whether it still opens anything."""
    app, value = _app(twin, form), form.get("token", "")
    grant = twin.grants.refresh_tokens.get(value)
    if grant is not None and grant.app.client_id == app.client_id:
        use, left = "refresh_token", None
        found = _told(app, value, grant.portal, grant.scopes, use, active=True)
        return Answer(200, found)
    token = twin.tokens.get(value)
    if token is None or token.app.partition(":")[0] != app.client_id:
        raise Problem(404, "The token is unknown", category="OBJECT_NOT_FOUND")
    left = max(0, (token.expires_at or 0) - twin.clock.now()) // 1000
    found = _told(app, value, token.portal, token.scopes, "access_token", active=left > 0)
    found |= {"expires_in": left, "is_private_distribution": True}
    return Answer(200, {**found, "signed_access_token": _signed(app, token)})


def _told(
    app: App, value: str, portal: int, scopes: frozenset[str], use: str, *, active: bool
) -> dict[str, Any]:
    return {
        "active": active,
        "token": value,
        "token_type": "bearer",
        "token_use": use,
        "client_id": app.client_id,
        "app_id": app.app_id,
        "hub_id": portal,
        "user_id": 1,
        "scopes": sorted(scopes),
    }


def _signed(app: App, token: Token) -> dict[str, Any]:
    """Return HubSpot's own rendering of a token, of which nothing is worth reading."""
    texts = (
        "appInstallId", "audience", "newSignature", "scopeToScopeGroupPks", "signature",
        "trialScopeToScopeGroupPks", "trialScopes",
    )  # fmt: skip
    return {
        **dict.fromkeys(texts, ""),
        "appId": app.app_id,
        "expiresAt": token.expires_at,
        "hubId": token.portal,
        "hublet": "na1",
        "installingUserId": 1,
        "userId": 1,
        "isPrivateDistribution": True,
        "isServiceAccount": False,
        "isUserLevel": False,
        "scopes": " ".join(sorted(token.scopes)),
    }


def revoke(twin: Twin, form: dict[str, str]) -> Answer:
    """Forget a refresh token; access tokens go on until they expire."""
    app, value = _app(twin, form), form.get("token", "")
    twin.grants.refreshed(app, value)
    twin.grants.refresh_tokens.pop(value, None)
    return Answer(204)
