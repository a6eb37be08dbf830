"""A third party's portal, whose users call a shop through the token door."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from core.access import handover
from core.access.clients import user_principal
from core.access.issuer import Issuer
from core.access.principal import Kind, Principal
from core.routes import Door, route
from core.store.issuers import StoredIssuers
from tests.support import tables
from tests.support.doors import ask, token_event
from tests.support.openapi import assert_documented

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tests.support.doors import Reply
    from tests.support.shop import Shop

ISSUER = "https://login.portal.example"
OWN = frozenset({"customers:own", "orders:own"})


@dataclass(slots=True)
class Portal:
    """The portal: its issuer is declared for the tenant `main`."""

    shop: Shop
    keys: int = 0

    def __post_init__(self) -> None:
        """Declare the issuer."""
        declared = Issuer(
            id=ISSUER,
            jwks_url=f"{ISSUER}/jwks.json",
            algorithms=frozenset({"ES256"}),
            audiences=frozenset({"countersign"}),
            tenant="main",
            tenants=frozenset({"main"}),
            scopes=OWN,
        )
        StoredIssuers(self.shop.dynamodb, tables.ACCESS).put_issuer(declared)

    def bind(self, user: str, customer_id: str, issuer: str = ISSUER, **more: Any) -> Reply:
        """Have the back office bind a user to a customer."""
        self.keys += 1
        body = {"issuer": issuer, "subject": user, "customer_id": customer_id}
        return ask(self.shop.door, "bind_subject", body, **({"key": f"b{self.keys}"} | more))

    def call(
        self,
        user: str,
        name: str,
        body: object = None,
        *,
        scopes: Iterable[str] = OWN,
        issuer: str = ISSUER,
        tenant: str = "main",
        query: Mapping[str, str] | None = None,
        key: str | None = None,
        **path: str,
    ) -> Reply:
        """Call a route as a user whose token the authorizer has let in; "" is the client itself."""
        self.keys += 1
        asked = route(name)
        who = Principal(
            tenant,
            user_principal("portal", user) if user else "client/portal",
            Kind.TOKEN,
            Door.TOKEN,
            frozenset(scopes),
            proofs=("client/portal",),
            origins=frozenset({"client/portal"}),
            subject=user,
            issuer=issuer if user else "",
        )
        filled = asked.path.format_map({n: quote(v, safe="") for n, v in path.items()})
        headers = {"Idempotency-Key": key or f"u{self.keys}"}
        made = token_event(asked.method, asked.path, filled, body, headers)
        made["requestContext"]["authorizer"] = handover.written(who)
        made["queryStringParameters"] = dict(query) if query else None
        reply = self.shop.door.call(made)
        assert_documented(asked, reply)
        return reply
