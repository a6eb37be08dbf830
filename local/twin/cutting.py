"""Closing a connection inside an answer, or before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import Response
from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    import asyncio

    from starlette.types import ASGIApp, Receive, Scope, Send

_CLOSE = "twin.close"


class CuttableProtocol(H11Protocol):
    """uvicorn's protocol, which also lets the application close the connection."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Give every request of this connection the means to end it."""
        super().connection_made(transport)
        inner: ASGIApp = self.app

        async def app(scope: Any, receive: Any, send: Any) -> None:
            scope.setdefault("extensions", {})[_CLOSE] = {"close": transport.close}
            await inner(scope, receive, send)

        self.app = app


class CutResponse(Response):
    """Sends a share of its body, from 0 to 1, and closes; with 0 not even the status line."""

    def __init__(self, whole: Response, share: float) -> None:
        """Take over what would have been sent."""
        super().__init__(whole.body, whole.status_code)
        self.raw_headers = whole.raw_headers
        self._share = share

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send what is to leave and end the connection; without one (no server), raise."""
        close = scope.get("extensions", {}).get(_CLOSE)
        if close is None:
            raise ConnectionResetError("the twin cut the connection")
        if self._share:
            length = min(int(len(self.body) * self._share), len(self.body) - 1)
            headers = self.raw_headers
            await send(
                {"type": "http.response.start", "status": self.status_code, "headers": headers}
            )
            part = bytes(self.body[: max(length, 0)])
            await send({"type": "http.response.body", "body": part, "more_body": True})
        close["close"]()
        while (await receive())["type"] != "http.disconnect":
            pass
