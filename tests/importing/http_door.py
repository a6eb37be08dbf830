"""The signed door over HTTP on this machine: the real handlers on moto, behind a plain server.

It serves one call at a time, since moto is not thread-safe, and does not check signatures.
"""

from __future__ import annotations

import json
import re
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from core.routes import ROUTES
from countersign import Target
from tests.support.doors import event

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.support.shop import Shop

Json = dict[str, Any]
Before = "Callable[[str, str], None]"


@dataclass(slots=True)
class HttpDoor:
    """A served shop. `after` is called with method and path once a call has taken effect."""

    shop: Shop
    url: str
    calls: list[tuple[str, str]] = field(default_factory=list)
    after: Callable[[str, str], bool] = lambda _method, _path: True

    @property
    def target(self) -> Target:
        """Where a client calls."""
        return Target(self.url, "eu-west-1")

    def writes(self) -> int:
        """Return how many calls were made that write."""
        return sum(method != "GET" for method, _ in self.calls)

    def get(self, path: str, **query: str) -> Json:
        """Read something, past the count of calls."""
        status, body = self.answer("GET", path, query, None, {})
        assert status == 200, body
        found: Json = json.loads(body)
        return found

    def answer(
        self, method: str, path: str, query: Json, body: str | None, headers: dict[str, str]
    ) -> tuple[int, str]:
        """Hand a call to the handlers."""
        made = event(method, _resource(method, path), path, body, headers)
        made["queryStringParameters"] = query or None
        reply = self.shop.door.call(made)
        return reply.status, reply.text


@contextmanager
def served(shop: Shop) -> Iterator[HttpDoor]:
    """Serve a shop on a free port."""

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length).decode() if length else None
            kept = {
                k: v for k, v in self.headers.items() if k in {"Idempotency-Key", "Content-Type"}
            }
            door.calls.append((self.command, parts.path))
            status, text = door.answer(
                self.command, parts.path, dict(parse_qsl(parts.query)), body, kept
            )
            if not door.after(self.command, parts.path):
                return  # the answer is lost on its way
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(text.encode())

        do_GET = do_PUT = do_POST = _serve  # noqa: N815 - names of the base class

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    door = HttpDoor(shop, f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield door
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _resource(method: str, path: str) -> str:
    for route in ROUTES:
        pattern = re.sub(r"\\\{[a-z_]+\\\}", "[^/]+", re.escape(route.path))
        if route.method == method and re.fullmatch(pattern, unquote(path)):
            return route.path
    raise AssertionError(f"no route for {method} {path}")
