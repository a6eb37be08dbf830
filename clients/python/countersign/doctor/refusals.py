"""Diagnoses of refusals by those who know more than the client: IAM, the authorizer, a handler."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from countersign import apikey
from countersign.client import TENANT_HEADER
from countersign.doctor.canonical import scope
from countersign.doctor.finding import Finding
from countersign.flavours.key import KEY_HEADER

if TYPE_CHECKING:
    from countersign.doctor.exchange import Exchange

_BY_POLICY = frozenset({"AccessDeniedException", "ForbiddenException"})
_NO_SUCH_ROUTE = "MissingAuthenticationTokenException"
_SIGNATURE = frozenset({"invalid_signature", "expired_token"})


def undeclared(exchange: Exchange) -> Finding | None:
    """Find that API Gateway has no such route, and says so as if nothing had been signed."""
    if exchange.kind != _NO_SUCH_ROUTE or scope(exchange.sent) is None:
        return None
    return Finding(
        "no_route",
        f"{exchange.door.title()} door: there is no {exchange.sent.method} {exchange.sent.path}.",
        "Compare method, path and stage with docs/routes.md. (API Gateway answers 403 here.)",
    )


def by_policy(exchange: Exchange) -> Finding | None:
    """Find that IAM said no before any handler was asked."""
    if exchange.door != "signed" or exchange.kind not in _BY_POLICY:
        return None
    return Finding(
        "iam_denied",
        "The signature is right and IAM refused: the role is not registered in the resource policy "
        "of the signed door, or its own or its session's policy does not allow this method and "
        "path; a method or path that does not exist looks the same.",
        "Register the role under `callers` in cdk.json, or use credentials whose scopes cover the "
        "route (docs/routes.md). With --operator the policies are read.",
        certain=False,
    )


def other_tenant(exchange: Exchange) -> Finding | None:
    """Find that the tenant that was asked for is not the one that the key names."""
    asked = exchange.sent.headers.get(TENANT_HEADER.lower())
    own = apikey.tenant_of(exchange.sent.headers.get(KEY_HEADER.lower(), ""))
    if not exchange.refused or not asked or own in {None, asked}:
        return None
    return Finding(
        "tenant",
        f"The call asks for tenant {asked}, and its key belongs to {own}.",
        f"Leave {TENANT_HEADER} out, or use a key of {asked}.",
    )


def by_handler(exchange: Exchange) -> Finding | None:
    """Find that a handler knows who calls, and that he may not do this."""
    if exchange.status != HTTPStatus.FORBIDDEN or exchange.kind or exchange.code in _SIGNATURE:
        return None
    asked = exchange.sent.headers.get(TENANT_HEADER.lower())
    tenant = f"it is not granted the tenant {asked} that the call asks for; " if asked else ""
    return Finding(
        "tenant_or_scope" if asked else "scope",
        f"The caller is known by its proof, and refused: {tenant}it is not registered or was shut "
        "out; it lacks the route's scope; or the route wants a second proof of another origin.",
        "docs/routes.md has the route's scope and whether it is layered (then --as signed+key or "
        f"token+key). {'Name another --tenant, or none. ' if asked else ''}"
        "With --operator the handler's log names the reason.",
        certain=False,
    )


def by_authorizer(exchange: Exchange) -> Finding | None:
    """Find that the proof is good at the token door, and does not cover this route."""
    if exchange.door != "token" or exchange.status != HTTPStatus.FORBIDDEN or not exchange.kind:
        return None
    return Finding(
        "scope",
        "The proof is valid, and it does not cover this call: the route's scope is missing, the "
        "route wants a second proof of another origin, or there is no such route at this door.",
        "docs/routes.md has the route's scope and whether it is layered (then --as token+key).",
        certain=False,
    )


def hidden(exchange: Exchange) -> Finding | None:
    """Find a 404: another tenant's things answer as what does not exist."""
    if exchange.status != HTTPStatus.NOT_FOUND:
        return None
    return Finding(
        "not_found",
        "There is no such thing for this tenant; another tenant's things answer the same.",
        "Compare the id, and the tenant for which the call is made.",
        certain=False,
    )


def busy(exchange: Exchange) -> Finding | None:
    """Find that it is too much at once, which is no refusal."""
    wait = exchange.headers.get("retry-after")
    if exchange.status not in {429, 503}:
        return None
    return Finding(
        "busy",
        f"The service asks to wait{f' {wait} s' if wait else ''}; the caller is not refused.",
        "Make the same call again with the same Idempotency-Key; the client does so by itself.",
    )
