"""Canonical requests (SigV4) of both moments, made by botocore: another one than what signed."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from requests_aws4auth import AWS4Auth

if TYPE_CHECKING:
    from countersign.doctor.exchange import Exchange, Message

_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/]+)/(?P<day>\d{8})/(?P<region>[^/]*)/"
    r"(?P<service>[^/]*)/aws4_request, SignedHeaders=(?P<headers>[^,]+), "
    r"Signature=(?P<signature>[0-9a-f]{64})"
)

_NOBODY = Credentials("nobody", "nothing")  # a canonical request has no secret in it
_SECRET_HEADERS = ("x-amz-security-token:", "x-api-key:", "authorization:")

METHOD, PATH, QUERY = range(3)


@dataclass(frozen=True, slots=True)
class Scope:
    """What an Authorization header says openly."""

    access_key: str
    day: str
    region: str
    service: str
    headers: tuple[str, ...]


def scope(message: Message) -> Scope | None:
    """Return what the signature says of itself, None when there is no SigV4 signature."""
    found = _AUTHORIZATION.fullmatch(message.headers.get("authorization", ""))
    if found is None:
        return None
    names = tuple(found["headers"].split(";"))
    return Scope(found["key"], found["day"], found["region"], found["service"], names)


def canonical(message: Message, names: tuple[str, ...]) -> list[str]:
    """Return the canonical request's lines over these headers; the last is the true body's hash."""
    held = {**message.headers, "host": message.host}
    copy = AWSRequest(
        method=message.method,
        url=message.url,
        headers={name: held[name] for name in names if name in held},
        data=message.body,
    )
    made = SigV4Auth(_NOBODY, "execute-api", "-").canonical_request(copy)
    return [*made.split("\n")[:-1], hashlib.sha256(message.body).hexdigest()]


def as_signed(exchange: Exchange, names: tuple[str, ...]) -> list[str]:
    """Return the lines as the signing library made them, which is what the signature is over."""
    message = exchange.proven
    lines = canonical(message, names)
    path, _, query = message.url.removeprefix("https://").removeprefix("http://").partition("?")
    signer = AWS4Auth("nobody", "nothing", "-", "execute-api")
    lines[PATH] = signer.amz_cano_path("/" + path.partition("/")[2])
    lines[QUERY] = signer.amz_cano_querystring(query)
    lines[-1] = message.headers.get("x-amz-content-sha256", lines[-1])
    return lines


@dataclass(frozen=True, slots=True)
class Comparison:
    """Both canonical requests, line by line; `parts` are the numbers of lines that differ."""

    signed: list[str]
    sent: list[str]

    @property
    def parts(self) -> list[int]:
        """Return the numbers of the lines that differ, counted from 0."""
        pairs = zip_longest(self.signed, self.sent)
        return [number for number, (one, other) in enumerate(pairs) if one != other]


def compare(exchange: Exchange) -> Comparison | None:
    """Return both canonical requests, None when the call is not signed."""
    made = scope(exchange.proven)
    if made is None:
        return None
    return Comparison(as_signed(exchange, made.headers), canonical(exchange.sent, made.headers))


def masked(line: str) -> str:
    """Return a line without the secrets that a header holds."""
    for name in _SECRET_HEADERS:
        if line.startswith(name):
            return f"{name}({len(line) - len(name)} characters, hidden)"
    return line
