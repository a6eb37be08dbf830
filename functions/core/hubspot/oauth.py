"""HubSpot's token endpoint, over the SDK's `ApiClient`: its own OAuth module speaks only v1.

Forms with secrets go out and tokens come back: no error and no representation holds any of them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from hubspot.crm.objects import ApiClient, ApiException, Configuration
from urllib3.exceptions import HTTPError

from core.crm.granting import Refusal
from core.crm.oauth import Issued
from core.errors import Unavailable
from core.hubspot import bodies, paths
from core.hubspot.client import CONNECT_SECONDS, READ_SECONDS, HubspotClient

if TYPE_CHECKING:
    from core.crm.oauth import App, Pending

_FORM = "application/x-www-form-urlencoded"
_CATEGORY = re.compile(r"[A-Za-z_]{1,64}")


class HubspotTokens:
    """`core.crm.granting.TokenEndpoint`. Nothing is retried here."""

    def __init__(self, base_url: str, version: str) -> None:
        """Open nothing yet; `version` is the API's."""
        configuration = Configuration(host=base_url.rstrip("/"))
        configuration.retries = False
        self._api = ApiClient(configuration=configuration)
        self._api.user_agent = "countersign"
        self._base_url = base_url
        self._version = version

    def exchange(self, app: App, code: str, pending: Pending) -> Issued:
        """Turn a code into tokens."""
        return self._issued(
            app,
            grant_type="authorization_code",
            code=code,
            redirect_uri=pending.redirect_uri,
            code_verifier=pending.verifier,
        )

    def renew(self, app: App, refresh_token: str) -> Issued:
        """Return a new access token."""
        return self._issued(app, grant_type="refresh_token", refresh_token=refresh_token)

    def revoke(self, app: App, refresh_token: str) -> None:
        """Give a grant back."""
        fields = {"token": refresh_token, "token_type_hint": "refresh_token"}
        self._post(paths.oauth_revoke(self._version), app, fields)

    def portal(self, access_token: str) -> str:
        """Return the id of the portal that a token opens."""
        client = HubspotClient(access_token, self._base_url, self._version)
        return str(client.ask("GET", paths.account(self._version))["portalId"])

    def _issued(self, app: App, **fields: str) -> Issued:
        told = bodies.parsed(self._post(paths.oauth_token(self._version), app, fields)) or {}
        access, refresh, life = (
            told.get(n) for n in ("access_token", "refresh_token", "expires_in")
        )
        if not (isinstance(access, str) and isinstance(refresh, str) and isinstance(life, int)):
            raise _cannot("an answer without tokens")
        return Issued(access, refresh, life, tuple(map(str, told.get("scopes") or ())))

    def _post(self, path: str, app: App, fields: dict[str, str]) -> bytes:
        form = {"client_id": app.client_id, "client_secret": app.client_secret, **fields}
        try:
            response = self._api.call_api(
                path,
                "POST",
                header_params={"Accept": "application/json", "Content-Type": _FORM},
                post_params=list(form.items()),
                _preload_content=False,
                _request_timeout=(CONNECT_SECONDS, READ_SECONDS),
            )
            return bytes(response.data)
        except ApiException as error:
            raise _refusal(int(error.status or 0), error.body) from None
        except (HTTPError, OSError, ValueError, AttributeError) as error:
            # AttributeError: the SDK decodes the missing body of a TLS error.
            raise _cannot(type(error).__name__) from None


def _refusal(status: int, body: Any) -> Unavailable:
    """Return what a status outside 2xx means; of HubSpot's words only the category is kept."""
    if not 400 <= status < 500 or status in {408, 423, 429}:  # noqa: PLR2004 - every 4xx
        return _cannot(f"status {status}")
    told = bodies.parsed((body or "").encode()) or {}
    names = (told.get(name) for name in ("error", "category", "status"))
    why = next((n for n in names if isinstance(n, str) and _CATEGORY.fullmatch(n)), "no reason")
    return Refusal(
        "hubspot_grant",
        "HubSpot gives no token for this app. Connect it again.",
        internal=f"HubSpot's token endpoint refused: {status} {why}",
    )


def _cannot(why: str) -> Unavailable:
    return Unavailable(
        "hubspot_unavailable", "Try later.", internal=f"HubSpot's token endpoint: {why}"
    )
