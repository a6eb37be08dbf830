"""How a token's client is named as a principal: `client/<id>`, a user of it `client/<id>/<user>`.

An issuer may put anything into an id; percent-encoded (RFC 3986) it holds neither `/` nor a space.
"""

from __future__ import annotations

import hashlib
import re
from urllib.parse import quote, unquote

MAX_ENCODED = 900
"""Characters of an encoded id: with what stands around it, it fits a sort key (1,024 bytes)."""

_USER_LENGTH = 16
_NAMED = re.compile(rf"client/(?P<id>[\w.~%-]+)(?:/[0-9a-f]{{{_USER_LENGTH}}})?", re.ASCII)


def client_principal(client: str) -> str:
    """Return the principal that a client is; ValueError for an id that is empty or too long."""
    encoded = quote(client, safe="")
    if not 1 <= len(encoded) <= MAX_ENCODED:
        raise ValueError("no id of a client")
    return f"client/{encoded}"


def user_principal(client: str, user: str) -> str:
    """Return the principal that a client's user is."""
    return f"{client_principal(client)}/{hashlib.sha256(user.encode()).hexdigest()[:_USER_LENGTH]}"


def is_client(text: str) -> bool:
    """Return whether this names a client, or a user of one, exactly as the functions above do."""
    found = _NAMED.fullmatch(text)
    if found is None:
        return False
    try:
        return client_principal(unquote(found["id"], errors="strict")) == f"client/{found['id']}"
    except ValueError:
        return False
