"""Cursors: where a listing goes on, sealed so that nobody can make one or carry one elsewhere.

A cursor is `base64url(position ‖ HMAC-SHA256)`; the HMAC covers the tenant and the whole query, so
that a cursor of another tenant, route or filter is as invalid as a made-up one.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass, field

from core.errors import FieldError, Invalid

_MAC_BYTES = 32
MAX_LENGTH = 1_024


@dataclass(frozen=True, slots=True)
class Cursors:
    """Seals and opens cursors; the key is derived, so that it is no other use's key."""

    secret: bytes = field(repr=False)

    def seal(self, tenant: str, query: tuple[str, ...], position: str) -> str:
        """Return the cursor that goes on after `position`."""
        mac = self._mac(tenant, query, position)
        return base64.urlsafe_b64encode(position.encode() + mac).decode().rstrip("=")

    def open(self, tenant: str, query: tuple[str, ...], cursor: str) -> str:
        """Return the position; `Invalid` unless this very query of this tenant was given it."""
        if len(cursor) > MAX_LENGTH:
            raise _invalid()
        try:
            padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
            whole = base64.b64decode(padded, altchars=b"-_", validate=True)
            position, mac = whole[:-_MAC_BYTES].decode(), whole[-_MAC_BYTES:]
        except (ValueError, binascii.Error) as error:
            raise _invalid() from error
        if not hmac.compare_digest(mac, self._mac(tenant, query, position)):
            raise _invalid()
        return position

    def _mac(self, tenant: str, query: tuple[str, ...], position: str) -> bytes:
        key = hmac.new(self.secret, b"countersign cursor", hashlib.sha256).digest()
        text = json.dumps([tenant, *query, position])
        return hmac.new(key, text.encode(), hashlib.sha256).digest()


def _invalid() -> Invalid:
    wrong = FieldError("cursor", "invalid_cursor", "Not a cursor of this listing.")
    return Invalid("invalid_cursor", "The cursor is not valid here.", fields=(wrong,))
