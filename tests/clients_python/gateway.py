"""Both doors on loopback: signatures judged by botocore, callers by `core`, answers of the gateway.

Nothing of the client is in here. `log` holds the internal reason of each refusal by request id.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import unquote, urlsplit

from core import errors
from core.access.principal import Caller, principal
from core.access.resolve import resolve
from core.routes import ROUTES, Door
from core.web.problems import problem
from tests.clients_hubspot.signature import AUTHORIZATION, Received, is_authentic, signed_headers
from tests.clients_python.people import ACCOUNT, REGION, key_proof, token_proof

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.access.principal import Principal, Proof
    from core.routes import Route
    from tests.clients_python.people import People

WINDOW = timedelta(minutes=5)
PREFIX = "/_aws/execute-api"

ANSWERS = {
    "ACCESS_DENIED": (403, "forbidden"),
    "DEFAULT_4XX": (None, "refused"),
    "EXPIRED_TOKEN": (403, "expired_token"),
    "INVALID_SIGNATURE": (403, "invalid_signature"),
    "MISSING_AUTHENTICATION_TOKEN": (403, "forbidden"),
}
"""Status (None: the gateway's own) and code of the templates' gateway responses; tests/infra holds
them to be the same."""

Reply = tuple[int, dict[str, str], str]


class Denied(Exception):
    """The gateway's own refusal: a response type and AWS's name for the error."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call that may be made."""

    route: Route
    principal: Principal
    request: Received
    path: dict[str, str]

    def json(self) -> Any:
        """Return the decoded body."""
        return json.loads(self.request.body or b"null")


@dataclass(slots=True)
class Gateway:
    """Serves what `serve` answers once signature, proofs and rights are in order."""

    people: People
    serve: Callable[[Call], Reply] = lambda _call: (200, {}, "{}")
    received: list[Received] = field(default_factory=list)
    log: dict[str, str] = field(default_factory=dict)
    ahead: timedelta = timedelta()
    region: str = REGION
    _server: ThreadingHTTPServer = field(init=False)
    _thread: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        """Listen on a free port."""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self) -> Self:
        """Start."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_port)

    def url(self, door: str) -> str:
        """Return a door's URL."""
        return f"http://127.0.0.1:{self.port}{PREFIX}/{door}-door/{door}"

    def now(self) -> datetime:
        """Return this side's clock."""
        return datetime.now(UTC) + self.ahead

    def answer(self, request: Received) -> Reply:
        """Judge and serve one request."""
        self.received.append(request)
        request_id = str(uuid.uuid4())
        try:
            return self.serve(self._admitted(request))
        except Denied as denied:
            kind, name = denied.args
            self.log[request_id] = name
            status, code = ANSWERS[kind]
            body = {"code": code, "instance": f"urn:request:{request_id}"}
            headers = {"x-amzn-errortype": name, "content-type": "application/problem+json"}
            return status or 403, headers, json.dumps(body)
        except errors.CountersignError as error:
            self.log[request_id] = error.internal
            return problem(error, request_id)

    def _admitted(self, request: Received) -> Call:
        """Return the call, with the proofs that its door takes checked in the gateway's order."""
        door, path = self._stage(request)
        proofs: list[Proof] = []
        if door is Door.SIGNED:
            caller = self._signer(request)
            route, parameters = _route(request.method, path, door)
            wanted = request.headers.get("countersign-tenant")
            now = int(self.now().timestamp() * 1000)
            vended = f"{ACCOUNT}/vended"
            proofs.append(
                resolve(
                    caller, self.people.registry, vended_role=vended, wanted_tenant=wanted, now=now
                )
            )
        else:
            route, parameters = _route(request.method, path, door)
            proofs += token_proof(self.people, request)
        proofs += key_proof(self.people, request)
        if not proofs:
            raise errors.Unauthenticated("unauthenticated", "No valid credentials came.")
        who = principal(door, "127.0.0.1", tuple(proofs))
        who.require(route)
        return Call(route, who, request, parameters)

    def _stage(self, request: Received) -> tuple[Door, str]:
        path = urlsplit(request.target).path
        found = re.match(rf"(?:{PREFIX}/\w+-door)?/(?P<stage>\w+)(?P<path>/.*)", path)
        if found is None or found["stage"] not in {Door.SIGNED, Door.TOKEN}:
            raise Denied("ACCESS_DENIED", "ForbiddenException")
        return Door(found["stage"]), found["path"]

    def _signer(self, request: Received) -> Caller:
        """Return the role session that signed; what API Gateway does before it looks at methods."""
        found = AUTHORIZATION.fullmatch(request.headers.get("authorization", ""))
        if found is None:
            raise Denied("MISSING_AUTHENTICATION_TOKEN", "MissingAuthenticationTokenException")
        session = self.people.sessions.get(found["key"])
        token = request.headers.get("x-amz-security-token")
        if session is None or token != session.credentials.token:
            raise Denied("DEFAULT_4XX", "UnrecognizedClientException")
        if session.is_over(self.now()):
            raise Denied("EXPIRED_TOKEN", "ExpiredTokenException")
        signed_at = datetime.strptime(request.headers["x-amz-date"], "%Y%m%dT%H%M%S%z")
        stated = request.headers.get("x-amz-content-sha256")
        if (
            not signed_headers(request) <= {*request.headers}
            or not is_authentic(request, session.credentials, self.region)
            or stated not in {None, hashlib.sha256(request.body).hexdigest()}
            or abs(self.now() - signed_at) > WINDOW
        ):
            raise Denied("INVALID_SIGNATURE", "InvalidSignatureException")
        return Caller(Door.SIGNED, ACCOUNT, session.role, session.name)


def _route(method: str, path: str, door: Door) -> tuple[Route, dict[str, str]]:
    for route in ROUTES:
        pattern = re.sub(r"\\\{([a-z_]+)\\\}", r"(?P<\1>[^/]+)", re.escape(route.path))
        found = re.fullmatch(pattern, path)
        if route.method == method and door in route.doors and found:
            return route, {name: unquote(text) for name, text in found.groupdict().items()}
    raise Denied("MISSING_AUTHENTICATION_TOKEN", "MissingAuthenticationTokenException")


def _handler(gateway: Gateway) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            got = Received(self.command, self.path, headers, body)
            status, more, text = gateway.answer(got)
            self.send_response_only(status)
            sent = {"Date": format_datetime(gateway.now(), usegmt=True)} | more
            for name, value in sent.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        do_GET = do_POST = do_PUT = _serve  # noqa: N815 - http.server's names

        def log_message(self, *_: object) -> None:
            """Stay quiet."""

    return Handler
