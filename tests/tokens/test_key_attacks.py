"""Keys that a JWK Set offers and that must not verify: what a JWK says of itself is enforced."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from core.access.jose import base64url
from core.access.jwk import CURVES, check_key
from core.access.token import KeysUnavailable, TokenRefused
from tests.support.issuer import SigningKey, b64, compact, number

if TYPE_CHECKING:
    from tests.tokens.conftest import Desk

ORDERS = {
    "ES256": 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
}
"""Of the base point, from SEC 2."""


@pytest.mark.parametrize(
    "changed",
    [
        {"use": "enc"},
        {"use": "SIG"},
        {"use": 1},
        {"use": ["sig"]},
        {"key_ops": ["encrypt"]},
        {"key_ops": ["sign"]},
        {"key_ops": []},
        {"key_ops": "verify"},
        {"key_ops": ["verify", "encrypt"]},
        {"key_ops": ["verify", "verify"]},
        {"key_ops": ["verify", "deriveKey"]},
        {"alg": "ES384"},
        {"alg": "ECDH-ES"},
        {"alg": "es256"},
        {"alg": 1},
        {"kty": "RSA"},
        {"kty": "oct"},
        {"kty": "ec"},
        {"kty": None},
        {"crv": "P-384"},
        {"crv": "secp256k1"},
        {"crv": None},
        {"x": None},
        {"y": None},
        {"x": ""},
        {"x": 1},
        {"d": "AAAA"},
        {"k": "AAAA"},
    ],
    ids=str,
)
def test_a_key_that_does_not_fit(desk: Desk, changed: dict[str, Any]) -> None:
    """Guarantee: use, key_ops, alg, kty and crv of a JWK all bind (RFC 7517, 4; RFC 7518, 6)."""
    desk.local.publish(desk.key.jwk(**changed))
    assert desk.refusal(desk.token()) == "key_not_fit"


@pytest.mark.parametrize(
    "changed",
    [
        {"use": None},
        {"alg": None},
        {"use": None, "key_ops": ["verify"]},
        {"key_ops": ["sign", "verify"]},
        {"x5c": ["MII"], "x5u": "https://127.0.0.1:1/x", "x5t": "x"},
        {"unknown": {"member": 1}},
    ],
    ids=str,
)
def test_a_key_that_fits(desk: Desk, changed: dict[str, Any]) -> None:
    """Guarantee: members that may be missing may, and those that we do not know change nothing."""
    desk.local.publish(desk.key.jwk(**changed))
    assert desk.verify(desk.token())


@pytest.mark.parametrize("axis", ["x", "y"])
def test_coordinates(desk: Desk, axis: str) -> None:
    """Guarantee: a coordinate is whole, spelt as it must be, and the point is on the curve."""
    good = str(desk.key.jwk()[axis])
    raw = bytes.fromhex("00") + base64url(good)
    off = bytes([raw[-1] ^ 1])
    for wrong in (good + "=", b64(raw), b64(raw[2:]), b64(raw[1:-1] + off), b64(b"\xff" * 32)):
        desk = desk.trusting()
        desk.local.publish(desk.key.jwk(**{axis: wrong}))
        assert desk.refusal(desk.token()) == "key_not_fit"


@pytest.mark.parametrize("bits", [1024, 1536, 2040])
def test_short_rsa(desk: Desk, bits: int) -> None:
    """Guarantee: an RSA key under 2,048 bits verifies nothing (RFC 7518, 3.3); PyJWT would warn."""
    short = SigningKey.make("short", "RS256", bits=bits)
    desk.local.publish(short)
    desk.key = short
    assert desk.refusal(desk.token()) == "key_not_fit"
    with pytest.raises(TokenRefused, match="modulus"):  # by us, before PyJWT sees it
        check_key(short.jwk(), "RS256", bytes(bits // 8))


@pytest.mark.parametrize(
    "changed",
    [
        {"e": number(1)},
        {"e": number(2)},
        {"e": number(65536)},
        {"e": number(2**64 + 1)},
        {"e": "AAEAAQ"},
        {"e": "AQAB="},
        {"e": None},
        {"n": None},
        {"n": b64(b"\x00" + b"\xff" * 256)},
        {"n": b64(b"\xff" * 1_025)},
    ],
    ids=lambda changed: str(changed)[:20],
)
def test_odd_rsa(desk: Desk, keys: dict[str, SigningKey], changed: dict[str, Any]) -> None:
    """Guarantee: an exponent or modulus that is none, or is spelt otherwise, verifies nothing."""
    desk.key = keys["RS256"]
    desk.local.publish(desk.key.jwk(**changed))
    assert desk.refusal(desk.token()) == "key_not_fit"


@pytest.mark.parametrize("algorithm", ["ES256", "ES384", "ES512"])
@pytest.mark.parametrize("signer", ["ES256", "ES384", "ES512"])
def test_curve_mismatch(
    desk: Desk, keys: dict[str, SigningKey], algorithm: str, signer: str
) -> None:
    """Guarantee: each ECDSA algorithm has its one curve, whatever the JWK leaves unsaid."""
    desk.key = keys[signer]
    desk.local.publish(desk.key.jwk(alg=None))
    token = desk.token(desk.header(alg=algorithm))
    if algorithm == signer:
        assert desk.verify(token)
    else:
        assert desk.refusal(token) == "key_not_fit"


def test_symmetric_keys(desk: Desk) -> None:
    """Guarantee: a secret in a JWK Set verifies nothing, under any algorithm."""
    for algorithm in ("ES256", "RS256", "EdDSA"):
        secret = {"kid": desk.key.kid, "kty": "oct", "k": b64(b"s" * 64), "alg": algorithm}
        fresh = desk.trusting()
        fresh.local.publish(secret)
        assert fresh.refusal(desk.token(desk.header(alg=algorithm))) == "key_not_fit"


@pytest.mark.parametrize("algorithm", ["ES256", "ES384", "ES512"])
def test_signatures_of_zero(desk: Desk, keys: dict[str, SigningKey], algorithm: str) -> None:
    """Guarantee: r = 0 or s = 0 proves nothing (CVE-2022-21449), nor does a length of its own."""
    desk.key = keys[algorithm]
    size = CURVES[algorithm][1]
    zero, one = bytes(size), (1).to_bytes(size)
    for signature in (zero + zero, zero + one, one + zero, b"", b"\x00", zero, zero * 3, zero[1:]):
        token = compact(desk.header(), desk.claims(), lambda _, s=signature: s)  # type: ignore[misc]
        assert desk.refusal(token) == "signature_malformed"
    ones = compact(desk.header(), desk.claims(), lambda _: one + one)
    assert desk.refusal(ones) == "signature_wrong"


def test_signatures_beyond_the_order(desk: Desk) -> None:
    """Guarantee: r and s are less than the order: adding it makes no second signature."""
    order = ORDERS["ES256"]

    def shifted(data: bytes, *, half: int) -> bytes:
        raw = desk.key.sign(data)
        parts = [int.from_bytes(raw[:32]), int.from_bytes(raw[32:])]
        parts[half] = order if parts[half] + order >= 2**256 else parts[half] + order
        return parts[0].to_bytes(32) + parts[1].to_bytes(32)

    for half in (0, 1):
        token = compact(desk.header(), desk.claims(), lambda d, h=half: shifted(d, half=h))  # type: ignore[misc]
        assert desk.refusal(token) == "signature_wrong"


def test_der_signatures(desk: Desk) -> None:
    """Guarantee: ECDSA signatures are r and s side by side (RFC 7518, 3.4), never DER."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

    private = desk.key.private
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    token = compact(
        desk.header(), desk.claims(), lambda data: private.sign(data, ec.ECDSA(hashes.SHA256()))
    )
    assert desk.refusal(token) == "signature_malformed"


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "EdDSA"])
def test_lengths_of_signatures(desk: Desk, keys: dict[str, SigningKey], algorithm: str) -> None:
    """Guarantee: a signature has its key's length: nothing in front, nothing after."""
    desk.key = keys[algorithm]
    for change in (lambda s: s + b"\x00", lambda s: b"\x00" + s, lambda s: s[:-1], lambda _: b"x"):
        token = compact(desk.header(), desk.claims(), lambda d, c=change: c(desk.key.sign(d)))  # type: ignore[misc]
        assert desk.refusal(token) == "signature_malformed"


def test_two_keys_of_one_name(desk: Desk, keys: dict[str, SigningKey]) -> None:
    """Guarantee: keys that share a kid verify nothing; the others in the set still do."""
    desk.local.publish(desk.key, keys["stranger"], keys["ES384"])
    assert desk.key.kid == keys["stranger"].kid
    for signer in (desk.key, keys["stranger"]):
        token = compact(desk.header(), desk.claims(), signer.sign)
        assert desk.refusal(token) == "kid_unknown"
    desk.key = keys["ES384"]
    assert desk.verify(desk.token())


def test_keys_nobody_can_name(desk: Desk) -> None:
    """Guarantee: keys without a kid, or with one that is no string, are never tried."""
    desk.local.publish(desk.key.jwk(kid=None), desk.key.jwk(kid=1), desk.key.jwk(kid=["x"]))
    assert desk.refusal(desk.token()) == "kid_unknown"


def _twice(member: str) -> bytes:
    key = json.dumps(SigningKey.make("key-ES256", "ES256").jwk())
    return f'{{"keys": [{key[:-1]}, {member}}}]}}'.encode()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b"null",
        b'{"keys": {}}',
        b'{"keys": [1]}',
        b'{"keys": [], "keys": []}',
        _twice('"kid": "x"'),
        _twice('"use": "sig"'),
        json.dumps({"keys": [{"kid": str(n)} for n in range(65)]}).encode(),
        b'{"keys": [' + b"[" * 5_000,
        b"<html>",
        b'\xef\xbb\xbf{"keys": []}',
    ],
    ids=range(13),
)
def test_what_is_no_key_set(desk: Desk, body: bytes) -> None:
    """Guarantee: an answer that two readers could take differently gives no keys: a 500, no 401."""
    desk.local.behaviour.body = body
    with pytest.raises(KeysUnavailable):
        desk.verify(desk.token())
