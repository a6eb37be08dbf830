"""What the matrix needs to have deployed: tenants, roles and issuers of its own."""

from __future__ import annotations

from typing import Any

from core.access.scopes import SCOPES, VENDABLE
from local.ports import LOOPBACK
from tests.matrix.tokens import AUDIENCE, CLIENT

TENANT, OTHER = "matrix", "matrix2"
ALL = "matrix-all"
READS = ["orders:read", "stock:read"]
PORTALS = {TENANT: "101", OTHER: "102", "matrix3": "103"}
PORTALS_WITHOUT = {"stock:read": PORTALS[OTHER], "orders:read": PORTALS["matrix3"]}
"""The portal whose users may read all but this."""


def tenants() -> list[dict[str, Any]]:
    """Return a tenant, and others whose portals' users may read less."""
    reads = {TENANT: READS, OTHER: [READS[0]], "matrix3": [READS[1]]}
    return [
        {"id": name, "hubspot_portal_id": PORTALS[name], "hubspot_reads": some}
        for name, some in reads.items()
    ]


def callers() -> list[dict[str, Any]]:
    """Return a role for all scopes, and for each scope a role that has every other one."""
    scopes = sorted(SCOPES)
    held = {ALL: scopes} | {without(s): [x for x in scopes if x != s] for s in scopes}
    return [
        {"name": name, "create": True, "tenants": {TENANT: some}} for name, some in held.items()
    ]


def without(scope: str) -> str:
    """Return the name of the role that has every scope but this one."""
    return f"lacks-{scope.replace(':', '-')}"


def issuer(port: int) -> dict[str, Any]:
    """Return an issuer on this machine, whose tokens say their tenant."""
    return {
        "id": f"https://{LOOPBACK}:{port}",
        "jwks_url": f"https://{LOOPBACK}:{port}/jwks.json",
        "algorithms": ["ES256", "RS256"],
        "audiences": [AUDIENCE],
        "tenant_claim": "tenant",
        "tenants": [TENANT],
        "scopes": sorted(SCOPES),
        "clients": [{"id": f"{CLIENT}{port}", "vends": sorted(VENDABLE)}],
    }
