"""SigV4 for the signed door."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from requests.auth import AuthBase
from requests_aws4auth import AWS4Auth

from countersign.flavours.clock import ServiceClock
from countersign.flavours.vended import Vended

if TYPE_CHECKING:
    from botocore.credentials import ReadOnlyCredentials
    from requests import PreparedRequest, Response

    from countersign.flavours.flavour import DoorName

SERVICE = "execute-api"
"""The service's name in a signature for API Gateway."""

_EXPIRED = frozenset({"ExpiredTokenException", "ExpiredToken"})


class CredentialSource(Protocol):
    """Where AWS credentials come from: botocore's, refreshed or not, or `Vended` ones."""

    def get_frozen_credentials(self) -> ReadOnlyCredentials:
        """Return the three parts, which belong together."""
        ...


class Signed(AuthBase):
    """Signs each request anew with what its source has by then."""

    door: DoorName = "signed"

    def __init__(self, region: str, credentials: CredentialSource, service: str = SERVICE) -> None:
        """Sign for `region`; credentials are first asked for at the first call."""
        self.region = region
        self.service = service
        self.credentials = credentials
        self.clock = ServiceClock()

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Sign method, URL, host, date, session token and body.

        A signer for each request: one that is shared would mix two credentials' parts when threads
        meet their renewal.
        """
        found = self.credentials.get_frozen_credentials()
        request.headers["x-amz-date"] = self.clock.now().strftime("%Y%m%dT%H%M%SZ")
        signer = AWS4Auth(
            found.access_key,
            found.secret_key,
            self.region,
            self.service,
            session_token=found.token,
        )
        signed: PreparedRequest = signer(request)
        return signed

    def learn(self, refusal: Response) -> bool:
        """Put the clock right, or drop vended credentials that the door calls expired."""
        signed = refusal.request.headers["x-amz-date"]
        signed_at = datetime.strptime(signed, "%Y%m%dT%H%M%S%z")
        if self.clock.correct_from(refusal.headers.get("Date"), signed_at):
            return True
        kind = refusal.headers.get("x-amzn-errortype", "").split(":")[0]
        if kind in _EXPIRED and isinstance(self.credentials, Vended):
            self.credentials.forget()
            return True
        return False
