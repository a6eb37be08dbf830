"""Tokens by client credentials (RFC 6749, 4.4) from an issuer's token endpoint."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from urllib.parse import quote_plus, urlsplit

import requests

from countersign.errors import NoAnswerError, SettingsError, TokenEndpointError

MARGIN = 60.0
TIMEOUTS = (3.05, 10.0)
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(slots=True)
class ClientCredentials:
    """Returns a token when called, the same one until shortly before it ends.

    `url` is HTTPS, or on this machine; `scope` is sent when it is not empty. `ca_bundle` is for an
    issuer with an authority of its own.
    """

    url: str
    client_id: str
    secret: str = field(repr=False)
    scope: str = ""
    ca_bundle: str | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)
    _held: str = field(default="", init=False, repr=False)
    _good_until: float = field(default=0.0, init=False, repr=False)

    def __post_init__(self) -> None:
        """Refuse an endpoint to which the secret would go in the clear."""
        parts = urlsplit(self.url)
        if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
            raise SettingsError(f"{self.url}: a token endpoint is called by https only")

    def __call__(self) -> str:
        """Return a token; raise TokenEndpointError when the issuer gives none."""
        with self._lock:
            if not self._held or time.monotonic() >= self._good_until:
                self._fetch()
            return self._held

    def forget(self) -> None:
        """Fetch anew at the next call."""
        with self._lock:
            self._held = ""

    def _fetch(self) -> None:
        asked = time.monotonic()
        form = {"grant_type": "client_credentials"}
        if self.scope:
            form["scope"] = self.scope
        try:
            answer = requests.post(
                self.url,
                data=form,
                # RFC 6749, 2.3.1: both halves are form-encoded before they are joined
                auth=(quote_plus(self.client_id), quote_plus(self.secret)),
                headers={"Accept": "application/json"},
                timeout=TIMEOUTS,
                verify=self.ca_bundle or True,
                allow_redirects=False,
            )
        except (requests.ConnectionError, requests.Timeout) as error:
            raise NoAnswerError(f"{self.url}: {error}") from error
        self._held, lasting = _read(answer)
        self._good_until = asked + max(lasting - MARGIN, lasting / 2)


def _read(answer: requests.Response) -> tuple[str, float]:
    """Return the token and the seconds that it lasts; neither is ever part of an error."""
    try:
        body = answer.json()
    except requests.JSONDecodeError:
        body = {}
    if answer.status_code != requests.codes.ok or not isinstance(body.get("access_token"), str):
        reason = body.get("error", "no token in its answer")
        raise TokenEndpointError(f"the token endpoint refused: {answer.status_code} {reason}")
    return body["access_token"], float(body.get("expires_in", 0))
