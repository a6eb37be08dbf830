"""A way out that leads an AWS host name to this machine, and can change a call after its proof."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from requests.adapters import HTTPAdapter

if TYPE_CHECKING:
    from collections.abc import Callable

    from requests import PreparedRequest, Response

    from countersign import Client

HOST = "abc1234567.execute-api.eu-west-1.amazonaws.com"


class Wire(HTTPAdapter):
    """Changes a call as middleware would, then carries it to a port, with the Host that it had."""

    def __init__(self, port: int, change: Callable[[PreparedRequest], None]) -> None:
        """Keep both."""
        super().__init__()
        self._port = port
        self._change = change

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        """Change, carry, and hand back what was sent as it was sent."""
        self._change(request)
        parts = urlsplit(request.url or "")
        carried = request.copy()
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        carried.url = f"http://127.0.0.1:{self._port}{target}"
        carried.headers.setdefault("Host", str(parts.netloc))
        answer = super().send(carried, *args, **kwargs)
        answer.request = request
        return answer


def wired(
    client: Client, port: int, change: Callable[[PreparedRequest], None] = lambda _request: None
) -> Client:
    """Have a client's calls go out that way."""
    for scheme in ("http://", "https://"):
        client._session.mount(scheme, Wire(port, change))
    return client
