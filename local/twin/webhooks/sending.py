"""Deliveries over HTTP, as long as the twin's server runs."""

from __future__ import annotations

import asyncio
import http.client
import ssl
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from pathlib import Path

    from local.twin.webhooks.webhooks import Post, Webhooks

# HubSpot waits no longer for an answer.
TIMEOUT_S = 5
_LOOK_EVERY_S = 0.05


def poster(url: str, authority: Path | None) -> Post:
    """Return what posts to a URL; `authority` is a PEM file to trust beside no other."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(f"not a URL to post to: {url}")
    host, port = parts.hostname, parts.port
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    context = (
        ssl.create_default_context(cafile=authority and str(authority))
        if parts.scheme == "https"
        else None
    )

    def post(headers: dict[str, str], body: bytes) -> int:
        connection = (
            http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)
            if context is None
            else http.client.HTTPSConnection(host, port, timeout=TIMEOUT_S, context=context)
        )
        try:
            connection.request("POST", path or "/", body, headers)
            return connection.getresponse().status
        except http.client.HTTPException as error:
            raise OSError(str(error)) from error
        finally:
            connection.close()

    return post


async def send_forever(webhooks: Webhooks, post: Post) -> None:
    """Deliver what falls due, as many at once as the app allows; ends when cancelled."""
    flying: set[asyncio.Task[int | None]] = set()
    while webhooks.subscribed is not None:
        while len(flying) < webhooks.subscribed.concurrency:
            delivery = webhooks.take()
            if delivery is None:
                break
            flying.add(asyncio.create_task(asyncio.to_thread(webhooks.deliver, delivery, post)))
        await asyncio.sleep(_LOOK_EVERY_S)
        flying = {task for task in flying if not task.done()}
