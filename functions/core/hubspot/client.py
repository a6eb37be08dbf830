"""One HubSpot portal over HubSpot's own SDK: one held `ApiClient` and its `call_api`.

The SDK's typed modules speak only v3, open a connection pool on every access and have no time-out;
its `api_request` has none either and prints errors. `call_api` of one held client has pooled
connections, time-outs and visible headers, for every API version. Nothing is retried here but a
call with a token that HubSpot no longer accepts, which has done nothing.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from hubspot.crm.objects import ApiClient, ApiException, Configuration
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from core.crm.outcomes import Denied, Outcome, Refused, Reply, Unavailable, Unknown
from core.crm.properties import ObjectType
from core.errors import Misconfigured
from core.errors import Unavailable as NotNow
from core.hubspot import bodies, paths

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from core.crm.calls import Call

CONNECT_SECONDS = 3.0
READ_SECONDS = 15.0
CONNECTIONS = 20

Answer = tuple[int, dict[str, str], bytes]

_UNAUTHORIZED = 401


class NotAccepted(Misconfigured):
    """HubSpot does not accept the token (401): it has ended, or never was one."""


class HubspotClient:
    """One portal, by its token. `send` may be called from many threads."""

    def __init__(
        self,
        token: str,
        base_url: str,
        version: str,
        instead: Callable[[str], str | None] = lambda _refused: None,
    ) -> None:
        """Open nothing yet; `version` is `2026-09` or another date, or `v3`.

        `instead` is asked for another token when HubSpot does not accept (401) the one in use.
        """
        self._token = token
        self._instead = instead
        configuration = Configuration(host=base_url.rstrip("/"))
        configuration.retries = False
        configuration.connection_pool_maxsize = CONNECTIONS
        self._api = ApiClient(configuration=configuration)
        self._api.user_agent = "countersign"
        self._version = version
        self._stages: dict[str, tuple[str, str]] | None = None
        self._sku_is_unique: bool | None = None

    @property
    def token(self) -> str:
        """The token that calls now go with."""
        return self._token

    def send(self, call: Call) -> Reply:
        """Make one batch call. Never raises for what HubSpot or the network does."""
        answered = self._exchange("POST", paths.batch(self._version, call), bodies.request(call))
        if not isinstance(answered, tuple):
            return Reply(answered)
        status, headers, data = answered
        return Reply(bodies.outcome(status, headers, data), bodies.quota(headers))

    def order_stages(self) -> Mapping[str, tuple[str, str]]:
        """Return pipeline and stage id by stage label, of the first order pipeline; read once."""
        if self._stages is None:
            found = self.ask("GET", paths.order_pipelines(self._version))["results"]
            pipelines = sorted(found, key=lambda p: int(p["displayOrder"]))
            if not pipelines:
                raise Misconfigured(
                    "hubspot_pipeline", "The service is not set up.", internal="no order pipeline"
                )
            first = pipelines[0]
            self._stages = {s["label"]: (first["id"], s["id"]) for s in first["stages"]}
        return self._stages

    def adopts(self, kind: ObjectType) -> bool:
        """Return whether records of this type can be read by e-mail or SKU.

        E-mail always can. HubSpot's documents do not say whether `hs_sku` is unique, so the portal
        is asked once.
        """
        if kind is not ObjectType.PRODUCTS:
            return True
        if self._sku_is_unique is None:
            shown = self.ask("GET", paths.adopting_property(self._version, kind))
            self._sku_is_unique = bool(shown.get("hasUniqueValue"))
        return self._sku_is_unique

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Make one call of set-up and return its body.

        `core.errors.Unavailable` when HubSpot cannot now, `Misconfigured` with HubSpot's own words
        when it refuses, of the kind `NotAccepted` when it is the token that it refuses.
        """
        answered = self._exchange(method, path, body)
        if isinstance(answered, tuple):
            status, headers, data = answered
            shown = bodies.parsed(data)
            if status < 300 and shown is not None:  # noqa: PLR2004 - every 2xx
                return shown
            answered = bodies.outcome(status, headers, data)
        if isinstance(answered, Denied | Refused):
            reason = answered.reason
            refusal = NotAccepted if answered.status == _UNAUTHORIZED else Misconfigured
            raise refusal(
                "hubspot_refuses",
                "The service is not set up.",
                internal=f"denied {answered.status}: {method} {path}: {reason.message}",
            )
        raise NotNow("hubspot_unavailable", "Try later.", internal=f"{method} {path}: {answered}")

    def _exchange(self, method: str, path: str, body: dict[str, Any] | None) -> Answer | Outcome:
        """Make a call; with another token, both together last no longer than one may."""
        began, token = time.monotonic(), self._token
        answered = self._call(method, path, body, token, READ_SECONDS)
        if not isinstance(answered, tuple) or answered[0] != _UNAUTHORIZED:
            return answered
        other = self._instead(token)
        left = READ_SECONDS - (time.monotonic() - began)
        if other is None or left <= 0:
            return answered
        self._token = other
        return self._call(method, path, body, other, left)

    def _call(
        self, method: str, path: str, body: dict[str, Any] | None, token: str, read_seconds: float
    ) -> Answer | Outcome:
        try:
            response = self._api.call_api(
                path,
                method,
                header_params={"Accept": "application/json", "Authorization": f"Bearer {token}"},
                body=body,
                _preload_content=False,
                _request_timeout=(CONNECT_SECONDS, read_seconds),
            )
            return response.status, _lower(response.headers), response.data
        except ApiException as error:
            if error.status:
                return int(error.status), _lower(error.headers), (error.body or "").encode()
            return Unavailable(0)
        except (NewConnectionError, ConnectTimeoutError):
            return Unavailable(0)
        except (HTTPError, OSError, ValueError, AttributeError) as error:
            # AttributeError: the SDK decodes the missing body of a TLS error.
            return Unknown(type(error).__name__)


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {k.lower(): v for k, v in headers.items()}
