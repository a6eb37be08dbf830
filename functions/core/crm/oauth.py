"""How an OAuth app is let into a portal, and what is kept of it: rules and values, no calls.

The app's own secret, which `hubspot_oauth` alone reads and writes; an operator puts the first two:

    {"client_id": "…", "client_secret": "…", "refresh_token": "…", "hub_id": "…"}

Its access token stands in the tenant's secret (`core.crm.credential`), so that whoever calls
HubSpot can use it and nobody else can renew it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from core.crm.scopes import NEEDED

if TYPE_CHECKING:
    from collections.abc import Callable

STATE_MS = 10 * 60_000
"""A link to let the app in is good for so long."""

LIFE_SPENT = 0.8
"""A token is renewed when this share of its life is over: of HubSpot's 30 minutes six are left."""

REFUSED_MS = 5 * 60_000
"""After HubSpot refused to renew, it is asked again this much later: a person must act."""


@dataclass(frozen=True, slots=True)
class App:
    """An OAuth app, and its grant for one portal once it was let in."""

    client_id: str
    client_secret: str = field(repr=False)
    refresh_token: str | None = field(default=None, repr=False)
    hub_id: str | None = None

    def text(self) -> str:
        """Return the secret's text."""
        return json.dumps(asdict(self))

    def granted(self, refresh_token: str, hub_id: str | None) -> App:
        """Return the app with a grant."""
        return replace(self, refresh_token=refresh_token, hub_id=hub_id)


@dataclass(frozen=True, slots=True)
class Issued:
    """What HubSpot's token endpoint gave: `expires_in` in seconds."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_in: int = 0
    scopes: tuple[str, ...] = ()

    def text(self, now: int, hub_id: str | None) -> str:
        """Return the text of the tenant's secret, `now` in epoch ms."""
        return json.dumps(
            {
                "token": self.access_token,
                "previous": None,
                "expires_at": now + self.expires_in * 1000,
                "scopes": sorted(self.scopes),
                "hub_id": hub_id,
            }
        )

    def renew_at(self, now: int) -> int:
        """Return when to renew a token that was issued `now`, both in epoch ms."""
        return now + round(self.expires_in * 1000 * LIFE_SPENT)


@dataclass(frozen=True, slots=True)
class Pending:
    """A link that nobody has come back from yet.

    The state is kept as a digest only. The PKCE verifier stays here, so that a code alone is worth
    nothing, even to whoever can listen on the operator's machine.
    """

    state_digest: str
    verifier: str = field(repr=False)
    redirect_uri: str = ""
    until: int = 0

    def is_of(self, state: str) -> bool:
        """Return whether the state is that of the link, in constant time."""
        return hmac.compare_digest(self.state_digest, digest(state))


def begin(redirect_uri: str, now: int, token: Callable[[], str]) -> tuple[Pending, str]:
    """Return a new pending link and its state; `token` makes unguessable URL-safe text."""
    state = token()
    return Pending(digest(state), token(), redirect_uri, now + STATE_MS), state


def link(app_url: str, client_id: str, pending: Pending, state: str) -> str:
    """Return the page on which a person lets the app into a portal."""
    asked = {
        "client_id": client_id,
        "redirect_uri": pending.redirect_uri,
        "scope": " ".join(sorted(NEEDED)),
        "state": state,
        "code_challenge": s256(pending.verifier),
        "code_challenge_method": "S256",
    }
    return f"{app_url}/oauth/authorize?{urlencode(asked)}"


def is_loopback(redirect_uri: str) -> bool:
    """Return whether a redirect leads to the operator's own machine (RFC 8252, section 7.3).

    HubSpot takes http for `localhost` only.
    """
    try:
        parts = urlsplit(redirect_uri)
        port = parts.port
    except ValueError:
        return False
    plain = not (parts.query or parts.fragment or parts.username or parts.password)
    return parts.scheme == "http" and parts.hostname == "localhost" and bool(port) and plain


def digest(text: str) -> str:
    """Return the SHA-256 of a text, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def s256(verifier: str) -> str:
    """Return the S256 challenge of a PKCE verifier (RFC 7636, section 4.2)."""
    hashed = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(hashed).rstrip(b"=").decode()


def parse_app(text: str) -> App:
    """Read an app's own secret; raises ValueError, which shows nothing of it."""
    try:
        found = json.loads(text)
        own = (found["client_id"], found["client_secret"])
        grant = (found.get("refresh_token"), found.get("hub_id"))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ValueError('it is not JSON like {"client_id": "…", "client_secret": "…"}') from None
    if not all(isinstance(v, str) and v for v in own):
        raise ValueError("client_id or client_secret is not filled")
    if not all(isinstance(v, str | None) for v in grant):
        raise ValueError("refresh_token or hub_id is neither text nor null")
    return App(*own, *grant)
