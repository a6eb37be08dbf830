"""A call as it was proven, as it was sent, and what came back."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from countersign.answer import decoded

if TYPE_CHECKING:
    from collections.abc import Mapping

    import requests

    from countersign.client import Client
    from countersign.flavours import DoorName
    from countersign.target import Target

_AWS_HOST = re.compile(
    r"(?P<api>[a-z0-9]+)\.execute-api\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(\.cn)?"
)
_EMULATOR_PATH = re.compile(r"/_aws/execute-api/(?P<api>[a-z0-9-]+)/")
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Message:
    """A request at one moment; header names are lower-case. Never shown whole: it holds secrets."""

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @classmethod
    def of(cls, request: requests.PreparedRequest) -> Message:
        """Copy a request as it is now."""
        body = request.body or b""
        return cls(
            method=request.method or "",
            url=request.url or "",
            headers={name.lower(): str(value) for name, value in request.headers.items()},
            body=body.encode() if isinstance(body, str) else bytes(body),
        )

    @property
    def host(self) -> str:
        """The Host header that goes with it: a port only where it is not the scheme's own."""
        parts = urlsplit(self.url)
        usual = _DEFAULT_PORTS.get(parts.scheme)
        port = "" if parts.port in {None, usual} else f":{parts.port}"
        return self.headers.get("host", f"{parts.hostname}{port}")

    @property
    def path(self) -> str:
        """The path as sent, still encoded."""
        return urlsplit(self.url).path

    @property
    def query(self) -> str:
        """The query as sent, still encoded."""
        return urlsplit(self.url).query


@dataclass(frozen=True, slots=True)
class Expected:
    """What is known of the deployment besides what the caller was told; empty for not known."""

    region: str = ""
    host: str = ""
    api: str = ""

    @classmethod
    def of(cls, url: str, told_region: str = "", true_url: str = "") -> Expected:
        """Return what a door's URL says: AWS's own host names hold API and region.

        `true_url` and `told_region` come from a deployment's own outputs, where there are any.
        """
        known = urlsplit(true_url or url)
        found = _AWS_HOST.fullmatch(known.hostname or "")
        if found is not None:
            return cls(found["region"], known.hostname or "", found["api"])
        local = _EMULATOR_PATH.match(known.path)
        return cls(told_region, known.netloc if true_url else "", local["api"] if local else "")


@dataclass(frozen=True, slots=True)
class Exchange:
    """All that the client knows of one call. `at` is this machine's time when it was sent."""

    door: DoorName
    proven: Message
    sent: Message
    status: int
    headers: Mapping[str, str]
    body: Mapping[str, Any]
    at: datetime
    expected: Expected = Expected()

    @property
    def refused(self) -> bool:
        """Whether the answer is a 401 or 403."""
        return self.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}

    @property
    def answered(self) -> bool:
        """Whether the call was served."""
        return self.status < HTTPStatus.BAD_REQUEST

    @property
    def kind(self) -> str:
        """The gateway's own name for its refusal, empty when a handler answered."""
        return self.headers.get("x-amzn-errortype", "").split(":")[0]

    @property
    def code(self) -> str:
        """The problem's code."""
        return str(self.body.get("code", ""))

    @property
    def request_id(self) -> str:
        """What the service's logs know the call by."""
        named = str(self.body.get("instance", "")).removeprefix("urn:request:")
        return named or self.headers.get("x-amzn-requestid", "")

    def method_arn(self, role: str) -> str:
        """Return the ARN of the called method, in the partition and account of a role."""
        path = self.sent.path.partition(f"/{self.door}/")[2]
        if not role or not self.expected.api:
            return ""
        partition, account = role.split(":")[1], role.split(":")[4]
        place = f"arn:{partition}:execute-api:{self.expected.region}:{account}:{self.expected.api}"
        return f"{place}/{self.door}/{self.sent.method}/{path}"


def observe(
    client: Client,
    method: str,
    path: str,
    body: object = None,
    key: str | None = None,
    expected: Expected | None = None,
) -> Exchange:
    """Make one call, once and with nothing put right, and return what could be seen of it."""
    request = client.request(method, path, body, key)
    prepared = client.prove(request)
    proven, at = Message.of(prepared), datetime.now(UTC)
    answer = client.send(prepared)
    found = decoded(answer)
    return Exchange(
        door=client.door,
        proven=proven,
        sent=Message.of(answer.request),
        status=answer.status_code,
        headers={name.lower(): value for name, value in answer.headers.items()},
        body=found if isinstance(found, dict) else {},
        at=at,
        expected=expected or expectation(client.target, client.door),
    )


def expectation(target: Target, door: DoorName) -> Expected:
    """Return what is known of the door that the client was told to call."""
    url = target.url if door == "signed" else target.token_url
    return Expected.of(url, target.region if target.aws_endpoint_url else "")
