"""`hubspot.fetch`: a UI extension's call, sent by HubSpot with who asks, and signed."""

from __future__ import annotations

import http.client
import ssl
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from local.twin.webhooks.signing import fetch_headers

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

# HubSpot gives up after this long.
TIMEOUT_S = 15

APPENDED = ("portalId", "userId", "userEmail", "appId")


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks at the extension, in which portal and of which app."""

    portal: int
    user_id: int
    user_email: str
    app_id: int = 1


def address(url: str, viewer: Viewer, order: Sequence[str] = APPENDED) -> str:
    """Return the URL with who asks appended to it."""
    values = dict(
        zip(
            APPENDED,
            (viewer.portal, viewer.user_id, viewer.user_email, viewer.app_id),
            strict=True,
        )
    )
    joint = "&" if urlsplit(url).query else "?"
    return f"{url}{joint}{urlencode([(name, values[name]) for name in order])}"


def fetch(
    url: str, secret: str, now: int, authority: Path | None, method: str = "GET"
) -> tuple[int, str]:
    """Call a URL, signed at `now` (epoch ms); return the answer's status and text."""
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        raise ValueError(f"hubspot.fetch calls https only, not {url}")
    context = ssl.create_default_context(cafile=authority and str(authority))
    connection = http.client.HTTPSConnection(
        parts.hostname, parts.port, timeout=TIMEOUT_S, context=context
    )
    with closing(connection):
        connection.request(
            method,
            f"{parts.path}?{parts.query}",
            headers=fetch_headers(secret, method, url, b"", now),
        )
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
