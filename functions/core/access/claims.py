"""What the claims of a token with a good signature amount to, within its issuer's bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.access.issuer import is_text
from core.access.token import TokenRefused, Verified

if TYPE_CHECKING:
    from core.access.issuer import Issuer

LAST_SECOND = 253_402_300_799
"""9999-12-31T23:59:59Z: a date beyond it is a mistake or an attack."""

NOT_FOR_US = {
    "at_hash": "id_token",  # OpenID Connect Core, 3.1.3.6 and 3.3.2.11: ID tokens only
    "c_hash": "id_token",
    "s_hash": "id_token",
    "nonce": "id_token",
    "events": "event_token",  # RFC 8417, and OpenID Connect's logout tokens
    "cnf": "bound_token",  # RFC 7800: worth nothing without the key that it is bound to
}
"""Claims of tokens that are no bearer's access tokens (RFC 8725, 3.12), and the logged reason."""


def verified(claims: dict[str, Any], issuer: Issuer, now: int) -> Verified:
    """Judge the claims; `now` is in epoch ms. Only for a token whose signature was verified."""
    for name, reason in NOT_FOR_US.items():
        if name in claims:
            raise TokenRefused(reason)
    for name, value in issuer.required.items():
        if claims.get(name) != value:
            raise TokenRefused("claim_required", name)
    _check_audience(claims.get(issuer.audience_claim), issuer)
    issued_at, expires_at = _lifetime(claims, issuer, now)
    client = _client(claims, issuer)
    if "jti" in claims:
        _text(claims, "jti", "jti_malformed")
    return Verified(
        issuer=issuer.id,
        tenant=_tenant(claims, issuer, client),
        client=client,
        subject=_text(claims, issuer.subject_claim, "subject_malformed"),
        scopes=_scopes(claims.get(issuer.scope_claim, ""), issuer),
        vends=issuer.clients.get(client, frozenset()),
        issued_at=issued_at,
        expires_at=expires_at,
        leeway=issuer.leeway_seconds * 1000,
    )


def _check_audience(value: object, issuer: Issuer) -> None:
    """RFC 7519, 4.1.3: a string or an array of them, and one of them is us."""
    named = value if isinstance(value, list) else [value]
    if not named or not all(is_text(one) for one in named):
        raise TokenRefused("audience_malformed")
    if issuer.audiences.isdisjoint(named):
        raise TokenRefused("audience_not_allowed")


def _lifetime(claims: dict[str, Any], issuer: Issuer, now: int) -> tuple[int, int]:
    leeway = issuer.leeway_seconds * 1000
    issued_at, expires_at = _date(claims, "iat"), _date(claims, "exp")
    if now >= expires_at + leeway:
        raise TokenRefused("expired")
    if issued_at > now + leeway:
        raise TokenRefused("issued_in_the_future")
    if "nbf" in claims and _date(claims, "nbf") > now + leeway:
        raise TokenRefused("not_yet_valid")
    if not 0 < expires_at - issued_at <= issuer.max_lifetime_seconds * 1000:
        raise TokenRefused("lifetime")
    return issued_at, expires_at


def _date(claims: dict[str, Any], name: str) -> int:
    """Read a NumericDate (RFC 7519, section 2) as epoch ms; a fraction of a second is allowed."""
    value = claims.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise TokenRefused(f"{name}_malformed")
    if not 0 <= value <= LAST_SECOND:
        raise TokenRefused(f"{name}_malformed")
    return int(value * 1000)


def _tenant(claims: dict[str, Any], issuer: Issuer, client: str) -> str:
    if issuer.tenant is not None:
        return issuer.tenant
    if issuer.client_tenants:
        tenant = issuer.client_tenants.get(client)
    else:
        tenant = claims.get(issuer.tenant_claim or "")
    if not isinstance(tenant, str) or tenant not in issuer.tenants:
        raise TokenRefused("tenant_not_allowed")
    return tenant


def _client(claims: dict[str, Any], issuer: Issuer) -> str:
    for name in (issuer.client_claim, issuer.client_fallback):
        if name and name in claims:
            return _text(claims, name, "client_malformed")
    return ""


def _scopes(value: object, issuer: Issuer) -> frozenset[str]:
    """Return the scopes that are ours; an issuer may name others for other audiences."""
    named = value.split(" ") if isinstance(value, str) else value
    if not isinstance(named, list) or not all(isinstance(one, str) for one in named):
        raise TokenRefused("scope_malformed")
    prefix = issuer.scope_prefix
    ours = {one.removeprefix(prefix) for one in named if one.startswith(prefix)}
    return issuer.scopes & ours


def _text(claims: dict[str, Any], name: str, reason: str) -> str:
    value = claims.get(name)
    if not is_text(value) or not isinstance(value, str):
        raise TokenRefused(reason)
    return value
