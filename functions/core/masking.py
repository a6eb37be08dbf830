"""What is personal or secret, by field name and by pattern, and how it is hidden.

The only place that decides it. Every log line goes through `mask` (see `core.log`).
"""

from __future__ import annotations

import re
from typing import Any

MASK = "•••"

PERSONAL_FIELDS = frozenset(
    {
        "email",
        "phone",
        "first_name",
        "last_name",
        "firstname",
        "lastname",
        "address",
        "billing_address",
        "shipping_address",
        "recipient",
        "line1",
        "line2",
        "street",
        "city",
    }
    | {"postal_code", "date_of_birth", "hs_shipping_address_name", "hs_billing_address_name"}
)
"""Names of fields that hold a person's data, here and at HubSpot."""

SECRET_FIELDS = frozenset(
    {"authorization", "token", "secret", "client_secret", "password", "api_key", "x-api-key"}
    | {"x-amz-security-token", "x-hubspot-signature-v3", "cookie", "set-cookie", "audit_key"}
    | {"access_token", "refresh_token", "secret_access_key", "session_token"}
)
"""Names of fields that let somebody in."""

_HIDDEN = PERSONAL_FIELDS | SECRET_FIELDS

_PATTERNS = (
    re.compile(r"[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9.-]{1,255}\.[A-Za-z]{2,24}"),
    re.compile(r"pat-[a-z]{2,3}\d-[0-9a-f-]{36}"),
    re.compile(r"csk_[a-z][a-z0-9-]{0,15}_[0-9a-z]{26}_[0-9A-Za-z]+"),
    re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*"),
    re.compile(r"(?<![\w.-])\+\d{1,3}[ -]?(?:\d[ -]?){6,13}\d\b"),
)
_CARD = re.compile(r"(?<![\w.-])(?:\d[ -]?){13,18}\d(?![\w.-])")  # 13 digits are a time in ms
_MAX_DEPTH = 12


def mask(value: Any) -> Any:
    """Return a copy of a value, made for JSON, with personal data and secrets as `MASK`.

    A field is hidden whole by its name (case does not matter); any other text, keys included, loses
    the parts that look like an e-mail address, a phone number with country code, a payment card, a
    key of ours, of HubSpot or of AWS, or a JWT. What is not JSON (an exception, a path) becomes its
    text first, bytes are hidden. Deeper than 12 levels everything is hidden.
    """
    return _mask(value, 0)


def _mask(value: Any, depth: int) -> Any:
    if depth > _MAX_DEPTH:
        return MASK
    if isinstance(value, dict):
        return {
            _key(k): MASK if _named(k) and v is not None else _mask(v, depth + 1)
            for k, v in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [_mask(v, depth + 1) for v in value]
    if isinstance(value, bytes | bytearray | memoryview):
        return MASK
    return value if value is None or isinstance(value, int | float) else _mask_text(str(value))


def _key(key: object) -> object:
    return _mask_text(key) if isinstance(key, str) else key


def _named(key: object) -> bool:
    return isinstance(key, str) and key.lower() in _HIDDEN


def _mask_text(text: str) -> str:
    """Hide until nothing is left to hide: what goes may bare something beside it."""
    hidden = _CARD.sub(lambda found: MASK if _luhn(found.group()) else found.group(), text)
    for pattern in _PATTERNS:
        hidden = pattern.sub(MASK, hidden)
    return hidden if hidden == text else _mask_text(hidden)


def _luhn(text: str) -> bool:
    digits = [int(c) for c in text if c.isdigit()]
    doubled = [d * 2 - 9 if d > 4 else d * 2 for d in digits[-2::-2]]  # noqa: PLR2004 - Luhn's rule
    return (sum(digits[::-2]) + sum(doubled)) % 10 == 0
