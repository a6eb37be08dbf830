"""From a verified token to a proof: is its tenant there, its client on, and no cut newer than it.

Who the caller is comes from the token's client. A token that a user stands behind is another
principal than its client, and vends nothing: sessions are for client credentials (RFC 6749, 4.4),
whose tokens name the client itself as their subject.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.access.clients import client_principal, user_principal
from core.access.credential import CredentialKind
from core.access.principal import Kind, Proof
from core.access.session import CREDENTIAL
from core.access.token import TokenRefused

if TYPE_CHECKING:
    from core.access.credential import Registry
    from core.access.token import Verified


def check_token(token: Verified, registry: Registry) -> Proof:
    """Return what a verified token proves; `TokenRefused` when it counts no more, or for nobody."""
    if not token.client:
        raise TokenRefused("client_missing")
    try:
        origin = client_principal(token.client)
    except ValueError as error:
        raise TokenRefused("client_too_long") from error
    user = "" if token.subject == token.client else token.subject
    principal_id = user_principal(token.client, user) if user else origin
    if not registry.tenant_active(token.tenant):
        raise TokenRefused("tenant_off")
    if token.surely_issued < registry.cuts(token.tenant, principal_id).newest:
        raise TokenRefused("cut")
    if _switched_off(token, registry):
        raise TokenRefused("client_off")
    return Proof(
        Kind.TOKEN,
        principal_id,
        origin,
        token.tenant,
        token.scopes,
        frozenset() if user else token.vends,
        user,
        token.issuer if user else "",
    )


def _switched_off(token: Verified, registry: Registry) -> bool:
    """Return whether the client was declared for sessions and is no more; others are not listed."""
    if not CREDENTIAL.fullmatch(token.client):
        return False
    known = registry.credential(token.tenant, token.client)
    return known is not None and known.kind is CredentialKind.JWT_CLIENT and not known.active
