"""`docs/routes.md`: the route table and the scopes, for people."""

from __future__ import annotations

from core.access.scopes import PATTERNS
from core.routes import ROUTES, Route

_HEAD = """<!-- made by docs/generate.py from functions/core/routes.py and core/access/scopes.py -->
# Routes

| method | path | doors | scope | assurance | answered by | |
|---|---|---|---|---|---|---|
"""

_SCOPES = """
A POST by a caller with a scope carries an `Idempotency-Key`, unless its answer shows a secret that
nobody keeps ([why](decisions/0009-what-is-shown-once-is-not-repeated.md)). *planned* routes are designed and stand
in `openapi.json`, but are not deployed yet. A scope that ends in `:own` opens the route to [a portal's
user](portals.md) for his own data alone.

# Scopes

| scope | what a vended session may reach on the signed door |
|---|---|
"""


def routes() -> str:
    """Return the document."""
    table = "\n".join(_row(route) for route in ROUTES)
    scopes = "\n".join(
        f"| `{scope}` | {', '.join(f'`{p}`' for p in patterns)} |"
        for scope, patterns in PATTERNS.items()
    )
    return f"{_HEAD}{table}\n{_SCOPES}{scopes}\n"


def _row(route: Route) -> str:
    cells = (
        route.method,
        f"`{route.path}`",
        ", ".join(route.doors),
        (f"`{route.scope}`" if route.scope else "HubSpot's signature")
        + (f", `{route.own}`" if route.own else ""),
        route.assurance,
        f"`{route.function}`",
        "" if route.live else "*planned*",
    )
    return f"| {' | '.join(cells)} |"
