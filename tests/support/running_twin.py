"""The twin as a server on a free port of 127.0.0.1, within the test's own process."""

from __future__ import annotations

import http.client
import json
import threading
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from local.twin.app import create_app
from local.twin.serving import listen
from local.twin.serving import server as make_server
from local.twin.twin import Twin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import ASGIApp

TOKEN = "pat-na1-11111111-2222-3333-4444-555555555555"  # noqa: S105 - opens the twin only
PORTAL = 1


@dataclass(frozen=True, slots=True)
class Reply:
    """Status, parsed JSON (or text) and headers of an answer."""

    status: int
    body: Any
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class RunningTwin:
    """A twin that can be called over HTTP and looked into."""

    twin: Twin
    url: str
    token: str = TOKEN

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str | None = TOKEN,
        content_type: str = "application/json",
    ) -> Reply:
        """Call a path; `body` is sent as JSON, bytes as they are. Never raises for a status."""
        headers = {"Content-Type": content_type} if body is not None else {}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        return self.exchange(method, path, data, headers)

    def exchange(
        self, method: str, path: str, data: bytes | None, headers: dict[str, str]
    ) -> Reply:
        """Send one request over a connection of its own."""
        host = self.url.removeprefix("http://")
        with closing(http.client.HTTPConnection(host, timeout=10)) as connection:
            connection.request(method, path, data, headers)
            answer = connection.getresponse()
            return as_reply(answer.status, answer.read(), dict(answer.headers))


def as_reply(status: int, raw: bytes, headers: dict[str, str]) -> Reply:
    """Return an answer with its JSON parsed."""
    lowered = {k.lower(): v for k, v in headers.items()}
    is_json = "json" in lowered.get("content-type", "")
    return Reply(status, json.loads(raw) if is_json else raw.decode(), lowered)


def fresh_twin() -> Twin:
    """Return a twin that keeps its traffic and lets TOKEN into PORTAL."""
    twin = Twin()
    twin.recorder.keep = True
    twin.add_token(TOKEN, PORTAL)
    return twin


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """Serve an application on a free port until the block ends; yields its URL."""
    listener = listen(0)
    server = make_server(app)
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    while not server.started:
        if not thread.is_alive():
            raise RuntimeError("the twin did not start")
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()


@contextmanager
def running_twin(twin: Twin | None = None) -> Iterator[RunningTwin]:
    """Serve a twin, by default a fresh one, until the block ends."""
    twin = twin or fresh_twin()
    with served(create_app(twin)) as url:
        yield RunningTwin(twin, url)
