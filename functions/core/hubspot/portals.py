"""Which token opens whose portal: a HubSpot client per tenant, remembered for five minutes."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING

from core import metrics
from core.crm.credential import parse_credential
from core.errors import Misconfigured, Unavailable
from core.hubspot.client import HubspotClient

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.clock import Clock
    from core.crm.credential import Credential

REMEMBERED_MS = 5 * 60_000

REREAD_MS = 10_000
"""However many calls HubSpot answers with 401, the secret is not read again before this."""


@dataclass(frozen=True, slots=True)
class _Portal:
    """A client, the credential that it was made for, and when that was read."""

    client: HubspotClient
    credential: Credential
    read_at: int


class Portals:
    """The portals of a deployment's tenants; each tenant's token stands in `<prefix><tenant>`.

    A token that HubSpot no longer accepts is looked up anew, since it may have been rotated; if it
    is still the same, calls go with the `previous` one, and the metric HubspotTokenFallback says
    so. Nothing here refreshes a token: only `hubspot_oauth` may.
    """

    def __init__(
        self,
        secret_prefix: str,
        base_url: str,
        version: str,
        read_secret: Callable[[str], str],
        clock: Clock,
    ) -> None:
        """Keep the parts; `read_secret` returns a secret's text by its name."""
        self._secret_prefix = secret_prefix
        self._base_url = base_url
        self._version = version
        self._read_secret = read_secret
        self._clock = clock
        self._portals: dict[str, _Portal] = {}
        self._lock = Lock()

    def of(self, tenant: str) -> HubspotClient:
        """Return the client of a tenant's portal; the same one while its secret stays the same.

        While the secret cannot be read anew, the client that is known goes on. Without one:
        `core.errors.Misconfigured` when the secret cannot be understood, `Unavailable` when it
        cannot be read.
        """
        with self._lock:
            known = self._portals.get(tenant)
            if known is None:
                return self._read(tenant, None).client
            if self._is_old(known):
                with suppress(Unavailable):
                    known = self._read(tenant, known)
            return known.client

    def forget(self, tenant: str) -> None:
        """Read the secret again next time: HubSpot did not accept its token."""
        with self._lock:
            self._portals.pop(tenant, None)

    def credential(self, tenant: str) -> Credential:
        """Return what the tenant's secret now holds."""
        name = f"{self._secret_prefix}{tenant}"
        try:
            return parse_credential(self._read_secret(name))
        except ValueError as error:
            raise Misconfigured(
                "hubspot_token",
                "The service is not set up.",
                internal=f"the secret {name} cannot be read: {error}",
            ) from error

    def alone(self, token: str) -> HubspotClient:
        """Return a client that calls with this one token, whatever HubSpot says to it."""
        return HubspotClient(token, self._base_url, self._version)

    def _is_old(self, known: _Portal) -> bool:
        """Return whether to read again: after five minutes, or when an OAuth token has ended."""
        now, expires_at = self._clock.now(), known.credential.expires_at
        ended = expires_at is not None and expires_at <= now
        return now - known.read_at >= (REREAD_MS if ended else REMEMBERED_MS)

    def _read(self, tenant: str, known: _Portal | None) -> _Portal:
        credential = self.credential(tenant)
        if known is not None and known.credential == credential:
            client = known.client
        else:
            client = HubspotClient(
                credential.token, self._base_url, self._version, partial(self._instead, tenant)
            )
        self._portals[tenant] = _Portal(client, credential, self._clock.now())
        return self._portals[tenant]

    def _instead(self, tenant: str, refused: str) -> str | None:
        """Return another token for one that HubSpot answered with 401, None when there is none."""
        with self._lock:
            known = self._portals.get(tenant)
            if known is None or self._clock.now() - known.read_at >= REREAD_MS:
                try:
                    known = self._read(tenant, known)
                except Unavailable:
                    return None  # HubSpot's no stands, and is told
        if known.credential.token != refused:
            return known.credential.token
        if known.credential.previous is not None:
            metrics.count("HubspotTokenFallback", 1, tenant=tenant)
        return known.credential.previous
