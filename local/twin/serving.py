"""The twin's socket and server."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import uvicorn

from local.twin.cutting import CuttableProtocol

if TYPE_CHECKING:
    from starlette.types import ASGIApp

# Longer than a pooled client rests, or its next call meets a connection that just closed.
_KEEP_ALIVE = 75


def listen(port: int) -> socket.socket:
    """Take a port on 127.0.0.1 (0: a free one), or raise OSError when it cannot be had."""
    listener = socket.create_server(("127.0.0.1", port))
    # asyncio does this for sockets that it makes itself; without it every answer on a kept
    # connection waits 40 ms for the client's delayed acknowledgement.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def server(app: ASGIApp) -> uvicorn.Server:
    """Return the server; run it with a listening socket."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            http=CuttableProtocol,
            log_level="warning",
            access_log=False,
            timeout_keep_alive=_KEEP_ALIVE,
        )
    )
