"""A token endpoint on loopback that asks for client credentials as RFC 6749 has them."""

from __future__ import annotations

import base64
import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote_plus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.clients_python.people import People

CLIENT, SECRET = "portal", "s3cret:+ä"


@dataclass(slots=True)
class Issuer:
    """Where it is, and what was posted to it."""

    url: str
    forms: list[dict[str, str]] = field(default_factory=list)


@contextmanager
def token_endpoint(people: People) -> Iterator[Issuer]:
    """Serve tokens that last five minutes."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            given = base64.b64decode(self.headers["authorization"].removeprefix("Basic ")).decode()
            name, _, secret = given.partition(":")
            if (unquote_plus(name), unquote_plus(secret)) != (CLIENT, SECRET):
                self._answer(401, {"error": "invalid_client"})
                return
            issuer.forms.append(dict(parse_qsl(body)))
            self._answer(200, {"access_token": people.token(), "expires_in": 300})

        def _answer(self, status: int, body: dict[str, object]) -> None:
            text = json.dumps(body).encode()
            self.send_response_only(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            """Stay quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    issuer = Issuer(f"http://127.0.0.1:{server.server_port}/oauth2/token")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
