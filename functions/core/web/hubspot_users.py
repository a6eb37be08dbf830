"""Who looks at a UI extension: HubSpot's signature on a `hubspot.fetch`, from a proxy event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.access.hubspotuser import user_proof
from core.crm.fetch import Fetch
from core.crm.signature import SIGNATURE_HEADER, TIMESTAMP_HEADER
from core.errors import Unauthenticated
from core.routes import ROUTES
from core.web.headers import single
from core.web.hubspot_signature import raw_body

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from core.access.credential import Registry
    from core.access.principal import Proof

OWN = frozenset(name for route in ROUTES for name in route.query)
"""What a call may ask in its query; all else there is HubSpot's."""


@dataclass(frozen=True, slots=True)
class HubspotUsers:
    """The hubspot door as HubSpot calls it; `{api}` in `public_url` stands for the gateway's id.

    A function is deployed before the door that leads to it, so it cannot be told the id.
    """

    public_url: str
    live_secrets: Callable[[], tuple[str, ...]]

    def proof(self, event: Mapping[str, Any], registry: Registry, now: int) -> Proof:
        """Return what the signature proves.

        `Unauthenticated` unless HubSpot signed exactly this call, `Forbidden` for a portal that is
        nobody's.
        """
        query = _query(event)
        body = raw_body(event)
        if query is None or body is None:
            raise _unsigned()
        fetch = Fetch(
            method=str(event.get("httpMethod", "")),
            base=self.public_url.replace("{api}", event["requestContext"].get("apiId", "")),
            path=str(event.get("path", "")),
            query=query,
            body=body,
            timestamp=single(event, TIMESTAMP_HEADER),
            signature=single(event, SIGNATURE_HEADER),
        )
        user = fetch.user(self.live_secrets(), OWN, now)
        if user is None:
            raise _unsigned()
        return user_proof(user, registry)


def _query(event: Mapping[str, Any]) -> dict[str, str] | None:
    """Return each parameter's one value; None when one of them has several."""
    many: Mapping[str, list[str]] = event.get("multiValueQueryStringParameters") or {}
    if any(len(values) != 1 for values in many.values()):
        return None
    return {name: values[0] for name, values in many.items()}


def _unsigned() -> Unauthenticated:
    return Unauthenticated("signature", "The request is not signed by HubSpot.")
