"""Attacks by the header of a token, each by its name (RFC 8725, section 2)."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives import serialization

from tests.support.issuer import SigningKey, b64, compact

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.tokens.conftest import Desk


@pytest.mark.parametrize("name", ["none", "None", "NONE", "nOnE", "", "none ", "\x00none"])
@pytest.mark.parametrize("kept", [True, False])
def test_none(desk: Desk, name: str, *, kept: bool) -> None:
    """Guarantee: no spelling of `none` passes, with a signature or without one."""
    good = desk.token()
    signature = good.rsplit(".", 1)[1] if kept else ""
    forged = f"{b64(desk.header(alg=name))}.{b64(desk.claims())}.{signature}"
    assert desk.refusal(forged) in {"alg_not_allowed", "signature_malformed"}


def _secrets(key: SigningKey) -> dict[str, bytes]:
    public = key.private.public_key()
    pem, der = serialization.Encoding.PEM, serialization.Encoding.DER
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    return {
        "pem": public.public_bytes(pem, spki),
        "pem, stripped": public.public_bytes(pem, spki).strip(),
        "der": public.public_bytes(der, spki),
        "jwk": json.dumps(key.jwk()).encode(),
        "modulus": key.jwk()["n"].encode(),
    }


@pytest.mark.parametrize("form", ["pem", "pem, stripped", "der", "jwk", "modulus"])
@pytest.mark.parametrize("name", ["HS256", "HS384", "HS512", "hs256"])
def test_public_key_as_hmac_secret(
    desk: Desk, keys: dict[str, SigningKey], form: str, name: str
) -> None:
    """Guarantee: HS/RS confusion: what anyone can read is no secret (GHSA-xgmm-8j9v-c9wx)."""
    secret, digest = _secrets(keys["RS256"])[form], f"sha{name[2:]}"
    desk.key = keys["RS256"]
    header = desk.header(alg=name)
    forged = compact(
        header,
        desk.claims(),
        lambda data: hmac.new(secret, data, getattr(hashlib, digest)).digest(),
    )
    assert desk.refusal(forged) == "alg_not_allowed"


@pytest.mark.parametrize(
    ("signed", "claimed"),
    [("RS256", "PS256"), ("PS256", "RS256"), ("RS512", "RS256"), ("ES256", "ES384")],
)
def test_another_algorithm_of_the_family(
    desk: Desk, keys: dict[str, SigningKey], signed: str, claimed: str
) -> None:
    """Guarantee: a key is good for the one algorithm that its JWK names (GHSA-jq35-7prp-9v3f)."""
    desk.key = keys[signed]
    forged = compact(
        desk.header(alg=claimed),
        desk.claims(),
        lambda data: desk.key.sign(data, claimed if signed[0] != "E" else signed),
    )
    assert desk.refusal(forged) == "key_not_fit"


@pytest.mark.parametrize("alg", [None, 1, ["ES256"], {"alg": "ES256"}, True, "es256", "ES256 "])
def test_alg_that_is_no_name(desk: Desk, alg: Any) -> None:
    """Guarantee: a missing algorithm, one of another type, or in another case is none."""
    assert desk.refusal(desk.token(desk.header(alg=alg))) == "alg_not_allowed"


@pytest.mark.parametrize("name", ["jwk", "jku", "x5u", "x5c"])
def test_a_key_brought_along(desk: Desk, keys: dict[str, SigningKey], name: str) -> None:
    """Guarantee: a token cannot bring, or point to, the key that vouches for it.

    Not even the published one: nothing is fetched from where a token points.
    """
    stranger = keys["stranger"]
    url = f"{desk.local.id}/evil.json"
    values: dict[str, list[Any]] = {"jwk": [stranger.jwk(), desk.key.jwk()], "x5c": [["MII"]]}
    for value in values.get(name, [url]):
        for signer in (stranger, desk.key):
            forged = compact(desk.header(**{name: value}), desk.claims(), signer.sign)
            assert desk.refusal(forged) == "key_in_token"
    assert desk.local.paths == []


@pytest.mark.parametrize(
    "kid",
    [
        "../../../../dev/null",
        "/proc/sys/kernel/randomize_va_space",
        "key-ES256' OR '1'='1",
        "x' UNION SELECT 'secret'--",
        "| sleep 9",
        "https://127.0.0.1/evil.json",
        "KEY-ES256",
        "key-ES256 ",
        "__proto__",
    ],
)
def test_kid_injection(desk: Desk, keys: dict[str, SigningKey], kid: str) -> None:
    """Guarantee: a kid is only looked up among the issuer's keys, whatever it looks like."""
    forged = compact(desk.header(kid=kid), desk.claims(), keys["stranger"].sign)
    assert desk.refusal(forged) == "kid_unknown"
    assert set(desk.local.paths) == {"/jwks.json"}


@pytest.mark.parametrize(
    "kid", [None, "", 1, 1.5, True, ["key-ES256"], {"kid": "key-ES256"}, "k" * 129, "a\x00b", "é"]
)
def test_kid_that_is_no_name(desk: Desk, kid: Any) -> None:
    """Guarantee: a kid is a short printable string, and it has to be there."""
    assert desk.refusal(desk.token(desk.header(kid=kid))) == "kid_malformed"
    assert desk.local.paths == []


def test_a_stranger_with_a_known_kid(desk: Desk, keys: dict[str, SigningKey]) -> None:
    """Guarantee: naming a published key does not help who does not hold it."""
    forged = compact(desk.header(), desk.claims(), keys["stranger"].sign)
    assert desk.refusal(forged) == "signature_wrong"


@pytest.mark.parametrize(
    "crit", [["b64"], ["exp"], ["http://example.com/x"], [], "b64", None, [None], ["alg"]]
)
def test_crit(desk: Desk, crit: Any) -> None:
    """Guarantee: any crit refuses, known or not, well formed or not (GHSA-752w-5fwx-jx9f)."""
    header = desk.header() | {"crit": crit, "b64": True}
    assert desk.refusal(desk.token(header)) == "crit"


@pytest.mark.parametrize("value", [False, True, 0, "false"])
def test_unencoded_payload(desk: Desk, value: Any) -> None:
    """Guarantee: b64 (RFC 7797) refuses, named critical or not, payload detached or not."""
    header = desk.header(b64=value)
    assert desk.refusal(desk.token(header)) == "b64"
    clear = f"{b64(header)}.{json.dumps(desk.claims())}"
    for signed in (clear, f"{b64(header)}."):
        forged = f"{signed}.{b64(desk.key.sign(signed.encode()))}"
        assert desk.refusal(forged) in {"b64", "malformed"}


@pytest.mark.parametrize(
    "kind",
    [
        "id_token+jwt",
        "logout+jwt",
        "secevent+jwt",
        "JOSE",
        "dpop+jwt",
        "",
        1,
        ["JWT"],
        "\uff2a\uff37\uff34",
    ],
)
def test_typ_confusion(desk: Desk, kind: Any) -> None:
    """Guarantee: a token made for something else is not an access token (RFC 8725, 3.11)."""
    assert desk.refusal(desk.token(desk.header(typ=kind))) == "typ_not_allowed"


def test_no_typ(desk: Desk) -> None:
    """Guarantee: without typ only where the configuration lets it."""
    assert desk.refusal(desk.token(desk.header(typ=None))) == "typ_not_allowed"
    lax = desk.trusting(token_types=frozenset({"", "at+jwt"}))
    assert lax.verify(desk.token(desk.header(typ=None)))


@pytest.mark.parametrize("value", ["JWT", "jwt", "application/jwt", "json", 1])
def test_nested_by_cty(desk: Desk, value: Any) -> None:
    """Guarantee: a token in a token is never opened."""
    inner = desk.token()
    assert desk.refusal(compact(desk.header(cty=value), inner, desk.key.sign)) == "nested"
    assert desk.refusal(desk.token(desk.header(cty=value))) == "nested"


def test_nested_without_saying_so(desk: Desk) -> None:
    """Guarantee: a payload that is itself a token is no set of claims."""
    assert desk.refusal(compact(desk.header(), desk.token(), desk.key.sign)) == "claims_malformed"


def test_jwe(desk: Desk) -> None:
    """Guarantee: nothing encrypted is read: five parts, or an encryption header in three."""
    header = {"alg": "RSA-OAEP-256", "enc": "A256GCM", "cty": "JWT", "kid": desk.key.kid}
    assert desk.refusal(".".join([b64(header), "a2V5", "aXY", "dGV4dA", "dGFn"])) == "encrypted"
    for name in ("enc", "zip", "epk"):
        assert desk.refusal(desk.token(desk.header(**{name: "DEF"}))) == "encrypted"


@pytest.mark.parametrize("name", ["iss", "sub", "aud"])
def test_a_claim_repeated_in_the_header(desk: Desk, name: str) -> None:
    """Guarantee: a header that says another iss, sub or aud refuses (RFC 7519, 5.3)."""
    told = desk.header(**{name: "other"})
    assert desk.refusal(desk.token(told)) == "header_contradicts_claims"
    assert desk.verify(desk.token(desk.header(**{name: desk.claims()[name]})))


def test_longer_than_eight_kilobytes(desk: Desk) -> None:
    """Guarantee: a token beyond the limit is refused unread, however good it is."""
    assert len(long := desk.token(filling="x" * 6_000)) > 8_192
    assert desk.refusal(long) == "too_long"
    assert desk.verify(desk.token(filling="x" * 5_000))


@pytest.mark.parametrize(
    "shape",
    [
        lambda _: "",
        lambda _: ".",
        lambda _: "..",
        lambda t: t.replace(".", "", 1),
        lambda t: t + ".",
        lambda t: "." + t,
        lambda t: t + ".AAAA",
        lambda t: json.dumps({"payload": t.split(".")[1], "signatures": []}),
        lambda t: t.rsplit(".", 1)[0] + ".",
        lambda t: t.rsplit(".", 1)[0],
        lambda _: "A" * 8_193,
        lambda t: t.replace(".", "\uff0e"),
    ],
)
def test_what_is_no_compact_jws(desk: Desk, shape: Callable[[str], str]) -> None:
    """Guarantee: two parts, four, empty ones, JSON serialization, or 8 KB: refused unread."""
    reasons = {"malformed", "too_long", "header_malformed", "signature_malformed"}
    assert desk.refusal(shape(desk.token())) in reasons
    assert desk.local.paths == []
