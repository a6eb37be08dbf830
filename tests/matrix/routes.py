"""What each route should ask of a caller, written down a second time.

Nothing here is read from `core.routes`: were a route's scope, doors or layers widened there, this
table would contradict what the deployed doors do.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

SIGNED, TOKEN, HUBSPOT = "signed", "token", "hubspot"
BOTH = (SIGNED, TOKEN)
EVERY = (SIGNED, TOKEN, HUBSPOT)


@dataclass(frozen=True, slots=True)
class Row:
    """A route, a call of it that reaches its handler, and what it asks of whoever makes it.

    `own` is the scope by which a portal's user gets in for what is his.
    """

    method: str
    path: str
    scope: str
    doors: tuple[str, ...] = BOTH
    layered: bool = False
    own: str = ""
    body: dict[str, Any] | None = None
    parameters: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Method and path."""
        return f"{self.method} {self.path}"

    @property
    def call(self) -> str:
        """The path with its parameters filled in."""
        found = self.path
        for name, value in ({"sku": "DOOR-1", "id": NOTHING} | self.parameters).items():
            found = found.replace(f"{{{name}}}", value)
        return found


NOTHING = "01m806gq69ytrbhb27yd9exy9b"
"""An id that nothing has: what gets in is answered 404, or refused for its empty body."""

_AT = {"location": "main"}

ROWS: tuple[Row, ...] = (
    Row("GET", "/v1/products", "stock:read"),
    Row("PUT", "/v1/products/{sku}", "stock:write", body={}),
    Row("GET", "/v1/products/{sku}", "stock:read", doors=EVERY),
    Row("GET", "/v1/stock", "stock:read"),
    Row("POST", "/v1/stock", "stock:write", body={}),
    Row("GET", "/v1/stock/{sku}", "stock:read", doors=EVERY),
    Row("GET", "/v1/stock/{sku}/ledger", "stock:read"),
    Row("PUT", "/v1/stock/{sku}/{location}", "stock:write", body={}, parameters=_AT),
    Row(
        "POST",
        "/v1/stock/{sku}/{location}/adjustments",
        "stock:write",
        body={},
        parameters=_AT,
    ),
    Row("POST", "/v1/reservations", "reservations:write", body={}),
    Row("GET", "/v1/reservations/{id}", "reservations:read"),
    Row("POST", "/v1/reservations/{id}/commit", "reservations:write", body={}),
    Row("POST", "/v1/reservations/{id}/release", "reservations:write", body={}),
    Row("POST", "/v1/orders", "orders:place", body={}),
    Row("POST", "/v1/order-batches", "orders:place", body={}),
    Row("GET", "/v1/orders", "orders:read", doors=EVERY, own="orders:own"),
    Row("GET", "/v1/orders/{id}", "orders:read", doors=EVERY, own="orders:own"),
    Row("POST", "/v1/orders/{id}/transitions", "orders:manage", body={}),
    Row("POST", "/v1/orders/{id}/cancellations", "orders:manage", body={}),
    Row("POST", "/v1/orders/{id}/returns", "orders:manage", body={}),
    Row("GET", "/v1/orders/{id}/returns", "orders:read", doors=EVERY, own="orders:own"),
    Row("GET", "/v1/customers", "customers:read"),
    Row("POST", "/v1/customers", "customers:write", body={}),
    Row("POST", "/v1/customers/find", "customers:read", body={}),
    Row("GET", "/v1/customers/{id}", "customers:read", own="customers:own"),
    Row("PATCH", "/v1/customers/{id}", "customers:write", body={}),
    Row("GET", "/v1/customers/{id}/consents", "customers:read", own="customers:own"),
    Row(
        "POST",
        "/v1/customers/{id}/consents",
        "consents:write",
        own="customers:own",
        body={},
    ),
    Row("GET", "/v1/bindings", "customers:bind"),
    Row("POST", "/v1/bindings", "customers:bind", body={}),
    Row("POST", "/v1/bindings/{id}/revocations", "customers:bind", body={}),
    Row("GET", "/v1/keys", "keys:manage", layered=True),
    Row("POST", "/v1/keys", "keys:manage", layered=True, body={}),
    Row("GET", "/v1/keys/{id}", "keys:manage", layered=True),
    Row("POST", "/v1/keys/{id}/rotations", "keys:manage", layered=True, body={}),
    Row("POST", "/v1/keys/{id}/revocations", "keys:manage", layered=True, body={}),
    Row("POST", "/v1/credentials", "credentials:vend", doors=(TOKEN,), body={}),
    Row("POST", "/v1/hubspot/webhooks", "", doors=(HUBSPOT,)),
)
