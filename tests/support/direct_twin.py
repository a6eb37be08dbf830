"""The twin without a socket: what urllib3 would send goes straight into its application.

For long runs. The client, its encoding and its reading of answers are the real ones; only the
connection is not. The twin's clock should stand, since a slow answer holds up all others.
"""

from __future__ import annotations

import asyncio
import io
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any
from unittest import mock
from urllib.parse import unquote

import urllib3
from urllib3.exceptions import ProtocolError

from local.twin.app import create_app
from tests.support.running_twin import Reply, RunningTwin, as_reply, fresh_twin

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from starlette.types import ASGIApp, Message

    from local.twin.twin import Twin

URL = "http://twin.invalid"


@dataclass(slots=True)
class Straight:
    """Calls an application, one call at a time, from whichever thread."""

    app: ASGIApp
    loop: asyncio.AbstractEventLoop
    lock: Lock

    def __call__(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> urllib3.HTTPResponse:
        """Return the answer; ProtocolError where the twin cuts the connection."""
        parts = urllib3.util.parse_url(url)
        path = parts.path or "/"
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "scheme": "http",
            "method": method,
            "path": unquote(path),
            "raw_path": path.encode(),
            "query_string": (parts.query or "").encode(),
            "root_path": "",
            "headers": [(k.lower().encode(), v.encode()) for k, v in headers.items()],
            "server": ("twin.invalid", 80),
            "client": ("127.0.0.1", 1),
        }
        begun: dict[str, Any] = {}
        content = bytearray()

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                begun.update(message)
            else:
                content.extend(message.get("body", b""))

        with self.lock:
            try:
                self.loop.run_until_complete(self.app(scope, receive, send))
            except ConnectionResetError as error:
                raise ProtocolError("Connection aborted.", error) from error
        answered = {k.decode(): v.decode() for k, v in begun["headers"]}
        return urllib3.HTTPResponse(
            io.BytesIO(bytes(content)), answered, begun["status"], preload_content=False
        )


@dataclass(frozen=True, slots=True)
class DirectTwin(RunningTwin):
    """A twin that is called like one on a socket."""

    def exchange(
        self, method: str, path: str, data: bytes | None, headers: dict[str, str]
    ) -> Reply:
        """Send one request straight into the application."""
        manager = urllib3.PoolManager()
        reply = manager.urlopen(method, self.url + path, body=data, headers=headers)
        return as_reply(reply.status, reply.data, dict(reply.headers))


@contextmanager
def direct_twin(twin: Twin | None = None) -> Iterator[DirectTwin]:
    """Let all that this process's urllib3 sends to the twin's URL go straight to it."""
    twin = twin or fresh_twin()
    loop = asyncio.new_event_loop()
    straight = Straight(create_app(twin), loop, Lock())
    real = urllib3.PoolManager.urlopen

    def urlopen(self: Any, method: str, url: str, redirect: bool = True, **kw: Any) -> Any:  # noqa: FBT001, FBT002 - urllib3's own
        if not url.startswith(URL):
            return real(self, method, url, redirect=redirect, **kw)
        body = kw.get("body") or b""
        raw = body.encode() if isinstance(body, str) else body
        return straight(method, url, kw.get("headers") or {}, raw)

    try:
        with mock.patch.object(urllib3.PoolManager, "urlopen", urlopen):
            yield DirectTwin(twin, URL)
    finally:
        loop.close()
