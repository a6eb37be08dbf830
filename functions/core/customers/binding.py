"""Which customer a portal's user is: said by the shop, never by the portal.

A binding rests on the exact issuer and subject of a token. A claim such as a verified e-mail binds
nobody: whoever runs an issuer could put any customer's address into it and read his data.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from dataclasses import dataclass

ID = re.compile(r"[0-9a-f]{64}")
MAX_BINDINGS = 20
"""Bindings of one customer that are in force or were."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A portal's user, as tokens name him: `iss` and `sub`."""

    issuer: str
    name: str

    def mac(self, key: bytes) -> str:
        """Return the HMAC-SHA256 that names his binding, in hex; his name is kept nowhere."""
        text = json.dumps(["subject", self.issuer, self.name])
        return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class Binding:
    """A subject of `issuer` is this customer. Times in epoch ms; `revoked_at` is None in force."""

    id: str
    customer_id: str
    issuer: str
    created_at: int
    created_by: str
    revoked_at: int | None = None

    @property
    def active(self) -> bool:
        """Whether it is in force."""
        return self.revoked_at is None
