"""Between HTTP and the vending of credentials."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from core.access.sessionpolicy import region_of
from core.clock import rfc3339
from core.web.app import Answer
from core.web.body import parse, raw
from credentials_api.answers import CredentialsOut
from credentials_api.schemas import VendIn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.web.app import Endpoint, Request
    from credentials_api.vending import Vending


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The one route; `signed_url` is the signed door's public URL with its stage."""

    vending: Vending
    signed_url: str

    def by_route(self) -> Mapping[str, Endpoint]:
        """Return the endpoint by the name of its route."""
        return {"vend_credentials": self.vend_credentials}

    def vend_credentials(self, request: Request) -> Answer:
        """Answer credentials that are kept nowhere; a call without a body asks for all."""
        wanted = parse(request.event, VendIn) if raw(request.event) else VendIn()
        vended = self.vending.vend(request.act, wanted.scopes)
        given = vended.credentials
        shown = CredentialsOut(
            access_key_id=given.access_key_id,
            secret_access_key=given.secret_access_key,
            session_token=given.session_token,
            expires_at=rfc3339(given.expires_at),
            region=region_of(self.vending.api_arn),
            url=self.signed_url,
            scopes=vended.scopes,
        )
        return Answer(HTTPStatus.CREATED, shown)
