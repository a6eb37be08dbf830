"""What is personal or secret, by field name and by pattern, and how it is hidden.

The only place that decides it. Every log line goes through `mask` (see `core.log`).
"""

from __future__ import annotations

import re
from typing import Any

MASK = "•••"

PERSONAL_FIELDS = frozenset(
    {
        *("email", "phone", "mobile_phone", "first_name", "last_name", "full_name", "salutation"),
        *("billing_address", "shipping_address", "recipient", "line1", "line2"),
        *("address", "address1", "address2", "address_line1", "address_line2", "street", "city"),
        *("postal_code", "postcode", "zip", "date_of_birth", "external_customer_id"),
    }
)
"""Names of fields that hold a person's data, here and at HubSpot."""

PERSONAL_PREFIXES = ("hs_shipping_address_", "hs_billing_address_")
"""What the names of HubSpot's order properties about a person begin with."""

SECRET_FIELDS = frozenset(
    {
        *("authorization", "cookie", "set-cookie", "x-api-key", "x-amz-security-token"),
        *("x-hubspot-signature-v3", "token", "access_token", "refresh_token", "id_token"),
        *("session_token", "secret", "client_secret", "secret_access_key", "private_key"),
        *("password", "api_key", "audit_key", "code_verifier", "authorization_code"),
    }
)
"""Names of fields that let somebody in."""


def _plain(name: str) -> str:
    """Return a name without what its spellings differ in: `firstName`, `first_name`, `FIRST-NAME`.

    So a field is hidden however its sender writes it.
    """
    return re.sub(r"[^a-z0-9]", "", name.lower())


_HIDDEN = frozenset(map(_plain, PERSONAL_FIELDS | SECRET_FIELDS))
_HIDDEN_PREFIXES = tuple(map(_plain, PERSONAL_PREFIXES))

_FIELD_IN_TEXT = re.compile(
    r"""(?ix) (?<![a-z0-9_-]) (?P<name>[a-z][a-z0-9_-]*) ["']? \s* [:=] \s*
    (?: "(?:[^"\\]|\\.)+" | '(?:[^'\\]|\\.)+' )"""
)
"""A field with its quoted value, as JSON, Python and `repr` write it inside a sentence."""

_PATTERNS = (
    re.compile(r"[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9.-]{1,255}\.[A-Za-z]{2,24}"),
    re.compile(r"pat-[a-z]{2,3}\d-[0-9a-f-]{36}"),
    re.compile(r"csk_[a-z][a-z0-9-]{0,15}_[0-9a-z]{26}_[0-9A-Za-z]+"),
    re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    re.compile(r"\b(?:IQoJb3JpZ2lu|FwoGZXIvYXdz|AQoDYXdz)[A-Za-z0-9+/=%]{32,}"),
    re.compile(
        r"(?<![\w+/-])(?=[A-Za-z0-9+/]*[A-Z])(?=[A-Za-z0-9+/]*[a-z])(?=[A-Za-z0-9+/]*\d)"
        r"[A-Za-z0-9+/]{40}(?![\w+/=-])"  # an AWS secret key; a SHA-1 has no capitals
    ),
    re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*"),
    re.compile(r"\b(?:Bearer|Basic) [A-Za-z0-9._~+/=-]{8,}"),
    re.compile(r"(?i)\b(?:set-)?cookie: [^\r\n•]+"),
    re.compile(
        r"(?i)(?<![a-z0-9])(?:access_token|refresh_token|client_secret|api_key|hapikey|password"
        r"|x-amz-security-token|x-amz-signature|signature)=[^&\s\"'•]+"
    ),
    re.compile(r"(?<=[?&])code=[^&\s\"'•]+"),
    re.compile(r"(?<![\w.-])\+\d{1,3}[ -]?(?:\(\d{1,5}\)[ -]?)?(?:\d[ -]?){6,13}\d\b"),
)
_CARD = re.compile(r"(?<![\w.-])(?:\d[ -]?){13,18}\d(?![\w.-])")  # 13 digits are a time in ms
_MAX_DEPTH = 12


def mask(value: Any) -> Any:
    """Return a copy of a value, made for JSON, with personal data and secrets as `MASK`.

    A field is hidden whole by its name, however it is spelled. Any other text, keys included, loses
    the parts that look like an e-mail address, a phone number with country code, a payment card, a
    key of ours, of HubSpot or of AWS, a JWT, a cookie or a credential in a header or an address,
    and the quoted value of a field that would be hidden. What is not JSON (an exception, a path)
    becomes its text first, bytes are hidden. Deeper than 12 levels everything is hidden.
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
    return isinstance(key, str) and hidden(key)


def hidden(name: str) -> bool:
    """Return whether a field of this name is personal or secret, however it is spelled."""
    plain = _plain(name)
    return plain in _HIDDEN or plain.startswith(_HIDDEN_PREFIXES)


def _mask_text(text: str) -> str:
    """Hide until nothing is left to hide: what goes may bare something beside it."""
    masked = _CARD.sub(lambda found: MASK if _luhn(found.group()) else found.group(), text)
    masked = _FIELD_IN_TEXT.sub(_without_value, masked)
    for pattern in _PATTERNS:
        masked = pattern.sub(MASK, masked)
    return masked if masked == text else _mask_text(masked)


def _without_value(found: re.Match[str]) -> str:
    return f"{found['name']}={MASK}" if hidden(found["name"]) else found.group()


def _luhn(text: str) -> bool:
    digits = [int(c) for c in text if c.isdigit()]
    doubled = [d * 2 - 9 if d > 4 else d * 2 for d in digits[-2::-2]]  # noqa: PLR2004 - Luhn's rule
    return (sum(digits[::-2]) + sum(doubled)) % 10 == 0
