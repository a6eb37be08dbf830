"""Requests as bytes: signed by botocore, changed one byte at a time, sent past any HTTP client.

A client library would mend or refuse most of these requests before they are sent.
"""

from __future__ import annotations

import re
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

from tests.e2e.door import REGION

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from botocore.credentials import Credentials

HEAD_END = b"\r\n\r\n"
_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})")
_PATIENCE = 60.0
NO_ANSWER = 0
"""The connection was closed without an answer, as for what is no HTTP at all."""


@dataclass(frozen=True, slots=True)
class Message:
    """A request's head without its end, and its body."""

    head: bytes
    body: bytes = b""

    @property
    def raw(self) -> bytes:
        """The request as it is sent."""
        return self.head + HEAD_END + self.body

    def changed(self, at: int, byte: int) -> Message:
        """Return the request with another byte at a place of its head."""
        return Message(self.head[:at] + bytes([byte]) + self.head[at + 1 :], self.body)


def message(method: str, url: str, headers: Mapping[str, str], body: bytes = b"") -> Message:
    """Write a request; the connection is closed after its answer."""
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    whole = {"Host": parts.netloc, **headers, "Connection": "close"}
    if body or method in {"POST", "PUT"}:
        whole["Content-Length"] = str(len(body))
    lines = [f"{method} {target} HTTP/1.1", *(f"{n}: {v}" for n, v in whole.items())]
    return Message("\r\n".join(lines).encode("latin-1"), body)


def signed(
    method: str,
    url: str,
    credentials: Credentials,
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
) -> Message:
    """Return a request that botocore signed."""
    request = AWSRequest(method, url, headers=dict(headers or {}), data=body)
    SigV4Auth(credentials, "execute-api", REGION).add_auth(request)
    return message(method, url, dict(request.headers.items()), body)


def spans(sent: Message, names: frozenset[str]) -> Iterator[tuple[str, int]]:
    """Yield every place of method, path and query, and of the headers named (lower case)."""
    at = 0
    for number, line in enumerate(sent.head.split(b"\r\n")):
        name = line.split(b":", 1)[0].decode("latin-1").lower()
        length = line.rindex(b" ") if number == 0 else len(line)
        if number == 0 or name in names:
            part = "request line" if number == 0 else name
            yield from ((part, at + offset) for offset in range(length))
        at += len(line) + 2


def send(sent: Message, address: tuple[str, int], authority: str) -> tuple[int, bytes]:
    """Send a request over TLS and return its answer's status and the rest, 0 for no answer."""
    context = ssl.create_default_context(cafile=authority)
    received = b""
    with (
        socket.create_connection(address, timeout=_PATIENCE) as plain,
        context.wrap_socket(plain, server_hostname=address[0]) as wire,
        suppress(ConnectionError, ssl.SSLError),
    ):
        wire.sendall(sent.raw)
        while part := wire.recv(65_536):
            received += part
    found = _STATUS.match(received)
    return (int(found[1]), received) if found else (NO_ANSWER, received)
