"""A bearer token for the token door (RFC 6750)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import requests
from requests.auth import AuthBase

from countersign.flavours.client_credentials import ClientCredentials

if TYPE_CHECKING:
    from collections.abc import Callable

    from requests import PreparedRequest, Response

    from countersign.flavours.flavour import DoorName


class Token(AuthBase):
    """Sends `Authorization: Bearer`; `source` is the token, or what returns it for each call."""

    door: DoorName = "token"

    def __init__(self, source: str | Callable[[], str]) -> None:
        """Keep the source."""
        self.source = source

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Add the header."""
        text = self.source if isinstance(self.source, str) else self.source()
        request.headers["Authorization"] = f"Bearer {text}"
        return request

    def learn(self, refusal: Response) -> bool:
        """Drop a fetched token that the door does not take; whether another can be had."""
        if refusal.status_code != requests.codes.unauthorized:
            return False
        if not isinstance(self.source, ClientCredentials):
            return False
        self.source.forget()
        return True
