"""Tokens that another program issues: Cognito's, as the emulator makes them, for our settings."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

import boto3
import pytest

from core.access.issuer import Issuer, parse_issuer
from core.access.token import TokenRefused
from core.clock import SystemClock
from core.tokens.verifier import TokenVerifier
from infra.identity import RESOURCE_SERVER, TOKEN_MINUTES, issuer_of

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

    from tests.support.emulator_dynamodb import Emulated

SCOPES = ("credentials:vend", "stock:read", "stock:write")


class Pool:
    """A user pool with one client, made as the stack makes it."""

    def __init__(self, url: str) -> None:
        """Make it."""
        self._url = url
        self._open = build_opener(ProxyHandler({})).open
        cognito: CognitoIdentityProviderClient = boto3.client("cognito-idp", endpoint_url=url)
        self.id = cognito.create_user_pool(PoolName="machines")["UserPool"]["Id"]
        cognito.create_resource_server(
            UserPoolId=self.id,
            Identifier=RESOURCE_SERVER,
            Name=RESOURCE_SERVER,
            Scopes=[{"ScopeName": s, "ScopeDescription": s} for s in SCOPES],
        )
        made = cognito.create_user_pool_client(
            UserPoolId=self.id,
            ClientName="partner",
            GenerateSecret=True,
            AllowedOAuthFlowsUserPoolClient=True,
            AllowedOAuthFlows=["client_credentials"],
            AllowedOAuthScopes=[f"{RESOURCE_SERVER}/{s}" for s in SCOPES],
            AccessTokenValidity=TOKEN_MINUTES,
            TokenValidityUnits={"AccessToken": "minutes"},
        )["UserPoolClient"]
        self.client, self._secret = made["ClientId"], made["ClientSecret"]

    def token(self) -> str:
        """Get a token by the client's credentials."""
        basic = b64encode(f"{self.client}:{self._secret}".encode()).decode()
        headers = {
            "Authorization": f"Basic {basic}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        body = urlencode({"grant_type": "client_credentials"}).encode()
        request = Request(f"{self._url}/oauth2/token", body, headers)  # noqa: S310 - the emulator
        with self._open(request, timeout=10) as response:
            return str(json.loads(response.read())["access_token"])

    def keys(self, _: str) -> bytes:
        """Fetch the pool's JWK Set, which the emulator serves without TLS."""
        with self._open(f"{self._url}/{self.id}/.well-known/jwks.json", timeout=10) as response:
            found: bytes = response.read()
            return found

    def issuer(self, **changed: Any) -> Issuer:
        """Return the pool as the stack declares it.

        Its client vends nothing: the emulator gives ids with capitals, which Cognito does not.
        """
        declared = issuer_of(
            f"https://cognito-idp.eu-west-1.amazonaws.com/{self.id}",
            scopes=["credentials:vend", "stock:read"],
            clients=[{"id": self.client, "tenant": "main", "vends": []}],
        )
        return parse_issuer(declared | changed)

    def verifier(self, **changed: Any) -> TokenVerifier:
        """Return a verifier that trusts the pool."""
        issuer = self.issuer(**changed)
        return TokenVerifier({issuer.id: issuer}.get, self.keys, SystemClock())


@pytest.fixture(scope="module")
def pool(emulated: Emulated) -> Pool:
    """Return a pool of the emulator's."""
    return Pool(emulated.url)


def test_a_machine_of_the_pool_is_known(pool: Pool) -> None:
    """Guarantee: a token of the pool says what its client's entry says, within the bounds."""
    found = pool.verifier().verify(pool.token())
    assert (found.tenant, found.client, found.subject) == ("main", pool.client, pool.client)
    assert found.scopes == {"credentials:vend", "stock:read"}
    assert found.expires_at - found.issued_at == TOKEN_MINUTES * 60_000


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"algorithms": ["ES256"]}, "alg_not_allowed"),
        ({"audiences": ["another"]}, "audience_not_allowed"),
        ({"required": {"token_use": "id"}}, "claim_required"),
        ({"token_types": ["at+jwt"]}, "typ_not_allowed"),
        ({"max_lifetime_seconds": 60}, "lifetime"),
    ],
)
def test_the_bounds_bind_its_tokens(pool: Pool, changed: dict[str, Any], reason: str) -> None:
    """Guarantee: each bound of the declaration, made narrower, refuses the pool's own tokens."""
    with pytest.raises(TokenRefused, match=reason):
        pool.verifier(**changed).verify(pool.token())


def test_a_pool_does_not_vouch_for_another(pool: Pool, emulated: Emulated) -> None:
    """Guarantee: another pool's token is refused, by name and with the name forged alike."""
    other = Pool(emulated.url)
    with pytest.raises(TokenRefused, match="issuer_unknown"):
        pool.verifier().verify(other.token())
    lying = other.issuer()
    theirs = TokenVerifier({lying.id: lying}.get, pool.keys, SystemClock())
    with pytest.raises(TokenRefused, match=r"kid_unknown|signature_wrong"):
        theirs.verify(other.token())
