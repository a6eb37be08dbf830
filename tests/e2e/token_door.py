"""The token door as a stranger's HTTP client sees it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import requests
from botocore.credentials import Credentials


@dataclass(frozen=True, slots=True)
class TokenDoor:
    """Calls the door with whatever proofs a call brings."""

    url: str
    authority: str

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        key: str | None = None,
        token: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> requests.Response:
        """Make one call; `body` is sent as JSON."""
        sent = {"Content-Type": "application/json"} | (headers or {})
        if key is not None:
            sent["X-API-Key"] = key
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        with requests.Session() as session:
            session.trust_env = False
            return session.request(
                method,
                self.url + path,
                data=None if body is None else json.dumps(body).encode(),
                headers=sent,
                verify=self.authority,
                timeout=30,
            )

    def vend(self, *scopes: str, key: str | None = None, token: str | None = None) -> Vended:
        """Take credentials for the signed door, of these scopes or all that may be had."""
        body = {"scopes": list(scopes)} if scopes else None
        answer = self.call("POST", "/v1/credentials", body, key=key, token=token)
        assert answer.status_code == requests.codes.created, answer.text
        return Vended(answer.json())


@dataclass(frozen=True, slots=True)
class Vended:
    """What `POST /v1/credentials` answered."""

    answer: dict[str, Any]

    @property
    def credentials(self) -> Credentials:
        """What signs a call."""
        names = ("access_key_id", "secret_access_key", "session_token")
        return Credentials(*(self.answer[name] for name in names))
