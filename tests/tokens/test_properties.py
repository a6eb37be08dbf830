"""Over many tokens: only what a listed key signed gets in, and nothing crashes the verifier."""

from __future__ import annotations

import json
import string
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.access.issuer import Issuer
from core.access.token import TokenRefused
from core.tokens.verifier import TokenVerifier
from tests.fakes.clock import START, FakeClock
from tests.support.issuer import SigningKey, b64, compact

NOW = START // 1000
LISTED = [SigningKey.make("a", "ES256"), SigningKey.make("b", "EdDSA")]
STRANGERS = [SigningKey.make("a", "ES256"), SigningKey.make("b", "EdDSA")]
ISSUER = Issuer(
    id="https://issuer.example",
    jwks_url="https://issuer.example/jwks.json",
    algorithms=frozenset({"ES256", "EdDSA"}),
    audiences=frozenset({"us"}),
    tenant="main",
    tenants=frozenset({"main"}),
    scopes=frozenset({"stock:read"}),
)
KEY_SET = json.dumps({"keys": [key.jwk() for key in LISTED]}).encode()
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def _verifier() -> TokenVerifier:
    return TokenVerifier({ISSUER.id: ISSUER}.get, lambda _: KEY_SET, FakeClock())


def _accepted(token: str) -> bool:
    try:
        return bool(_verifier().verify(token))
    except TokenRefused:
        return False


GOOD: dict[str, Any] = {
    "iss": ISSUER.id,
    "aud": "us",
    "sub": "someone",
    "iat": NOW,
    "exp": NOW + 60,
}


@QUICK
@given(
    signer=st.sampled_from([*LISTED, *STRANGERS]),
    named=st.sampled_from(LISTED),
    algorithm=st.sampled_from(["ES256", "EdDSA", "none", "HS256", "ES384"]),
    subject=st.text(string.ascii_letters, min_size=1),
)
def test_only_listed_keys(
    signer: SigningKey, named: SigningKey, algorithm: str, subject: str
) -> None:
    """Guarantee: accepted if and only if the named, listed key signed, by its own algorithm."""
    header = {"alg": algorithm, "kid": named.kid, "typ": "JWT"}
    token = compact(header, GOOD | {"sub": subject}, lambda data: signer.sign(data, "ES256"))
    assert _accepted(token) == (signer is named and algorithm == named.algorithm)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@QUICK
@given(name=st.sampled_from([*GOOD, "nbf", "scope", "client_id", "jti", "cnf"]), value=JSON)
def test_any_claim_may_be_anything(name: str, value: Any) -> None:
    """Guarantee: a signed token with any value in any claim is accepted or refused, no crash."""
    header = {"alg": "ES256", "kid": "a", "typ": "JWT"}
    _accepted(compact(header, GOOD | {name: value}, LISTED[0].sign))


@QUICK
@given(name=st.sampled_from(["alg", "kid", "typ", "cty", "crit", "x"]) | st.text(), value=JSON)
def test_any_header_may_be_anything(name: str, value: Any) -> None:
    """Guarantee: a signed token with any value in any header member never crashes."""
    header = {"alg": "ES256", "kid": "a", "typ": "JWT"} | {name: value}
    _accepted(compact(header, GOOD, LISTED[0].sign))


@QUICK
@given(st.text() | st.binary().map(lambda b: ".".join([b64(b or b"x")] * 3)))
def test_any_text_is_refused(text: str) -> None:
    """Guarantee: text that nobody signed is refused with a reason, whatever it is."""
    assert not _accepted(text)
