"""What a good token is, and what it comes to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from core.access.token import Unverified, Verified
from core.tokens.signature import check_signature
from tests.support.issuer import b64
from tests.tokens.conftest import AUDIENCE, KINDS, NOW, Desk

if TYPE_CHECKING:
    from tests.support.issuer import SigningKey


ACCESS, IDENTITY = {"token_use": "access"}, {"token_use": "id"}


def test_a_good_token_says_who_and_what(desk: Desk) -> None:
    """Guarantee: a verified token yields exactly what its claims say, inside the bounds."""
    assert desk.verify(desk.token()) == Verified(
        issuer=desk.issuer.id,
        tenant="main",
        client="partner1",
        subject="partner-1",
        scopes=frozenset({"stock:read", "orders:read"}),
        vends=frozenset({"stock:read"}),
        issued_at=(NOW - 10) * 1000,
        expires_at=(NOW + 600) * 1000,
        leeway=30_000,
    )


@pytest.mark.parametrize("algorithm", [*KINDS, "EdDSA", "Ed25519"])
def test_every_algorithm(desk: Desk, keys: dict[str, SigningKey], algorithm: str) -> None:
    """Guarantee: a token of each algorithm that can be allowed is accepted when it is allowed."""
    desk.key = keys[algorithm]
    assert desk.verify(desk.token()).subject == "partner-1"
    others = desk.issuer.algorithms - {algorithm}
    assert desk.trusting(algorithms=others).refusal(desk.token()) == "alg_not_allowed"


@pytest.mark.parametrize("kind", ["at+jwt", "AT+JWT", "application/at+jwt", "JWT", "jwt"])
def test_type_in_any_case(desk: Desk, kind: str) -> None:
    """Guarantee: typ is compared as a media type (RFC 8725, 3.11; RFC 9068, 4)."""
    assert desk.verify(desk.token(desk.header(typ=kind)))


@pytest.mark.parametrize("audience", [AUDIENCE, [AUDIENCE], ["https://other", AUDIENCE]])
def test_audience_as_string_or_array(desk: Desk, audience: Any) -> None:
    """Guarantee: one audience among several is enough (RFC 7519, 4.1.3)."""
    assert desk.verify(desk.token(aud=audience))


@pytest.mark.parametrize(
    "scope",
    ["stock:read orders:place", ["stock:read", "orders:place"], "openid stock:read  *"],
)
def test_scopes_are_cut_to_the_bounds(desk: Desk, scope: Any) -> None:
    """Guarantee: no scope that the issuer may not grant, whatever the token says."""
    assert desk.verify(desk.token(scope=scope)).scopes == {"stock:read"}


@pytest.mark.parametrize("scope", [None, "", [], "stock:reads", "Stock:read", "xstock:read"])
def test_no_scope_no_right(desk: Desk, scope: Any) -> None:
    """Guarantee: a token without a scope of ours may do nothing."""
    assert desk.verify(desk.token(scope=scope)).scopes == frozenset()


def test_a_prefix_is_asked_for(desk: Desk) -> None:
    """Guarantee: with a prefix (Cognito's resource server) only prefixed scopes count."""
    cognito = desk.trusting(scope_prefix="countersign/")
    token = desk.token(scope="countersign/stock:read orders:read other/stock:write")
    assert cognito.verify(token).scopes == {"stock:read"}


def test_tokens_as_cognito_makes_them(desk: Desk) -> None:
    """Guarantee: a Cognito access token passes, and an ID token for the same client does not."""
    cognito = desk.trusting(
        audience_claim="client_id",
        audiences=frozenset({"partner1"}),
        required=ACCESS,
        token_types=frozenset({""}),
    )
    plain = desk.header(typ=None)
    assert cognito.verify(desk.token(plain, aud=None, **ACCESS))
    identity = desk.token(plain, **IDENTITY)
    assert cognito.refusal(identity) == "claim_required"
    assert cognito.refusal(desk.token(plain)) == "claim_required"


def test_the_tenant_may_come_from_a_claim(desk: Desk) -> None:
    """Guarantee: the claim chooses among the issuer's tenants."""
    several = desk.trusting(tenant=None, tenant_claim="shop", tenants=frozenset({"main", "second"}))
    assert several.verify(desk.token(shop="second")).tenant == "second"


def test_the_tenant_may_be_the_clients(desk: Desk) -> None:
    """Guarantee: with a tenant for each client, its tokens speak for that one only."""
    by_client = desk.trusting(
        tenant=None,
        tenants=frozenset({"main", "second"}),
        clients={"partner2": frozenset()},
        client_tenants={"partner2": "second"},
    )
    assert by_client.verify(desk.token(client_id="partner2", shop="main")).tenant == "second"
    assert by_client.refusal(desk.token(client_id="partner1")) == "tenant_not_allowed"
    assert by_client.refusal(desk.token(client_id=None)) == "tenant_not_allowed"


def test_a_client_elsewhere_only_if_configured(desk: Desk) -> None:
    """Guarantee: `azp` names the client only where the configuration says so."""
    token = desk.token(client_id=None, azp="partner1")
    assert desk.verify(token).client == ""
    assert desk.verify(token).vends == frozenset()
    assert desk.trusting(client_fallback="azp").verify(token).client == "partner1"


def test_clocks_may_differ_by_the_leeway(desk: Desk) -> None:
    """Guarantee: the configured seconds, to the second, on both ends."""
    assert desk.issuer.leeway_seconds == 30
    assert desk.verify(desk.token(iat=NOW - 60, exp=NOW - 29))
    assert desk.verify(desk.token(iat=NOW + 30, nbf=NOW + 30))
    assert desk.verify(desk.token(exp=NOW + 600.5, iat=NOW - 0.5)).issued_at == NOW * 1000 - 500


RFC_KEY = {
    "kty": "EC",
    "crv": "P-256",
    "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
}
RFC_SIGNED = (
    "eyJhbGciOiJFUzI1NiJ9."
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
    ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
)
RFC_ED_KEY = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
RFC_ED_SIGNED = (
    "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc."
    "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
)


@pytest.mark.parametrize(
    ("token", "key", "algorithm"),
    [(RFC_SIGNED, RFC_KEY, "ES256"), (RFC_ED_SIGNED, RFC_ED_KEY, "EdDSA")],
)
def test_the_examples_of_the_rfcs(token: str, key: dict[str, str], algorithm: str) -> None:
    """Guarantee: RFC 7515 A.3 and RFC 8037 A.4 verify: signatures that we did not make."""
    check_signature(Unverified(token, {}, {}, b"", algorithm, "", ""), key)


def test_the_helper_writes_as_the_rfc_does() -> None:
    """Guarantee: what these tests sign is spelt as RFC 7515 appendix A spells it."""
    assert b64('{"alg":"ES256"}') == RFC_SIGNED.split(".", 1)[0]
