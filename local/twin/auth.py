"""Tokens and scopes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from local.twin.changes import API, UI, Author
from local.twin.clock import iso
from local.twin.problems import Problem

if TYPE_CHECKING:
    from local.twin.catalog import ObjectType

_OBJECTS = ("contacts", "companies", "deals", "products", "line_items", "orders", "carts")
_SCHEMAS = ("contacts", "companies", "deals", "orders", "carts")
ALL_SCOPES = frozenset(
    {"oauth", "e-commerce", "crm.schemas.line_items.read"}
    | {f"crm.objects.{o}.{a}" for o in _OBJECTS for a in ("read", "write")}
    | {f"crm.schemas.{o}.{a}" for o in _SCHEMAS for a in ("read", "write")}
)
PERSON = "person"
KINDS = ("private", "oauth", PERSON)
_DOCS = "https://developers.hubspot.com/scopes"


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token.

    `kind` is private (service key, static app), oauth, or person: someone in HubSpot, whom no
    limit and no fault meets. Tokens of one `app` share its limits; a token without one is alone.
    `expires_at` is epoch ms, None for never.
    """

    value: str
    portal: int
    scopes: frozenset[str] = field(default=ALL_SCOPES)
    kind: str = "private"
    app: str = ""
    expires_at: int | None = None

    @property
    def author(self) -> Author:
        """As whom the account's history knows the caller."""
        return UI if self.kind == PERSON else API


def bearer(header: str | None) -> str:
    """Return the token in an Authorization header, or ""."""
    scheme, _, value = (header or "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" else ""


def authenticate(tokens: dict[str, Token], header: str | None, now: int) -> Token:
    """Find the token of an Authorization header, or answer 401."""
    value = bearer(header)
    if not value:
        raise Problem(
            401,
            "Authentication credentials not found. This API supports OAuth 2.0 authentication "
            "and you can find more details at "
            "https://developers.hubspot.com/docs/methods/auth/oauth-overview",
            category="INVALID_AUTHENTICATION",
        )
    token = tokens.get(value)
    expired = token is not None and token.expires_at is not None and token.expires_at <= now
    if token is None or (expired and token.kind != "oauth"):
        raise Problem(
            401,
            "The access token is invalid, expired or revoked.",
            category="INVALID_AUTHENTICATION",
        )
    if expired and token.expires_at is not None:
        ago = (now - token.expires_at) // 1000
        raise Problem(
            401,
            f"The OAuth token used to make this call expired {ago} second(s) ago.",
            category="EXPIRED_AUTHENTICATION",
            context={"expire time": [iso(token.expires_at)]},
        )
    return token


# What grants a call: any one of these sets, whole.
Demand = tuple[frozenset[str], ...]


def object_scopes(kind: ObjectType, action: str, version: str) -> Demand:
    """Return what reading or writing records of a type takes.

    Products and line items: from 2026-09 on both scopes, before that either.
    """
    own, shop = f"crm.objects.{kind.name}.{action}", "e-commerce"
    if kind.name not in {"products", "line_items"}:
        return (frozenset({own}),)
    if version == "2026-09":
        return (frozenset({own, shop}),)
    return (frozenset({own}), frozenset({shop}))


def schema_scopes(kind: ObjectType, action: str) -> Demand:
    """Return what reading or changing properties and pipelines of a type takes."""
    grants = [frozenset({f"crm.schemas.{kind.name}.{action}"})]
    if kind.name in {"products", "line_items"}:
        grants.append(frozenset({"e-commerce"}))
    if action == "read":
        grants.append(frozenset({f"crm.objects.{kind.name}.read"}))
    return tuple(grants)


def demand(token: Token, demands: list[Demand]) -> None:
    """Answer 403 unless the token's scopes meet every demand."""
    for grants in demands:
        if not any(g <= token.scopes for g in grants):
            raise Problem(
                403,
                "This app hasn't been granted all required scopes to make this call. "
                f"Read more about required scopes here: {_DOCS}.",
                category="MISSING_SCOPES",
                errors=[
                    {
                        "message": "One or more of the following scopes are required.",
                        "context": {"requiredGranularScopes": sorted(set().union(*grants))},
                    }
                ],
                links={"scopes": _DOCS},
            )
