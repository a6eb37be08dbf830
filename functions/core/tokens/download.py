"""How an issuer's keys are fetched: one HTTPS request, short, small, and never led elsewhere."""

from __future__ import annotations

import ssl
import threading
from contextlib import suppress
from http.client import HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from core.access.token import KeysUnavailable

SECONDS = 2.0
"""For the whole of it: name look-up, connection, TLS, answer."""

_SOCKET_SECONDS = 3.0
"""Only for the thread of a request that was given up; it is the longer one of the two."""

MAX_BYTES = 65_536

_HEADERS = {
    "Accept": "application/jwk-set+json, application/json",
    "Accept-Encoding": "identity",
    "User-Agent": "countersign",
}
_OK = 200


def download(url: str) -> bytes:
    """Return the body at an https URL; `KeysUnavailable` for anything but a plain, short 200.

    Redirects are answers like any other and not followed; proxies of the environment are not used.
    The certificate is checked against the platform's authorities (`SSL_CERT_FILE` replaces them).
    """
    asked = _Request(url)
    threading.Thread(target=asked.run, daemon=True).start()
    if not asked.done.wait(SECONDS):
        asked.abandon()
        raise KeysUnavailable(f"{url}: no answer in {SECONDS} s")
    if asked.failure:
        raise KeysUnavailable(f"{url}: {asked.failure}")
    return asked.body


class _Request:
    """One request in a thread of its own.

    A socket's time-out counts from the last byte, and a name look-up knows none: only from outside
    can the whole be bounded, against a server that sends a byte a second too.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme != "https":
            raise KeysUnavailable(f"{url}: not https")
        self.done = threading.Event()
        self.body = b""
        self.failure = "not finished"
        self._path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._connection = HTTPSConnection(
            parts.hostname or "",
            parts.port,
            timeout=_SOCKET_SECONDS,
            context=ssl.create_default_context(),
        )

    def run(self) -> None:
        """Ask, and keep what came of it."""
        try:
            self.body, self.failure = self._answer(), ""
        except (OSError, HTTPException, ValueError) as error:
            self.failure = f"{type(error).__name__}: {error}"
        finally:
            self._connection.close()
            self.done.set()

    def abandon(self) -> None:
        """End the connection under the thread, so that the thread ends too."""
        sock = self._connection.sock
        if sock is not None:
            with suppress(OSError):
                sock.shutdown(2)

    def _answer(self) -> bytes:
        self._connection.request("GET", self._path, headers=_HEADERS)
        response = self._connection.getresponse()
        if response.status != _OK:
            raise ValueError(f"status {response.status}")
        if response.headers.get("Content-Encoding", "identity") != "identity":
            raise ValueError("the body is compressed")
        body = response.read(MAX_BYTES + 1)
        if len(body) > MAX_BYTES:
            raise ValueError(f"more than {MAX_BYTES} bytes")
        return body
