"""What opens a tenant's portal, as it stands in the tenant's secret.

A service key or the token of an app with static auth, put there by an operator:

    {"token": "pat-…", "previous": "pat-…" or null}

The access token of an OAuth app, put there by `hubspot_oauth` alone:

    {"token": "…", "previous": null, "expires_at": <epoch ms>, "scopes": ["…"], "hub_id": "…"}
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Credential:
    """A portal's token, and the one before it while it still opens the portal.

    `expires_at` (epoch ms) and `scopes` are an OAuth token's; a service key or static token has
    neither: it never ends, and HubSpot itself is asked for its scopes.
    """

    token: str = field(repr=False)
    previous: str | None = field(default=None, repr=False)
    expires_at: int | None = None
    scopes: frozenset[str] | None = None

    @property
    def is_oauth(self) -> bool:
        """Whether it is an OAuth app's access token."""
        return self.expires_at is not None


def parse_credential(text: str) -> Credential:
    """Read a secret; raises ValueError, which shows nothing of it."""
    try:
        found = json.loads(text)
    except ValueError:
        raise ValueError('it is not JSON like {"token": "…", "previous": null}') from None
    if not isinstance(found, dict) or not _is_token(found.get("token")):
        raise ValueError('it has no "token"')
    previous, expires_at, scopes = (found.get(n) for n in ("previous", "expires_at", "scopes"))
    if previous is not None and not _is_token(previous):
        raise ValueError('"previous" is neither a token nor null')
    if expires_at is not None and not isinstance(expires_at, int):
        raise ValueError('"expires_at" is no whole number')
    return Credential(
        found["token"],
        previous,
        expires_at,
        frozenset(map(str, scopes)) if isinstance(scopes, list) else None,
    )


def _is_token(value: Any) -> bool:
    return isinstance(value, str) and value.isascii() and value.isprintable() and bool(value)
