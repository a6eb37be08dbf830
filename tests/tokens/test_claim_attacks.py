"""Attacks by the claims of a token that its issuer did sign, or would have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from core.access.issuer import Issuer
from core.access.token import TokenRefused
from core.tokens.download import download
from core.tokens.verifier import TokenVerifier
from tests.support.issuer import SigningKey, compact
from tests.tokens.conftest import AUDIENCE, NOW

if TYPE_CHECKING:
    from tests.tokens.conftest import Desk

WRONG_DATES = [
    None,
    True,
    False,
    str(NOW + 600),
    "",
    [NOW + 600],
    {"$date": NOW},
    -1,
    -0.1,
    10**12,
    10**30,
    1e300,
    253_402_300_800,
]


@pytest.mark.parametrize("value", WRONG_DATES, ids=str)
@pytest.mark.parametrize("name", ["exp", "iat", "nbf"])
def test_dates_of_wrong_types(desk: Desk, name: str, value: Any) -> None:
    """Guarantee: exp and iat are there, and a date is a number of a year that will come."""
    claims = desk.claims() | {name: value}
    token = compact(desk.header(), claims, desk.key.sign)
    assert desk.refusal(token) == f"{name}_malformed"


@pytest.mark.parametrize("name", ["exp", "iat", "nbf"])
@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1e999", "0x7fffffff"])
def test_dates_that_are_no_number(desk: Desk, name: str, value: str) -> None:
    """Guarantee: NaN compares false with everything; it never gets that far."""
    claims = f'{{"iss": "{desk.issuer.id}", "{name}": {value}}}'
    assert desk.refusal(compact(desk.header(), claims, desk.key.sign)) == "claims_malformed"


@pytest.mark.parametrize("name", ["exp", "iat"])
def test_dates_that_are_missing(desk: Desk, name: str) -> None:
    """Guarantee: a token without an end, or without a beginning, is refused."""
    assert desk.refusal(desk.token(**{name: None})) == f"{name}_malformed"


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"iat": NOW - 900, "exp": NOW - 30}, "expired"),
        ({"iat": NOW - 900, "exp": 0}, "expired"),
        ({"nbf": NOW + 31}, "not_yet_valid"),
        ({"iat": NOW + 31}, "issued_in_the_future"),
        ({"iat": NOW, "exp": NOW + 3_601}, "lifetime"),
        ({"iat": 0, "exp": NOW + 600}, "lifetime"),
        ({"iat": NOW + 5, "exp": NOW + 5}, "lifetime"),
        ({"iat": NOW + 9, "exp": NOW + 5}, "lifetime"),
    ],
)
def test_out_of_its_time(desk: Desk, claims: dict[str, Any], reason: str) -> None:
    """Guarantee: before nbf, after exp, from the future, or good for longer than allowed: no."""
    assert desk.refusal(desk.token(**claims)) == reason


def test_a_token_ends(desk: Desk) -> None:
    """Guarantee: the same token that is good now is refused when its time is over."""
    token = desk.token()
    assert desk.verify(token)
    desk.clock.advance(630_000)
    assert desk.refusal(token) == "expired"


@pytest.mark.parametrize(
    "audience",
    [None, "", [], 1, True, {}, [AUDIENCE, 1], [[AUDIENCE]], {"aud": AUDIENCE}, [None], [""]],
    ids=str,
)
def test_audience_of_wrong_types(desk: Desk, audience: Any) -> None:
    """Guarantee: an audience is a string or an array of strings, and it is there."""
    assert desk.refusal(desk.token(aud=audience)) == "audience_malformed"


@pytest.mark.parametrize(
    "audience",
    [
        "https://other",
        ["https://other", "*"],
        AUDIENCE + "/",
        AUDIENCE[:-1],
        AUDIENCE.upper(),
        f"{AUDIENCE} x",
        f"x {AUDIENCE}",
        "https://\u0430pi.example.com",
    ],
)
def test_another_audience(desk: Desk, audience: Any) -> None:
    """Guarantee: no prefix, no case, no look-alike letter: the audience itself or nothing."""
    assert desk.refusal(desk.token(aud=audience)) == "audience_not_allowed"


def test_issuer_tricks(desk: Desk) -> None:
    """Guarantee: an issuer is its whole name: no part of it (GHSA-75c5-xw7c-p5pm)."""
    own = desk.issuer.id
    tricks = [
        own[:-1],
        own + "/",
        own.upper(),
        f"{own}.evil.com",
        f"{own}@evil.com",
        own + "\u200b",
    ]
    for iss in [*tricks, f" {own}", [own], {"iss": own}, 1, True, "", None]:
        assert desk.refusal(desk.token(iss=iss)) in {"issuer_unknown", "issuer_malformed"}
    assert desk.local.paths == []


def test_a_look_up_that_forgives(desk: Desk) -> None:
    """Guarantee: should the look-up ever answer for a name like it, the name is compared again."""
    lax = TokenVerifier(lambda _: desk.issuer, download, desk.clock)
    with pytest.raises(TokenRefused, match="issuer_unknown"):
        lax.verify(desk.token(iss=desk.issuer.id + "/"))


def test_another_issuers_key(desk: Desk) -> None:
    """Guarantee: an issuer vouches for its own tokens only, by key and by kid."""
    other = Issuer(
        id="https://other.example",
        jwks_url=f"{desk.local.id}/other.json",
        algorithms=desk.issuer.algorithms,
        audiences=desk.issuer.audiences,
        tenant="second",
        tenants=frozenset({"second"}),
        scopes=desk.issuer.scopes,
    )
    theirs = SigningKey.make("their-key", "ES256")

    def fetch(url: str) -> bytes:
        desk.local.publish(theirs if url == other.jwks_url else desk.key)
        return download(url)

    known = {i.id: i for i in (desk.issuer, other)}
    verifier = TokenVerifier(known.get, fetch, desk.clock)
    assert verifier.verify(desk.token()).tenant == "main"
    assert (
        verifier.verify(
            compact(desk.header(kid="their-key"), desk.claims(iss=other.id), theirs.sign)
        ).tenant
        == "second"
    )
    forged = [
        compact(desk.header(kid="their-key"), desk.claims(), theirs.sign),
        compact(desk.header(), desk.claims(iss=other.id), desk.key.sign),
        compact(desk.header(), desk.claims(), theirs.sign),
    ]
    for token, reason in zip(
        forged, ["kid_unknown", "kid_unknown", "signature_wrong"], strict=True
    ):
        with pytest.raises(TokenRefused, match=reason):
            verifier.verify(token)


@pytest.mark.parametrize(
    "tenant", [None, "", "third", "MAIN", "main ", "main\x00", ["main"], {"id": "main"}, 1, "*"]
)
def test_a_tenant_out_of_bounds(desk: Desk, tenant: Any) -> None:
    """Guarantee: an issuer speaks for its tenants only, each by its exact id."""
    several = desk.trusting(tenant=None, tenant_claim="shop", tenants=frozenset({"main", "second"}))
    assert several.refusal(desk.token(shop=tenant)) == "tenant_not_allowed"


@pytest.mark.parametrize("scope", [1, True, {"stock:read": True}, [1], [["stock:read"]], [None]])
def test_scope_of_wrong_types(desk: Desk, scope: Any) -> None:
    """Guarantee: scopes are one string or an array of strings."""
    assert desk.refusal(desk.token(scope=scope)) == "scope_malformed"


@pytest.mark.parametrize("separator", ["\t", "\n", ",", "\u00a0", "\u2028", "\x00", "+"])
def test_scope_separators(desk: Desk, separator: str) -> None:
    """Guarantee: scopes part at a space (RFC 6749, 3.3) and at nothing that looks like one."""
    token = desk.token(scope=f"stock:read{separator}orders:read")
    assert desk.verify(token).scopes == frozenset()


@pytest.mark.parametrize(
    "value", ["", 1, True, ["partner1"], {"a": 1}, "a\x00b", "a\u202eb", "a\nb", "x" * 513]
)
@pytest.mark.parametrize("name", ["sub", "client_id", "jti"])
def test_names_of_wrong_types(desk: Desk, name: str, value: Any) -> None:
    """Guarantee: what goes into logs and audit is short, printable text."""
    reasons = {"sub": "subject", "client_id": "client", "jti": "jti"}
    assert desk.refusal(desk.token(**{name: value})) == f"{reasons[name]}_malformed"


def test_nobody(desk: Desk) -> None:
    """Guarantee: a token that names no subject is refused."""
    assert desk.refusal(desk.token(sub=None)) == "subject_malformed"


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"at_hash": "x"}, "id_token"),
        ({"c_hash": "x"}, "id_token"),
        ({"nonce": "n"}, "id_token"),
        ({"events": {"http://schemas.openid.net/event/backchannel-logout": {}}}, "event_token"),
        ({"cnf": {"jkt": "x"}}, "bound_token"),
    ],
)
def test_tokens_for_other_uses(desk: Desk, claims: dict[str, Any], reason: str) -> None:
    """Guarantee: ID, event and key-bound tokens are no bearer's access tokens."""
    assert desk.refusal(desk.token(**claims)) == reason


def test_no_vends_for_strangers(desk: Desk) -> None:
    """Guarantee: sessions are vended for configured clients only."""
    assert desk.verify(desk.token(client_id="partner2")).vends == frozenset()
    assert desk.verify(desk.token(client_id="Partner1")).vends == frozenset()
