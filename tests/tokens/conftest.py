"""One issuer over HTTPS for these tests, its keys, and a verifier with a clock that tests move."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest

from core.access.issuer import Issuer
from core.access.token import TokenRefused, Verified
from core.tokens.download import download
from core.tokens.verifier import TokenVerifier
from tests.fakes.clock import START, FakeClock
from tests.support.issuer import LocalIssuer, SigningKey, compact, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = START // 1000
AUDIENCE = "https://api.example.com"


@dataclass
class Desk:
    """A verifier, the issuer that it trusts, and tokens as that issuer makes them."""

    local: LocalIssuer
    issuer: Issuer
    key: SigningKey
    clock: FakeClock = field(default_factory=FakeClock)

    def __post_init__(self) -> None:
        """Trust this issuer alone."""
        self.verifier = TokenVerifier(self.known, download, self.clock)

    def known(self, iss: str) -> Issuer | None:
        """Look an issuer up, as a table would."""
        return self.issuer if iss == self.issuer.id else None

    def header(self, **changed: Any) -> dict[str, Any]:
        """Return the header of a good token; None takes a member out."""
        made = {"alg": self.key.algorithm, "kid": self.key.kid, "typ": "at+jwt"} | changed
        return {name: value for name, value in made.items() if value is not None}

    def claims(self, **changed: Any) -> dict[str, Any]:
        """Return the claims of a good token; None takes one out."""
        made = {
            "iss": self.issuer.id,
            "sub": "partner-1",
            "aud": AUDIENCE,
            "iat": NOW - 10,
            "exp": NOW + 600,
            "client_id": "partner1",
            "scope": "stock:read orders:read",
            "jti": "t-1",
        } | changed
        return {name: value for name, value in made.items() if value is not None}

    def token(self, header: dict[str, Any] | None = None, **claims: Any) -> str:
        """Sign a token of the good one's claims, changed, with the published key."""
        made = self.header() if header is None else header
        return compact(made, self.claims(**claims), self.key.sign)

    def verify(self, token: str) -> Verified:
        """Verify a token now."""
        return self.verifier.verify(token)

    def refusal(self, token: str) -> str:
        """Return the reason why a token is refused; it must be."""
        with pytest.raises(TokenRefused) as refused:
            self.verifier.verify(token)
        assert refused.value.public == "The credentials are not valid."
        return refused.value.reason

    def trusting(self, **changed: Any) -> Desk:
        """Return the desk with other settings of the issuer."""
        return Desk(self.local, replace(self.issuer, **changed), self.key, self.clock)


KINDS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")


@pytest.fixture(scope="session")
def keys() -> dict[str, SigningKey]:
    """Return a key for each algorithm, by its name, and another ES256 one: `stranger`."""
    made = {alg: SigningKey.make(f"key-{alg}", alg) for alg in (*KINDS, "EdDSA", "Ed25519")}
    return made | {"stranger": SigningKey.make("key-ES256", "ES256")}


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LocalIssuer, Path]]:
    """Return the issuer's server and the file of the authority that it shows."""
    with serving(tmp_path_factory.mktemp("issuer")) as running:
        yield running


@pytest.fixture
def desk(
    served: tuple[LocalIssuer, Path], keys: dict[str, SigningKey], monkeypatch: pytest.MonkeyPatch
) -> Desk:
    """Return a verifier that trusts the local issuer, whose keys are published."""
    local, authority = served
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    local.publish(*(k for name, k in keys.items() if name != "stranger"))
    local.paths.clear()
    issuer = Issuer(
        id=local.id,
        jwks_url=local.jwks_url,
        algorithms=frozenset({*KINDS, "EdDSA", "Ed25519"}),
        audiences=frozenset({AUDIENCE}),
        tenant="main",
        tenants=frozenset({"main"}),
        scopes=frozenset({"stock:read", "orders:read"}),
        clients={"partner1": frozenset({"stock:read"})},
    )
    return Desk(local, issuer, keys["ES256"])
