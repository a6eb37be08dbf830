"""Token door and signed door on loopback, which judge keys, signatures and clocks."""

from __future__ import annotations

import json
import sys
import threading
from collections import deque
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Self

from tests.clients_hubspot.answer import Answer
from tests.clients_hubspot.signature import Received, is_authentic
from tests.clients_hubspot.vending import REGION, Vending

if TYPE_CHECKING:
    import ssl

WINDOW = timedelta(minutes=5)
TOKEN_DOOR = "/_aws/execute-api/token-door/token"  # noqa: S105 - a path
SIGNED_DOOR = "/_aws/execute-api/signed-door/signed"


class Door:
    """Serves orders idempotently, once session, signature and clock are right; see `planned`.

    `received` is what came to the signed door, `vending.received` what came to the token door.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        """Listen on a free port."""
        self.planned: deque[Answer | None] = deque()
        self.received: list[Received] = []
        self.orders: dict[str, bytes] = {}
        self.ahead = timedelta()
        self.closing = threading.Event()
        self._server = _Server(self)
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        host = "localhost" if tls else "127.0.0.1"
        scheme = "https" if tls else "http"
        base = f"{scheme}://{host}:{self._server.server_port}"
        self.token_url, self.signed_url = base + TOKEN_DOOR, base + SIGNED_DOOR
        self.vending = Vending(self.signed_url)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    def __enter__(self) -> Self:
        """Start serving."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of what hangs and stop."""
        self.closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def now(self) -> datetime:
        """Return this side's clock."""
        return datetime.now(UTC) + self.ahead

    def authentic(self, request: Received) -> bool:
        """Whether the holder of a session that was vended here signed exactly this request."""
        session = self.vending.sessions.get(request.headers.get("x-amz-security-token", ""))
        return session is not None and is_authentic(request, session.credentials, REGION)

    def answer(self, request: Received) -> Answer:
        """Judge and serve one request at the door that it names."""
        if request.target.startswith(TOKEN_DOOR):
            return self.vending.answer(request, self.now())
        self.received.append(request)
        if self.planned and (answer := self.planned.popleft()):
            return answer
        return self._refusal(request) or self._served(request)

    def _refusal(self, request: Received) -> Answer | None:
        token = request.headers.get("x-amz-security-token", "")
        session = self.vending.sessions.get(token)
        if session is None:
            return _forbidden("forbidden")
        if not self.authentic(request):
            return _forbidden("invalid_signature")
        if session.ends_at <= self.now():
            return _forbidden("expired_token")
        signed_at = datetime.strptime(request.headers["x-amz-date"], "%Y%m%dT%H%M%S%z")
        return _forbidden("invalid_signature") if abs(self.now() - signed_at) > WINDOW else None

    def _served(self, request: Received) -> Answer:
        if request.method != "POST":
            return Answer(200, {"target": request.target})
        key = request.headers.get("idempotency-key", f"none-{len(self.orders)}")
        if self.orders.setdefault(key, request.body) != request.body:
            return Answer(422, {"code": "idempotency_key_reused", "title": "Another body"})
        return Answer(201, {"id": f"order-{len(self.orders)}", **json.loads(request.body)})


def _forbidden(code: str) -> Answer:
    # Codes as the gateway's and the handlers' answers have them.
    return Answer(403, {"title": "Forbidden", "status": 403, "code": code})


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, door: Door) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.door = door

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a caller that did not wait for a late answer."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def _serve(self) -> None:
        door = self.server.door
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = door.answer(Received(self.command, self.path, headers, body))
        door.closing.wait(60 if answer.hang else answer.after)
        if answer.hang or answer.drop:
            self.close_connection = True
            return
        content = (json.dumps(answer.body) if answer.raw is None else answer.raw).encode()
        self.send_response_only(answer.status)
        sent = {"date": format_datetime(door.now(), usegmt=True)} | answer.headers
        sent |= {"content-type": "application/json", "content-length": str(len(content))}
        for name, value in sent.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = _serve  # noqa: N815 - http.server's names

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Stay quiet."""
