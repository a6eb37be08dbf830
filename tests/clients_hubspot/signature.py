"""An independent judge of SigV4: botocore recomputes the signature over what a server received."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

if TYPE_CHECKING:
    from botocore.credentials import Credentials

AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/]+)/(?P<day>\d{8})/(?P<region>[^/]+)/"
    r"(?P<service>[^/]+)/aws4_request, SignedHeaders=(?P<signed>[^,]+), "
    r"Signature=(?P<signature>[0-9a-f]{64})"
)


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it came over the wire; `target` is the raw request target, names lower-case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


def signed_headers(request: Received) -> set[str]:
    """Return the names that the signature covers."""
    return set(_parts(request)["signed"].split(";"))


def is_authentic(request: Received, credentials: Credentials, region: str) -> bool:
    """Whether the holder of these credentials signed exactly this request for API Gateway."""
    parts = _parts(request)
    headers = request.headers
    if (parts["key"], parts["region"], parts["service"]) != (
        credentials.access_key,
        region,
        "execute-api",
    ):
        return False
    if headers.get("x-amz-security-token") != credentials.token:
        return False
    copy = AWSRequest(
        method=request.method,
        url=f"http://{headers['host']}{request.target}",
        headers={name: headers[name] for name in signed_headers(request)},
        data=request.body,
    )
    copy.context["timestamp"] = headers["x-amz-date"]
    signer = SigV4Auth(credentials, "execute-api", region)
    expected = signer.signature(signer.string_to_sign(copy, signer.canonical_request(copy)), copy)
    return bool(expected == parts["signature"])


def _parts(request: Received) -> dict[str, str]:
    match = AUTHORIZATION.fullmatch(request.headers.get("authorization", ""))
    assert match, "no SigV4 authorization header"
    return match.groupdict()
