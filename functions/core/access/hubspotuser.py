"""From what HubSpot has signed of its own user to a proof, or a refusal that tells nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.access.principal import Kind, Proof
from core.errors import Forbidden

if TYPE_CHECKING:
    from core.access.credential import Registry


@dataclass(frozen=True, slots=True)
class HubspotUser:
    """Who looks at a UI extension: a user of a portal, as HubSpot signed it at `signed_at` (ms)."""

    portal: str
    id: str
    signed_at: int


def user_proof(user: HubspotUser, registry: Registry) -> Proof:
    """Return what HubSpot's signature proves; else `Forbidden`, always with the same words.

    The tenant is the portal's. A user is known by HubSpot's id alone, his e-mail is nobody's
    business here.
    """
    grant = registry.portal(user.portal)
    if grant is None or not grant.active or not registry.tenant_active(grant.tenant):
        raise _refused(f"portal {user.portal} is not registered")
    proof_id = f"hubspot-user/{user.id}"
    cuts = registry.cuts(grant.tenant, proof_id)
    if cuts.principal or user.signed_at < cuts.newest:
        raise _refused(f"{proof_id} was shut out in an incident")
    return Proof(Kind.HUBSPOT_USER, proof_id, proof_id, grant.tenant, grant.reads)


def _refused(internal: str) -> Forbidden:
    return Forbidden("forbidden", "You are not allowed to do this.", internal=internal)
