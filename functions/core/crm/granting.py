"""Lets an OAuth app into a tenant's portal, and renews its access token: under one lease.

What is written, and in which order, so that a crash at any line leaves a working token or a due
renewal: the refresh token, the access token, when it is next due. HubSpot's refresh tokens stay the
same; if an app's ever changed, a crash between its answer and the first write would lose the grant,
which only connecting again mends.
"""

from __future__ import annotations

from contextlib import suppress
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from core.crm import oauth
from core.errors import Busy, Conflict, Invalid, Misconfigured, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.clock import Clock
    from core.crm.oauth import App, Issued, Pending

WAIT_SECONDS = 10
"""How long connecting waits for a renewal that is just running."""


class Refusal(Misconfigured):
    """HubSpot gives no token (RFC 6749's invalid_grant and the like): a person must act."""


class Renewal(StrEnum):
    """What came of a look at a tenant's token."""

    RENEWED = "renewed"
    NOT_DUE = "not due"
    HELD = "held"
    NOT_CONNECTED = "not connected"


class GrantStore(Protocol):
    """Where it stands what is due, who works on it, and which link is pending."""

    def due_at(self, tenant: str) -> int | None:
        """Return when the token is to be renewed (epoch ms), None while there is no grant."""
        ...

    def lease(self, tenant: str, *, due_by: int | None) -> str | None:
        """Take the tenant's lease and return its id; None when another run holds it.

        With `due_by` it is taken only if the token is due by then; without, the token becomes due,
        so that a crash in the middle is found.
        """
        ...

    def end(self, tenant: str, lease: str, due_at: int | None) -> None:
        """Give the lease back and note when the token is next due; nothing if it was lost."""
        ...

    def put_pending(self, tenant: str, pending: Pending) -> None:
        """Keep a link; an older one of the tenant is void."""
        ...

    def pending(self, tenant: str) -> Pending | None:
        """Return the tenant's link."""
        ...

    def take_pending(self, tenant: str, pending: Pending) -> bool:
        """Remove the link; False when someone else was first."""
        ...


class Vault(Protocol):
    """The secrets: the app's own, and the tenant's with the access token."""

    def app(self, tenant: str) -> App:
        """Return the tenant's app; `Misconfigured` when its secret cannot be understood."""
        ...

    def put_app(self, tenant: str, app: App) -> None:
        """Write the app's own secret."""
        ...

    def put_token(self, tenant: str, text: str) -> None:
        """Write the tenant's secret."""
        ...


class TokenEndpoint(Protocol):
    """HubSpot's. Each raises `Refusal`, or `Unavailable` when it cannot now."""

    def exchange(self, app: App, code: str, pending: Pending) -> Issued:
        """Turn a code into tokens."""
        ...

    def renew(self, app: App, refresh_token: str) -> Issued:
        """Return a new access token."""
        ...

    def revoke(self, app: App, refresh_token: str) -> None:
        """Give a grant back."""
        ...

    def portal(self, access_token: str) -> str:
        """Return the id of the portal that a token opens."""
        ...


class Granting:
    """The only one who gets tokens from HubSpot."""

    def __init__(
        self,
        store: GrantStore,
        vault: Vault,
        hubspot: TokenEndpoint,
        clock: Clock,
        token: Callable[[], str],
    ) -> None:
        """Keep the parts; `token` makes unguessable URL-safe text."""
        self._store = store
        self._vault = vault
        self._hubspot = hubspot
        self._clock = clock
        self._token = token

    def begin(self, tenant: str, app_url: str, redirect_uri: str) -> tuple[str, str]:
        """Return a link that lets the app in, and its state; older links are void."""
        if not oauth.is_loopback(redirect_uri):
            raise Invalid("redirect_uri", "The redirect must be http://localhost:<port>/….")
        app = self._vault.app(tenant)
        pending, state = oauth.begin(redirect_uri, self._clock.now(), self._token)
        self._store.put_pending(tenant, pending)
        return oauth.link(app_url, app.client_id, pending, state), state

    def finish(self, tenant: str, expected: str, state: str, code: str) -> tuple[str, Issued]:
        """Turn the code of a link into a kept grant; return the portal and what was issued.

        `expected` is the portal that the tenant names ("" or "0": any). `Conflict` for a link that
        is void, `Busy` while a renewal runs (the link stays good), `Refusal`, `Unavailable`.
        """
        pending = self._store.pending(tenant)
        now = self._clock.now()
        if pending is None or not pending.is_of(state) or pending.until <= now:
            raise _void()
        lease = self._leased(tenant)
        due_at = now  # so that a renewal looks what stands, whatever goes wrong here
        try:
            if not self._store.take_pending(tenant, pending):
                raise _void()
            app = self._vault.app(tenant)
            issued = self._hubspot.exchange(app, code, pending)
            portal = self._hubspot.portal(issued.access_token)
            if expected not in {"", "0", portal}:
                with suppress(Unavailable):
                    self._hubspot.revoke(app, issued.refresh_token)
                raise Conflict(
                    "portal_wrong",
                    f"The app was let into portal {portal}, but this tenant's is {expected}. "
                    "Nothing was kept.",
                )
            granted = app.granted(issued.refresh_token, portal)
            due_at = self._keep(tenant, granted, issued, app)
        finally:
            self._store.end(tenant, lease, due_at)
        return portal, issued

    def renew(self, tenant: str) -> Renewal:
        """Renew the token if it is due and nobody else is at it; `Refusal`, `Unavailable`."""
        now = self._clock.now()
        due_at = self._store.due_at(tenant)
        if due_at is None:
            return Renewal.NOT_CONNECTED
        if due_at > now:
            return Renewal.NOT_DUE
        lease = self._store.lease(tenant, due_by=now)
        if lease is None:
            return Renewal.HELD
        again_at: int | None = now
        try:
            app = self._vault.app(tenant)
            if app.refresh_token is None:
                again_at = None
                return Renewal.NOT_CONNECTED
            issued = self._hubspot.renew(app, app.refresh_token)
            granted = app.granted(issued.refresh_token, app.hub_id)
            again_at = self._keep(tenant, granted, issued, app)
        except Refusal:
            again_at = now + oauth.REFUSED_MS
            raise
        finally:
            self._store.end(tenant, lease, again_at)
        return Renewal.RENEWED

    def _keep(self, tenant: str, app: App, issued: Issued, before: App) -> int:
        """Write a grant, then its token; return when it is due."""
        now = self._clock.now()
        if app != before:
            self._vault.put_app(tenant, app)
        self._vault.put_token(tenant, issued.text(now, app.hub_id))
        return issued.renew_at(now)

    def _leased(self, tenant: str) -> str:
        for _ in range(WAIT_SECONDS):
            lease = self._store.lease(tenant, due_by=None)
            if lease is not None:
                return lease
            self._clock.sleep(1)
        raise Busy("renewing", "A renewal is running. Try again.")


def _void() -> Conflict:
    return Conflict(
        "link_void",
        "The link is void: it was followed already, replaced by a newer one, or is ten minutes "
        "old. Connect again.",
    )
