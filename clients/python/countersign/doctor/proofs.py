"""Diagnoses of keys and tokens: what their text alone says."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from countersign import apikey
from countersign.doctor.finding import Finding
from countersign.flavours.clock import read_date
from countersign.flavours.key import KEY_HEADER

if TYPE_CHECKING:
    from countersign.doctor.exchange import Exchange

_JWT_PARTS = 3


def nothing(exchange: Exchange) -> Finding | None:
    """Find that neither key nor token came to the token door."""
    if exchange.door != "token" or _key(exchange) or exchange.sent.headers.get("authorization"):
        return None
    return Finding(
        "no_proof",
        "The call reached the token door with neither X-API-Key nor Authorization: Bearer.",
        "Send one of them, or both on a layered route.",
    )


def mistyped_key(exchange: Exchange) -> Finding | None:
    """Find that the key's checksum or form is wrong, which is known without asking anybody."""
    text = _key(exchange)
    wrong = apikey.fault(text) if text else None
    if wrong is None:
        return None
    return Finding(
        "key_mistyped",
        f"The API key {apikey.shown(text)} is no key of Countersign: {wrong}.",
        "Copy it again, whole. It was shown once; if it is lost, rotate it.",
    )


def unusable_key(exchange: Exchange) -> Finding | None:
    """Find a well-formed key alone, and a 401: the door tells nobody which reason it is."""
    text = _key(exchange)
    if (
        exchange.status != HTTPStatus.UNAUTHORIZED
        or not text
        or apikey.fault(text)
        or _bearer(exchange)
    ):
        return None
    return Finding(
        "key_unusable",
        f"The API key {apikey.shown(text)} is well-formed and not accepted: unknown to this "
        "deployment, revoked, expired, ended by an incident, or used from outside its networks.",
        "An operator sees which: run this with --operator, or look at `countersign keys list`.",
        certain=False,
    )


def unreadable_token(exchange: Exchange) -> Finding | None:
    """Find that what was sent as a token is no signed JWT."""
    text = _bearer(exchange)
    if not text or not exchange.refused or claims(text) is not None:
        return None
    return Finding(
        "token_unreadable",
        "The bearer token is no JWT of three parts (RFC 7519); opaque tokens are not taken.",
        "Send the issuer's JWT access token, without quotes or line breaks.",
    )


def token_time(exchange: Exchange) -> Finding | None:
    """Find that the token has ended, or does not count yet."""
    found = claims(_bearer(exchange) or "")
    if found is None:
        return None
    now = read_date(exchange.headers.get("date")) or exchange.at
    ends, begins = _moment(found.get("exp")), _moment(found.get("nbf"))
    if ends is not None and ends <= now:
        return Finding(
            "token_expired",
            f"The token ended at {ends:%Y-%m-%d %H:%M:%S} UTC; the service's time is "
            f"{now:%H:%M:%S}.",
            "Fetch a new one; `ClientCredentials` does so before the old one ends.",
        )
    if begins is not None and begins > now:
        return Finding(
            "token_not_yet",
            f"The token counts from {begins:%Y-%m-%d %H:%M:%S} UTC on; the service's time is "
            f"{now:%H:%M:%S}.",
            "Wait, or set the issuer's clock.",
        )
    return None


def unaccepted_token(exchange: Exchange) -> Finding | None:
    """Find a token that looks well and is not taken: it does not fit the deployment's settings."""
    found = claims(_bearer(exchange) or "")
    if exchange.status != HTTPStatus.UNAUTHORIZED or found is None or token_time(exchange):
        return None
    return Finding(
        "token_unaccepted",
        f"The token (issuer {found.get('iss')!r}, audience {found.get('aud')!r}) is not accepted.",
        "Compare issuer, audience, algorithm and tenant claim with the deployment's settings; an "
        "operator finds the reason in the authorizer's log: run this with --operator.",
        certain=False,
    )


def claims(token: str) -> dict[str, Any] | None:
    """Return a JWT's claims, unverified, None when it is none. For words only, never to decide."""
    parts = token.split(".")
    if len(parts) != _JWT_PARTS or not all(parts):
        return None
    try:
        found = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _key(exchange: Exchange) -> str:
    return exchange.sent.headers.get(KEY_HEADER.lower(), "")


def _bearer(exchange: Exchange) -> str:
    scheme, _, text = exchange.sent.headers.get("authorization", "").partition(" ")
    return text if scheme.lower() == "bearer" else ""


def _moment(seconds: object) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, int | float) else None
