"""Apps, and what they were given: codes, access tokens, refresh tokens."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field

from local.twin.problems import Problem

# A code is good for one exchange, soon.
CODE_MS = 60_000
ACCESS_S = 1_800


@dataclass(frozen=True, slots=True)
class App:
    """An app as its developer registered it. `scopes` must be granted, `optional_scopes` may."""

    client_id: str
    client_secret: str
    redirect_uris: tuple[str, ...]
    scopes: frozenset[str]
    optional_scopes: frozenset[str] = frozenset()
    app_id: int = 1
    rotates_refresh_tokens: bool = False


@dataclass(frozen=True, slots=True)
class Code:
    """An authorization code. `challenge` is the S256 one of PKCE, "" where none was given."""

    app: App
    portal: int
    scopes: frozenset[str]
    redirect_uri: str
    challenge: str
    expires_at: int


@dataclass(frozen=True, slots=True)
class Refresh:
    """A refresh token's grant."""

    app: App
    portal: int
    scopes: frozenset[str]


@dataclass(slots=True)
class Grants:
    """All apps and what they hold; access tokens are the twin's own tokens."""

    apps: dict[str, App] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)
    refresh_tokens: dict[str, Refresh] = field(default_factory=dict)

    def app(self, client_id: str, client_secret: str) -> App:
        """Return the app that shows its secret, or answer 400."""
        app = self.apps.get(client_id)
        if app is None:
            raise refusal("BAD_CLIENT_ID", "missing or unknown client id")
        if not hmac.compare_digest(app.client_secret.encode(), client_secret.encode()):
            raise refusal("BAD_CLIENT_SECRET", "missing or invalid client secret")
        return app

    def redeem(self, app: App, code: str, redirect_uri: str, verifier: str, now: int) -> Refresh:
        """Turn a code into a grant, once; its redirect URI and PKCE verifier must fit."""
        given = self.codes.pop(code, None)
        if given is None or given.app.client_id != app.client_id:
            raise refusal("BAD_AUTH_CODE", "missing or unknown auth code")
        if given.expires_at <= now:
            raise refusal("EXPIRED_AUTH_CODE", "the auth code has expired")
        if given.redirect_uri != redirect_uri:
            raise refusal("MISMATCH_REDIRECT_URI_AUTH_CODE", "redirect URI does not match")
        if given.challenge and not hmac.compare_digest(given.challenge, s256(verifier)):
            raise refusal("BAD_CODE_VERIFIER", "missing or invalid code verifier")
        return Refresh(app, given.portal, given.scopes)

    def refreshed(self, app: App, token: str) -> Refresh:
        """Return what a refresh token grants, or answer 400."""
        grant = self.refresh_tokens.get(token)
        if grant is None or grant.app.client_id != app.client_id:
            raise refusal("BAD_REFRESH_TOKEN", "missing or invalid refresh token")
        if app.rotates_refresh_tokens:
            del self.refresh_tokens[token]
        return grant

    def keep(self, grant: Refresh) -> str:
        """Return a new refresh token for a grant."""
        token = f"refresh-{secrets.token_hex(16)}"
        self.refresh_tokens[token] = grant
        return token

    def uninstall(self, client_id: str, portal: int) -> None:
        """Forget what an app holds in a portal."""
        for token, grant in list(self.refresh_tokens.items()):
            if (grant.app.client_id, grant.portal) == (client_id, portal):
                del self.refresh_tokens[token]


def s256(verifier: str) -> str:
    """Return the S256 challenge of a PKCE verifier (RFC 7636, section 4.2)."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def refusal(category: str, message: str) -> Problem:
    """Refuse a call to the token endpoint."""
    return Problem(400, message, category=category)
