"""Which token opens whose portal: a HubSpot client per tenant, remembered for five minutes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from core.errors import Misconfigured
from core.hubspot.client import HubspotClient

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.clock import Clock

REMEMBERED_MS = 5 * 60_000


class Portals:
    """The portals of a deployment's tenants.

    A tenant's token stands in the secret `<prefix><tenant>`, as JSON `{"token": "pat-…"}`.
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
        self._clients: dict[str, tuple[int, str, HubspotClient]] = {}

    def of(self, tenant: str) -> HubspotClient:
        """Return the client of a tenant's portal; the same one while the token stays the same."""
        now = self._clock.now()
        known = self._clients.get(tenant)
        if known is not None and now - known[0] < REMEMBERED_MS:
            return known[2]
        token = self._token(tenant)
        if known is not None and known[1] == token:
            client = known[2]
        else:
            client = HubspotClient(token, self._base_url, self._version)
        self._clients[tenant] = (now, token, client)
        return client

    def forget(self, tenant: str) -> None:
        """Read the token again next time: HubSpot did not accept it."""
        self._clients.pop(tenant, None)

    def _token(self, tenant: str) -> str:
        name = f"{self._secret_prefix}{tenant}"
        try:
            return str(json.loads(self._read_secret(name))["token"])
        except (ValueError, KeyError, TypeError) as error:
            raise Misconfigured(
                "hubspot_token",
                "The service is not set up.",
                internal=f'the secret {name} is not JSON like {{"token": "pat-…"}}',
            ) from error
