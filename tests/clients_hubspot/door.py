"""A signed door on loopback: judges signatures and clocks, and answers what a test plans."""

from __future__ import annotations

import json
import threading
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

from botocore.credentials import Credentials

from tests.clients_hubspot.signature import Received, is_authentic

if TYPE_CHECKING:
    import ssl

REGION = "eu-west-1"
CREDENTIALS = Credentials("ASIATESTKEY", "test/secret+key", "test//session+token==")
WINDOW = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Answer:
    """What to answer instead of serving the call; `hang` never answers, `drop` hangs up."""

    status: int = 500
    body: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    hang: bool = False
    drop: bool = False


class Door:
    """Serves orders idempotently, once signature and clock are right; see `planned`."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        """Listen on a free port."""
        self.planned: deque[Answer] = deque()
        self.received: list[Received] = []
        self.orders: dict[str, bytes] = {}
        self.ahead = timedelta()
        self.closing = threading.Event()
        self._server = _Server(self)
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        host = "localhost" if tls else "127.0.0.1"
        scheme = "https" if tls else "http"
        self.url = f"{scheme}://{host}:{self._server.server_port}/_aws/execute-api/door/signed"
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

    def answer(self, request: Received) -> Answer:
        """Judge and serve one request."""
        self.received.append(request)
        if self.planned:
            return self.planned.popleft()
        if not is_authentic(request, CREDENTIALS, REGION):
            return _refusal("The request signature we calculated does not match")
        signed_at = datetime.strptime(request.headers["x-amz-date"], "%Y%m%dT%H%M%S%z")
        if abs(self.now() - signed_at) > WINDOW:
            return _refusal("Signature expired")
        if request.method != "POST":
            return Answer(200, {"target": request.target})
        key = request.headers["idempotency-key"]
        if self.orders.setdefault(key, request.body) != request.body:
            return Answer(422, {"code": "idempotency_key_reused", "title": "Another body"})
        return Answer(201, {"id": f"order-{len(self.orders)}", **json.loads(request.body)})


def _refusal(message: str) -> Answer:
    # The words and the header are API Gateway's own.
    return Answer(403, {"message": message}, {"x-amzn-errortype": "InvalidSignatureException"})


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, door: Door) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.door = door


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def _serve(self) -> None:
        door = self.server.door
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = door.answer(Received(self.command, self.path, headers, body))
        if answer.hang:
            door.closing.wait(60)
        if answer.hang or answer.drop:
            self.close_connection = True
            return
        content = json.dumps(answer.body).encode()
        self.send_response_only(answer.status)
        sent = {"date": format_datetime(door.now(), usegmt=True)} | answer.headers
        sent |= {"content-type": "application/json", "content-length": str(len(content))}
        for name, value in sent.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = _serve  # noqa: N815 - http.server's names

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Stay quiet."""
