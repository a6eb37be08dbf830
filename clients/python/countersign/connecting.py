"""Lets an OAuth app into a HubSpot portal, by way of the operator's browser.

The stack's function makes the link and keeps what proves it; this machine only listens for the
answer on 127.0.0.1 and hands its code on. No token and no client secret comes here.
"""

from __future__ import annotations

import hmac
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qs, urlsplit

from countersign.aws import invoke
from countersign.errors import FunctionError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable

    import boto3

PORT = 8765
"""Of the redirect URL that is registered with the app: http://localhost:8765/callback."""

PATIENCE_SECONDS = 600
"""The link is good for so long."""

_PATH = "/callback"
_POLL_SECONDS = 0.5


class ConnectError(FunctionError):
    """The app was not let in; the message says why."""


def connect(
    session: boto3.Session,
    function: str,
    tenant: str,
    *,
    port: int = PORT,
    open_page: Callable[[str], object],
    patience: float = PATIENCE_SECONDS,
) -> dict[str, Any]:
    """Have a person let the app into the tenant's portal; return its `portal` and `scopes`.

    `open_page` is given the link. Raises ConnectError, or SettingsError when the port is taken.
    """
    with Listener(port) as listener:
        begun = _ask(session, function, "connect.begin", tenant, redirect_uri=listener.url)
        open_page(begun["url"])
        code = listener.code(begun["state"], patience)
    return _ask(session, function, "connect.finish", tenant, state=begun["state"], code=code)


def _ask(
    session: boto3.Session, function: str, action: str, tenant: str, **told: str
) -> dict[str, Any]:
    answer = invoke(session, function, {"action": action, "tenant": tenant, **told})
    if not answer.pop("ok"):
        raise ConnectError(str(answer["problem"]))
    return answer


@dataclass(slots=True)
class Answered:
    """What came back so far; `state` is what it must show."""

    state: str = ""
    told: dict[str, str] = field(default_factory=dict)


class Listener:
    """Waits on this machine's own address for the browser to come back."""

    def __init__(self, port: int) -> None:
        """Take the port at once, so that nobody else does while the person decides."""
        self._answered = answered = Answered()

        class Page(Redirected):
            expected = answered

        try:
            self._server = HTTPServer(("127.0.0.1", port), Page)
        except OSError as error:
            raise SettingsError(f"port {port} cannot be had: {error.strerror}") from None
        self._server.timeout = _POLL_SECONDS

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Give the port back."""
        self._server.server_close()

    @property
    def url(self) -> str:
        """Where HubSpot shall send the browser; it takes http for the name localhost only."""
        return f"http://localhost:{self._server.server_port}{_PATH}"

    def code(self, state: str, patience: float) -> str:
        """Return the code that comes with this state; raises ConnectError."""
        self._answered.state = state
        deadline = time.monotonic() + patience
        while not self._answered.told:
            if time.monotonic() > deadline:
                raise ConnectError("Nobody came back from HubSpot's page in time. Connect again.")
            self._server.handle_request()
        told = self._answered.told
        if "code" not in told:
            raise ConnectError(f"HubSpot did not let the app in: {told.get('error', 'no code')}.")
        return told["code"]


class Redirected(BaseHTTPRequestHandler):
    """Takes the one request that shows the state, and refuses every other."""

    expected: Answered
    timeout = 5

    def do_GET(self) -> None:
        """Answer with a page for the person."""
        parts = urlsplit(self.path)
        told = {name: values[0] for name, values in parse_qs(parts.query).items()}
        state, expected = told.get("state", ""), self.expected.state
        known = hmac.compare_digest(state.encode(), expected.encode()) and bool(expected)
        if parts.path != _PATH or not known:
            self._say(404, "There is nothing here.")
            return
        self.expected.told = told
        self._say(200, "Done. You can close this page and go back to the command.")

    def _say(self, status: int, words: str) -> None:
        body = words.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Referrer-Policy", "no-referrer")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing: the path holds the code."""
