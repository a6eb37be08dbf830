"""Scopes: what a caller may do, and the paths that each opens on the signed door.

A scope compiles to at most two patterns `<METHOD>/<path>` of at most 24 characters with the stage's
`*/` before it, so that all scopes together fit the 2,048 characters of an STS session policy. IAM's
`*` crosses `/`; a test proves that each pattern matches exactly its scope's routes.
"""

from __future__ import annotations

MAX_PATTERNS = 2
MAX_PATTERN_LENGTH = 24

PATTERNS: dict[str, tuple[str, ...]] = {
    "stock:read": ("*/GET/v1/stock*", "*/GET/v1/products*"),
    "stock:write": ("*/P*/v1/stock*", "*/PUT/v1/products/*"),
    "reservations:read": ("*/GET/v1/reservations/*",),
    "reservations:write": ("*/POST/v1/reservations*",),
    "orders:read": ("*/GET/v1/orders*",),
    "orders:place": ("*/POST/v1/orders", "*/POST/v1/order-batches"),
    "orders:manage": ("*/POST/v1/orders/*",),
    "keys:manage": ("*/GET/v1/keys*", "*/POST/v1/keys*"),
    "credentials:vend": (),
    "customers:read": ("*/GET/v1/customers*", "*/POST/v1/customers/find"),
    "customers:contact": ("*/GET/v1/customers*", "*/POST/v1/customers/find"),
    "customers:write": ("*/POST/v1/customers", "*/PATCH/v1/customers/*"),
    "consents:write": ("*/POST/v1/customers/*/*",),
    "customers:bind": ("*/*/v1/bindings*",),
    "customers:own": (),
    "orders:own": (),
}
"""Scope → patterns of `<stage>/<METHOD>/<path>` under an API.

A scope without one opens nothing on the signed door, so no session can hold it; nor can one hold a
scope that ends in `:own`, since a session tells no portal's user. A scope's place is its bit in the
names of sessions (`core.access.session`): new ones go to the end.
"""

SCOPES = frozenset(PATTERNS)
VENDABLE = frozenset(scope for scope, patterns in PATTERNS.items() if patterns)
"""What a session may hold."""
