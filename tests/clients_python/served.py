"""The real handlers of keys and incidents behind the gateway, and behind Lambda's own API."""

from __future__ import annotations

import io
import json
import threading
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from core.access.handover import written
from core.routes import Door
from tests.support.doors import LambdaContext, token_event

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.clients_python.gateway import Call, Reply
    from tests.support.shop import Shop

OPERATOR = "arn:aws:sts::123456789012:assumed-role/Deployer/ada"
_IDENTITY = (
    '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">'
    f"<GetCallerIdentityResult><Arn>{OPERATOR}</Arn><UserId>x</UserId>"
    "<Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
)


def through(shop: Shop) -> Callable[[Call], Reply]:
    """Return what hands a call to a shop's handlers, with its caller as the authorizer tells it."""

    def serve(call: Call) -> Reply:
        parts = urlsplit(call.request.target)
        path = parts.path.partition(f"/{call.principal.door}/")[2]
        headers: dict[str, str] = {
            name: call.request.headers[name]
            for name in ("idempotency-key", "content-type")
            if name in call.request.headers
        }
        made = token_event(
            call.route.method,
            call.route.path,
            f"/{path}",
            call.request.body.decode() or None,
            headers,
            authorizer=written(replace(call.principal, door=Door.TOKEN)),
        )
        made["queryStringParameters"] = dict(parse_qsl(parts.query)) or None
        reply = shop.door.call(made)
        return reply.status, {"content-type": reply.headers["content-type"]}, reply.text

    return serve


@contextmanager
def quiet(*logs: Any) -> Iterator[None]:
    """Keep functions' logs apart from what the command under test prints."""
    handlers = [(handler, handler.stream) for log in logs for handler in log.handlers]
    for handler, _ in handlers:
        handler.stream = io.StringIO()  # setStream would flush the one of a test that is over
    try:
        yield
    finally:
        for handler, stream in handlers:
            handler.stream = stream


@contextmanager
def lambda_api(handler: Callable[[dict[str, Any], Any], dict[str, Any]]) -> Iterator[str]:
    """Serve a handler as Lambda's Invoke does, and the caller's identity as STS does."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if "/functions/" in self.path:
                answer = handler(json.loads(body), LambdaContext())
                self._answer("application/json", json.dumps(answer))
            else:
                self._answer("text/xml", _IDENTITY)

        def _answer(self, kind: str, text: str) -> None:
            self.send_response_only(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            """Stay quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
