"""An issuer's published keys, and which of them may verify what (RFC 7517, RFC 7518, RFC 8037).

The library that checks signatures takes a key for what it is told, so that everything a JWK says
about itself is enforced here first.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from core.access.jose import base64url, json_object
from core.access.token import TokenRefused

if TYPE_CHECKING:
    from collections.abc import Mapping

Jwk = dict[str, Any]

MAX_KEYS = 64
MIN_RSA_BITS, MAX_RSA_BITS = 2_048, 8_192
"""RFC 7518, 3.3 and 3.5 ask for 2,048; the upper bound keeps a verification cheap."""

CURVES = {"ES256": ("P-256", 32), "ES384": ("P-384", 48), "ES512": ("P-521", 66)}
"""Algorithm → curve and bytes of a coordinate (RFC 7518, 3.4)."""

_ED25519 = ("EdDSA", "Ed25519")
_ED25519_KEY, _ED25519_SIGNATURE = 32, 64
_SECRET = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_MAX_EXPONENT_BYTES = 8
_LEAST_EXPONENT = 3


def key_set(data: bytes) -> dict[str, Jwk]:
    """Read a JWK Set by `kid`; ValueError when it is none.

    Keys that nobody can name are left out, and so are those that share a name: which of them a
    token meant would be a guess. What a key is good for is asked when it is used (RFC 7517, 5: a
    reader ignores keys that it cannot use).
    """
    keys = json_object(data).get("keys")
    if not isinstance(keys, list) or not all(isinstance(key, dict) for key in keys):
        raise ValueError("not a JWK Set")
    if len(keys) > MAX_KEYS:
        raise ValueError(f"more than {MAX_KEYS} keys")
    named = Counter(k["kid"] for k in keys if isinstance(k.get("kid"), str))
    return {k["kid"]: k for k in keys if named.get(_hashable(k.get("kid"))) == 1}


def check_key(jwk: Mapping[str, Any], algorithm: str, signature: bytes) -> None:
    """Refuse a key that may not verify a signature of this algorithm and form."""
    _check_purpose(jwk, algorithm)
    try:
        expected = _signature_bytes(jwk, algorithm)
    except (ValueError, TypeError) as error:
        raise TokenRefused("key_not_fit", str(error)) from error
    if len(signature) != expected:
        raise TokenRefused("signature_malformed")
    half = expected // 2
    if algorithm in CURVES and not (any(signature[:half]) and any(signature[half:])):
        raise TokenRefused("signature_malformed", "r or s is 0")  # FIPS 186-5, 6.4.2


def _check_purpose(jwk: Mapping[str, Any], algorithm: str) -> None:
    if jwk.get("use", "sig") != "sig":
        raise TokenRefused("key_not_fit", "use")
    if "key_ops" in jwk:
        operations = jwk["key_ops"]
        if not isinstance(operations, list) or "verify" not in operations:
            raise TokenRefused("key_not_fit", "key_ops")
        if sorted(map(str, operations)) not in (["verify"], ["sign", "verify"]):
            raise TokenRefused("key_not_fit", "key_ops")
    if jwk.get("alg", algorithm) != algorithm:
        raise TokenRefused("key_not_fit", "alg")
    if _SECRET & set(jwk):
        raise TokenRefused("key_not_fit", "a secret is published")


def _signature_bytes(jwk: Mapping[str, Any], algorithm: str) -> int:
    """Return how long the key's signatures are; ValueError when it is no key for the algorithm."""
    if algorithm in CURVES:
        curve, size = CURVES[algorithm]
        _require(jwk, kty="EC", crv=curve)
        if any(len(base64url(jwk.get(axis, ""))) != size for axis in ("x", "y")):
            raise ValueError("coordinate")
        return 2 * size
    if algorithm in _ED25519:
        _require(jwk, kty="OKP", crv="Ed25519")
        if len(base64url(jwk.get("x", ""))) != _ED25519_KEY:
            raise ValueError("coordinate")
        return _ED25519_SIGNATURE
    if algorithm[:2] not in {"RS", "PS"}:
        raise ValueError("algorithm")
    _require(jwk, kty="RSA")
    bits = _unsigned(jwk, "n").bit_length()
    if not MIN_RSA_BITS <= bits <= MAX_RSA_BITS:
        raise ValueError("modulus")
    exponent = _unsigned(jwk, "e")
    if exponent < _LEAST_EXPONENT or exponent % 2 == 0 or exponent >> (8 * _MAX_EXPONENT_BYTES):
        raise ValueError("exponent")
    return (bits + 7) // 8


def _require(jwk: Mapping[str, Any], **expected: str) -> None:
    for name, value in expected.items():
        if jwk.get(name) != value:
            raise ValueError(name)


def _unsigned(jwk: Mapping[str, Any], name: str) -> int:
    """Read a Base64urlUInt: the fewest bytes that hold the number (RFC 7518, section 2)."""
    data = base64url(jwk.get(name, ""))
    if data[0] == 0:
        raise ValueError(f"{name} has a leading zero")
    return int.from_bytes(data)


def _hashable(key_id: object) -> str:
    return key_id if isinstance(key_id, str) else ""
