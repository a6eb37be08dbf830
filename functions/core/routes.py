"""The route table: the one place that says what can be called, at which door and by whom.

API Gateway's methods, the handlers' decisions, session policies, OpenAPI, the documentation and the
tests are all made from `ROUTES`. Nothing else may hold a path.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.doors import API_KEY_HEADER, IDEMPOTENCY_HEADER, TENANT_HEADER, Assurance, Context, Door

__all__ = [
    "API_KEY_HEADER",
    "FUNCTIONS",
    "IDEMPOTENCY_HEADER",
    "ROUTES",
    "TENANT_HEADER",
    "Assurance",
    "Context",
    "Door",
    "Route",
    "live_at",
    "pages_may_call",
    "route",
]


FUNCTIONS = {
    Context.INVENTORY: "inventory_api",
    Context.ORDERS: "orders_api",
    Context.CUSTOMERS: "customers_api",
    Context.ACCESS: "access_api",
    Context.CREDENTIALS: "credentials_api",
    Context.HUBSPOT: "hubspot_webhook",
}
"""Which function (a folder under `functions/`) answers each context."""


@dataclass(frozen=True, slots=True)
class Route:
    """One method on one path.

    `path` is written as API Gateway writes it (`{name}` for a path parameter). `scope` is what the
    caller must hold; only HubSpot's own calls (webhooks) have none. The hubspot door's other routes
    are reads, since `hubspot.fetch` can set no Idempotency-Key. `query` names the query parameters
    that the route understands. A route that `shows_once` answers with a secret that nobody keeps,
    so that no call of it can be repeated for the same answer. A POST that `only_reads` asks in its
    body what no URL may hold. `widened_by` names scopes that open nothing here, but show more in
    what is answered. `own` is the scope by which a portal's user reaches what is his own here, and
    nobody else's. A route that is not `live` is designed and documented, but not deployed.
    """

    name: str
    method: str
    path: str
    context: Context
    scope: str | None
    doors: tuple[Door, ...] = (Door.SIGNED, Door.TOKEN)
    assurance: Assurance = Assurance.SINGLE
    query: tuple[str, ...] = ()
    shows_once: bool = False
    only_reads: bool = False
    widened_by: tuple[str, ...] = ()
    own: str | None = None
    live: bool = True

    @property
    def function(self) -> str:
        """The folder under `functions/` that answers this route."""
        return FUNCTIONS[self.context]

    @property
    def idempotent_by_key(self) -> bool:
        """Whether a call must carry an Idempotency-Key: a POST that can be answered again."""
        writes = self.method == "POST" and not self.only_reads
        return writes and self.scope is not None and not self.shows_once

    @property
    def recorded_as(self) -> str | None:
        """Whom each answer shows, for the audit, though it changes nothing; None for nobody."""
        reads = self.method == "GET" or self.only_reads
        return "customer" if reads and self.context is Context.CUSTOMERS else None

    @property
    def path_parameters(self) -> tuple[str, ...]:
        """The names between braces in `path`, in their order."""
        return tuple(p[1:-1] for p in self.path.split("/") if p.startswith("{"))


_PAGED = ("cursor", "limit")
_EVERY_DOOR = (Door.SIGNED, Door.TOKEN, Door.HUBSPOT)
_INVENTORY, _ORDERS, _HUBSPOT = Context.INVENTORY, Context.ORDERS, Context.HUBSPOT
_ACCESS, _CREDENTIALS = Context.ACCESS, Context.CREDENTIALS
_LAYERED = Assurance.LAYERED
_CUSTOMERS, _CONTACT = Context.CUSTOMERS, ("customers:contact",)
_OWN_DATA, _OWN_ORDERS = "customers:own", "orders:own"

ROUTES: tuple[Route, ...] = (
    Route("list_products", "GET", "/v1/products", _INVENTORY, "stock:read", query=_PAGED),
    Route("put_product", "PUT", "/v1/products/{sku}", _INVENTORY, "stock:write"),
    Route("get_product", "GET", "/v1/products/{sku}", _INVENTORY, "stock:read", doors=_EVERY_DOOR),
    Route("list_stock", "GET", "/v1/stock", _INVENTORY, "stock:read", query=_PAGED),
    Route("get_stock", "GET", "/v1/stock/{sku}", _INVENTORY, "stock:read", doors=_EVERY_DOOR),
    Route("list_ledger", "GET", "/v1/stock/{sku}/ledger", _INVENTORY, "stock:read", query=_PAGED),
    Route("count_stock", "PUT", "/v1/stock/{sku}/{location}", _INVENTORY, "stock:write"),
    Route(
        "adjust_stock", "POST", "/v1/stock/{sku}/{location}/adjustments", _INVENTORY, "stock:write"
    ),
    Route("batch_stock", "POST", "/v1/stock", _INVENTORY, "stock:write"),
    Route("reserve", "POST", "/v1/reservations", _INVENTORY, "reservations:write"),
    Route("get_reservation", "GET", "/v1/reservations/{id}", _INVENTORY, "reservations:read"),
    Route(
        "commit_reservation",
        "POST",
        "/v1/reservations/{id}/commit",
        _INVENTORY,
        "reservations:write",
    ),
    Route(
        "release_reservation",
        "POST",
        "/v1/reservations/{id}/release",
        _INVENTORY,
        "reservations:write",
    ),
    Route("place_order", "POST", "/v1/orders", _ORDERS, "orders:place"),
    Route("place_orders", "POST", "/v1/order-batches", _ORDERS, "orders:place"),
    Route(
        "list_orders",
        "GET",
        "/v1/orders",
        _ORDERS,
        "orders:read",
        query=(*_PAGED, "customer_id", "state"),
        doors=_EVERY_DOOR,
        own=_OWN_ORDERS,
    ),
    Route(
        "get_order",
        "GET",
        "/v1/orders/{id}",
        _ORDERS,
        "orders:read",
        doors=_EVERY_DOOR,
        own=_OWN_ORDERS,
    ),
    Route("change_order", "POST", "/v1/orders/{id}/transitions", _ORDERS, "orders:manage"),
    Route("cancel_lines", "POST", "/v1/orders/{id}/cancellations", _ORDERS, "orders:manage"),
    Route("return_lines", "POST", "/v1/orders/{id}/returns", _ORDERS, "orders:manage"),
    Route(
        "list_returns",
        "GET",
        "/v1/orders/{id}/returns",
        _ORDERS,
        "orders:read",
        doors=_EVERY_DOOR,
        own=_OWN_ORDERS,
    ),
    Route(
        "list_customers",
        "GET",
        "/v1/customers",
        _CUSTOMERS,
        "customers:read",
        query=(*_PAGED, "fields"),
        widened_by=_CONTACT,
    ),
    Route("put_customer", "POST", "/v1/customers", _CUSTOMERS, "customers:write"),
    Route(
        "find_customer",
        "POST",
        "/v1/customers/find",
        _CUSTOMERS,
        "customers:read",
        only_reads=True,
        widened_by=_CONTACT,
    ),
    Route(
        "get_customer",
        "GET",
        "/v1/customers/{id}",
        _CUSTOMERS,
        "customers:read",
        query=("fields",),
        widened_by=_CONTACT,
        own=_OWN_DATA,
    ),
    Route("change_customer", "PATCH", "/v1/customers/{id}", _CUSTOMERS, "customers:write"),
    Route(
        "list_consents",
        "GET",
        "/v1/customers/{id}/consents",
        _CUSTOMERS,
        "customers:read",
        query=_PAGED,
        widened_by=_CONTACT,
        own=_OWN_DATA,
    ),
    Route(
        "record_consents",
        "POST",
        "/v1/customers/{id}/consents",
        _CUSTOMERS,
        "consents:write",
        own=_OWN_DATA,
    ),
    Route(
        "list_bindings", "GET", "/v1/bindings", _CUSTOMERS, "customers:bind", query=("customer_id",)
    ),
    Route("bind_subject", "POST", "/v1/bindings", _CUSTOMERS, "customers:bind"),
    Route("revoke_binding", "POST", "/v1/bindings/{id}/revocations", _CUSTOMERS, "customers:bind"),
    Route(
        "list_keys",
        "GET",
        "/v1/keys",
        _ACCESS,
        "keys:manage",
        assurance=_LAYERED,
        query=(*_PAGED, "prefix"),
    ),
    Route(
        "create_key",
        "POST",
        "/v1/keys",
        _ACCESS,
        "keys:manage",
        assurance=_LAYERED,
        shows_once=True,
    ),
    Route("get_key", "GET", "/v1/keys/{id}", _ACCESS, "keys:manage", assurance=_LAYERED),
    Route(
        "rotate_key",
        "POST",
        "/v1/keys/{id}/rotations",
        _ACCESS,
        "keys:manage",
        assurance=_LAYERED,
        shows_once=True,
    ),
    Route(
        "revoke_key",
        "POST",
        "/v1/keys/{id}/revocations",
        _ACCESS,
        "keys:manage",
        assurance=_LAYERED,
    ),
    Route(
        "vend_credentials",
        "POST",
        "/v1/credentials",
        _CREDENTIALS,
        "credentials:vend",
        doors=(Door.TOKEN,),
        shows_once=True,
    ),
    Route(
        "receive_webhooks", "POST", "/v1/hubspot/webhooks", _HUBSPOT, None, doors=(Door.HUBSPOT,)
    ),
)


def route(name: str) -> Route:
    """Return the route of that name; KeyError when the table has none."""
    return _BY_NAME[name]


def live_at(door: Door) -> tuple[Route, ...]:
    """Return the deployed routes of a door, in the table's order."""
    return tuple(r for r in ROUTES if r.live and door in r.doors)


def pages_may_call(path: str) -> tuple[str, ...]:
    """Return the methods of a path that a web page may call, with its user's token alone.

    A page holds no second proof, and nothing that shows a secret is for pages.
    """
    return tuple(
        r.method
        for r in live_at(Door.TOKEN)
        if r.path == path and r.assurance is Assurance.SINGLE and not r.shows_once
    )


_BY_NAME = {r.name: r for r in ROUTES}
