"""The signed door as a stranger's HTTP client sees it: nothing of the project's own client."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import requests
from requests_aws4auth import AWS4Auth

if TYPE_CHECKING:
    from botocore.credentials import Credentials

REGION = "eu-west-1"
_INSIDE = re.compile(
    r"Traceback|\.py\b|boto|dynamodb|arn:aws:lambda|arn:aws:dynamodb|LambdaException|main#|/tmp/",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class SignedDoor:
    """Calls the door; `credentials` sign unless a call brings others, or None for no signature."""

    url: str
    authority: str
    credentials: Credentials

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        credentials: Credentials | str | None = "own",
        headers: dict[str, str] | None = None,
        signed_ago: timedelta | None = None,
    ) -> requests.Response:
        """Make one call; `body` is sent as JSON, bytes as they are."""
        chosen = self.credentials if credentials == "own" else credentials
        sent = {"Content-Type": "application/json"} | (headers or {})
        if signed_ago is not None:
            sent["X-Amz-Date"] = f"{datetime.now(UTC) - signed_ago:%Y%m%dT%H%M%SZ}"
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        with requests.Session() as session:
            session.trust_env = False
            return session.request(
                method,
                self.url + path,
                data=data,
                headers=sent,
                auth=None if chosen is None else signature(chosen),
                verify=self.authority,
                timeout=30,
            )


def signature(credentials: Any) -> AWS4Auth:
    """Return what signs a request for API Gateway."""
    return AWS4Auth(
        credentials.access_key,
        credentials.secret_key,
        REGION,
        "execute-api",
        session_token=credentials.token,
    )


def assert_problem(answer: requests.Response, status: int, code: str | None = None) -> None:
    """Check that a refusal is a problem of RFC 9457 which tells nothing of the inside.

    Only the gateway's answers to what it has no response type for leave `status` out.
    """
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"].startswith("application/problem+json"), answer.text
    body = answer.json()
    assert {"type", "title", "code", "detail", "instance"} <= set(body), body
    assert body.get("status", status) == status
    assert code in (None, body["code"]), body
    assert not _INSIDE.search(answer.text), answer.text


def assert_denied_by_iam(answer: requests.Response) -> None:
    """Check that IAM refused the call before the gateway chose a method.

    AWS answers so with the response type ACCESS_DENIED, whose body the templates set (tests/infra);
    the emulator has a body of its own.
    """
    assert answer.status_code == requests.codes.forbidden, answer.text
    assert answer.headers["x-amzn-errortype"] == "AccessDeniedException"
