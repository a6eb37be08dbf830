"""What the route of credentials answers."""

from __future__ import annotations

from core.web.body import Body


class CredentialsOut(Body):
    """Credentials for the signed door, shown once. Sign for `region` and service `execute-api`.

    `url` is the signed door's, with its stage; `scopes` are what the session may do.
    """

    access_key_id: str
    secret_access_key: str
    session_token: str
    expires_at: str
    region: str
    url: str
    scopes: tuple[str, ...]
