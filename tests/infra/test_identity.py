"""The user pool for machines: made on demand, closed to people, and declared as an issuer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from core.access.issuer import Issuer, parse_issuer
from core.access.scopes import SCOPES
from registry.declaration import declaration

if TYPE_CHECKING:
    from tests.infra.templates import Templates

STACK = "CountersignIdentity"


def _registered(templates: Templates) -> dict[str, Any]:
    """Return what the registry is given, with ids as CloudFormation would put them in."""
    (found,) = templates.every("Custom::CountersignRegistry")
    written = templates.written(found.stack, found.properties)

    def filled(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: filled(v) for k, v in value.items()}
        if isinstance(value, list):
            return [filled(v) for v in value]
        return re.sub(r"<[^>]*>", lambda m: _as_deployed(m[0]), str(value))

    properties: dict[str, Any] = filled(written)
    return properties


def _as_deployed(reference: str) -> str:
    known = {"<AWS::Region>": "eu-west-1", "<AWS::URLSuffix>": "amazonaws.com"}
    name = re.sub(r"[^a-z]", "", reference.lower())
    return known.get(reference, name[-20:].rjust(26, "0"))


def _cognito(templates: Templates) -> Issuer:
    (found,) = (i for i in _registered(templates)["Issuers"] if "cognito-idp" in i["id"])
    return parse_issuer(found)


def test_no_pool_unless_asked_for(production: Templates) -> None:
    """Without the setting there is no stack, no pool and no issuer."""
    assert STACK not in production.by_stack
    assert _registered(production)["Issuers"] == []


def test_nobody_can_sign_up(every_option: Templates) -> None:
    """The pool outlives its stack and has no way in for people."""
    (pool,) = every_option.every("AWS::Cognito::UserPool")
    assert pool.properties["AdminCreateUserConfig"] == {"AllowAdminCreateUserOnly": True}
    assert pool.properties["DeletionProtection"] == "ACTIVE"
    assert pool.body["DeletionPolicy"] == "Retain"


def test_each_client_has_one_flow_and_its_scopes(every_option: Templates) -> None:
    """A client gets tokens by its secret alone, for exactly the scopes of its entry."""
    found = {
        c.properties["ClientName"]: c.properties
        for c in every_option.every("AWS::Cognito::UserPoolClient")
    }
    assert set(found) == {"Countersign-partner", "Countersign-back-office"}
    for properties in found.values():
        assert properties["AllowedOAuthFlows"] == ["client_credentials"]
        assert properties["ExplicitAuthFlows"] == ["ALLOW_REFRESH_TOKEN_AUTH"]
        assert properties["GenerateSecret"] is True
        assert "CallbackURLs" not in properties
        assert properties["AccessTokenValidity"] == 15
        assert properties["TokenValidityUnits"]["AccessToken"] == "minutes"
    granted = every_option.written(STACK, found["Countersign-partner"]["AllowedOAuthScopes"])
    assert {s.rsplit("/", 1)[1] for s in granted} == {"stock:read", "credentials:vend"}


def test_the_pool_knows_every_scope(every_option: Templates) -> None:
    """What can be granted at the doors can be granted to a client."""
    (server,) = every_option.every("AWS::Cognito::UserPoolResourceServer")
    assert {s["ScopeName"] for s in server.properties["Scopes"]} == SCOPES


def test_the_pool_is_declared_as_an_issuer(every_option: Templates) -> None:
    """What the registry gets is an issuer with bounds: its clients, each with its own tenant."""
    issuer = _cognito(every_option)
    assert issuer.id.startswith("https://cognito-idp.eu-west-1.amazonaws.com/")
    assert issuer.jwks_url == f"{issuer.id}/.well-known/jwks.json"
    assert issuer.algorithms == {"RS256"}
    assert issuer.required == {"token_use": "access"}
    assert issuer.audiences == set(issuer.clients)
    assert issuer.scope_prefix == "countersign/"
    assert issuer.scopes == {"stock:read", "credentials:vend", "orders:read"}
    assert sorted(issuer.client_tenants.values()) == ["main", "second"]
    assert sorted(map(sorted, issuer.clients.values())) == [[], ["stock:read"]]
    assert issuer.max_lifetime_seconds == 900


def test_the_registry_accepts_all_issuers(every_option: Templates) -> None:
    """The declaration as CloudFormation hands it over passes the registry's own checks."""
    declared = declaration(_registered(every_option))
    assert len(declared.issuers) == 2
    assert len(declared.clients) == 3
