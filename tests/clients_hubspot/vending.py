"""What `POST /v1/credentials` does, as far as a caller can see: credentials for a key."""

from __future__ import annotations

import json
import secrets
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from botocore.credentials import Credentials

from core.access import apikey
from tests.clients_hubspot.answer import Answer

if TYPE_CHECKING:
    from tests.clients_hubspot.signature import Received

KEY = apikey.make("main", "01jd8m5vq0000000000000000k", bytes(range(32)))
REGION = "eu-west-1"


@dataclass(frozen=True, slots=True)
class Session:
    """Vended credentials, and when they end."""

    credentials: Credentials
    ends_at: datetime


@dataclass(slots=True)
class Vending:
    """Vends to the holder of `KEY`, each time anew; `planned` goes first, None being as usual."""

    signed_url: str
    lifetime: timedelta = timedelta(minutes=15)
    after: float = 0
    keys: set[str] = field(default_factory=lambda: {KEY})
    planned: deque[Answer | None] = field(default_factory=deque)
    received: list[Received] = field(default_factory=list)
    sessions: dict[str, Session] = field(default_factory=dict)

    def answer(self, request: Received, now: datetime) -> Answer:
        """Judge one request by its shape and its key."""
        self.received.append(request)
        if self.planned and (answer := self.planned.popleft()):
            return answer
        if not _well_formed(request):
            return Answer(400, {"code": "malformed_body", "title": "Bad Request"})
        if request.headers.get("x-api-key") not in self.keys:
            return Answer(401, {"code": "unauthenticated", "title": "Unauthorized"})
        return self._vended(now + self.lifetime)

    def _vended(self, ends_at: datetime) -> Answer:
        # Characters as STS's own have them, and a mark that a test can look for.
        key_id = f"ASIAMARKED{secrets.token_hex(5).upper()}"
        made = Credentials(
            key_id, f"marked/{secrets.token_hex(8)}+key", f"marked//{secrets.token_hex(16)}+t=="
        )
        self.sessions[str(made.token)] = Session(made, ends_at)
        body = {
            "access_key_id": made.access_key,
            "secret_access_key": made.secret_key,
            "session_token": made.token,
            "expires_at": ends_at.isoformat(timespec="seconds").replace("+00:00", "Z"),
            "region": REGION,
            "url": self.signed_url,
            "scopes": ["orders:manage", "orders:place", "orders:read", "stock:read"],
        }
        return Answer(201, body, {"cache-control": "no-store"}, after=self.after)


def _well_formed(request: Received) -> bool:
    """Whether it is the call that the token door has, with nothing that belongs elsewhere."""
    asked = (request.method, request.target.rpartition("/token-door/token")[2])
    elsewhere = {"authorization", "x-amz-date", "x-amz-security-token"}
    if asked != ("POST", "/v1/credentials") or elsewhere & set(request.headers):
        return False
    body = json.loads(request.body)
    return isinstance(body, dict) and set(body) <= {"scopes"}
