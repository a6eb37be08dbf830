"""What the gateway itself answers: problem+json with the request id and nothing of our insides."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from aws_cdk import aws_apigateway as apigateway

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# The quotes of 'none' do not fit a mapping expression's, and an empty source list means the same
# (CSP Level 3, section 6.7.2.4).
_HEADERS = {
    "Content-Type": "application/problem+json",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src; frame-ancestors",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_RETRY_LATER = {"Retry-After": "1"}
_CHALLENGE = {"WWW-Authenticate": "Bearer"}  # RFC 9110 wants one; a key's header has no scheme


class Answer(NamedTuple):
    """One gateway answer: its status (None: whatever the gateway chose), code and words."""

    status: int | None
    code: str
    title: str
    detail: str


_NOT_SIGNED = Answer(
    403, "forbidden", "Forbidden", "The call is not signed, or there is no such method and path."
)
_REFUSED = Answer(403, "forbidden", "Forbidden", "The caller may not do this.")
_OUR_FAULT = Answer(500, "internal_error", "Internal Server Error", "The service failed.")

ANSWERS: dict[str, Answer] = {
    "DEFAULT_4XX": Answer(None, "refused", "Refused", "The request was refused."),
    "DEFAULT_5XX": Answer(None, "internal_error", "Internal Error", "The service failed."),
    "RESOURCE_NOT_FOUND": Answer(404, "not_found", "Not Found", "There is no such resource."),
    "UNAUTHORIZED": Answer(401, "unauthenticated", "Unauthorized", "No valid credentials came."),
    "INVALID_API_KEY": _REFUSED,
    "ACCESS_DENIED": _REFUSED,
    "AUTHORIZER_FAILURE": _OUR_FAULT,
    "AUTHORIZER_CONFIGURATION_ERROR": _OUR_FAULT,
    "INVALID_SIGNATURE": Answer(
        403, "invalid_signature", "Forbidden", "The signature does not match the request."
    ),
    "EXPIRED_TOKEN": Answer(403, "expired_token", "Forbidden", "The credentials have expired."),
    "MISSING_AUTHENTICATION_TOKEN": _NOT_SIGNED,
    "INTEGRATION_FAILURE": Answer(502, "bad_gateway", "Bad Gateway", "The service failed."),
    "INTEGRATION_TIMEOUT": Answer(
        504, "timeout", "Gateway Timeout", "The service did not answer in time."
    ),
    "API_CONFIGURATION_ERROR": _OUR_FAULT,
    "UNSUPPORTED_MEDIA_TYPE": Answer(
        415, "unsupported_media_type", "Unsupported Media Type", "Send application/json."
    ),
    "BAD_REQUEST_PARAMETERS": Answer(
        400, "invalid_request", "Bad Request", "A required header or parameter is missing."
    ),
    "BAD_REQUEST_BODY": Answer(400, "invalid_request", "Bad Request", "The body is not valid."),
    "REQUEST_TOO_LARGE": Answer(413, "too_large", "Content Too Large", "The body is too large."),
    "THROTTLED": Answer(429, "too_many_requests", "Too Many Requests", "Slow down, then retry."),
    "QUOTA_EXCEEDED": Answer(429, "too_many_requests", "Too Many Requests", "The quota is used."),
    "WAF_FILTERED": Answer(403, "forbidden", "Forbidden", "The request was filtered."),
}
"""Every response type of API Gateway. An unsigned call and an undeclared path look the same to it,
so neither is told apart here."""


def add_to(api: apigateway.RestApi, origin: str | None = None) -> None:
    """Give the API all of these answers; `origin` is the one whose pages may read them.

    An answer of the gateway's own cannot choose among several, so with more than one there is none.
    """
    allowed = {"Access-Control-Allow-Origin": origin, "Vary": "Origin"} if origin else {}
    for name, answer in ANSWERS.items():
        api.add_gateway_response(
            "".join(word.title() for word in name.split("_")),
            type=apigateway.ResponseType.of(name),
            status_code=str(answer.status) if answer.status else None,
            response_headers=dict(_headers(answer, allowed)),
            templates={"application/json": _template(answer)},
        )


def _headers(answer: Answer, more: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield headers as mapping expressions: a literal stands in single quotes."""
    own = {"too_many_requests": _RETRY_LATER, "unauthenticated": _CHALLENGE}
    chosen = _HEADERS | own.get(answer.code, {}) | dict(more)
    return ((name, f"'{value}'") for name, value in chosen.items())


def _template(answer: Answer) -> str:
    """Return the body; RFC 9457 lets `status` be absent where only the gateway knows it."""
    status = {"status": answer.status} if answer.status else {}
    body = {
        "type": "about:blank",
        "title": answer.title,
        **status,
        "code": answer.code,
        "detail": answer.detail,
        "instance": "urn:request:$context.requestId",
    }
    return json.dumps(body)
