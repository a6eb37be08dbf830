"""Issuers as configuration: bounded in every respect, and every mistake told at once."""

from __future__ import annotations

import json
from typing import Any

import pytest

from core.access.issuer import Issuer, parse_issuer, plain

GOOD: dict[str, Any] = {
    "id": "https://issuer.example/realm",
    "jwks_url": "https://issuer.example/realm/jwks.json",
    "algorithms": ["RS256"],
    "audiences": ["https://api.example.com"],
    "tenant": "main",
    "scopes": ["stock:read", "credentials:vend"],
    "clients": [{"id": "partner1", "vends": ["stock:read"]}],
}


def test_a_good_issuer() -> None:
    """Guarantee: what is left out has the safe default."""
    issuer = parse_issuer(GOOD)
    assert issuer.tenants == {"main"}
    assert issuer.token_types == {"jwt", "at+jwt"}
    assert (issuer.max_lifetime_seconds, issuer.leeway_seconds) == (3600, 30)
    assert issuer.clients == {"partner1": {"stock:read"}}


SEVERAL = {"tenant": None, "tenants": ["main", "second"]}
BY_CLIENT = {
    **SEVERAL,
    "clients": [{"id": "a", "vends": [], "tenant": "main"}, {"id": "b", "tenant": "second"}],
}


@pytest.mark.parametrize("changed", [{}, SEVERAL | {"tenant_claim": "shop"}, BY_CLIENT])
def test_it_is_the_same_after_it_was_written(changed: dict[str, Any]) -> None:
    """Guarantee: what is stored is what was declared, through JSON and scalars made strings."""
    values = {n: v for n, v in (GOOD | changed).items() if v is not None}
    issuer = parse_issuer(values)
    written = json.loads(json.dumps(plain(issuer)))
    assert parse_issuer(written) == issuer
    assert parse_issuer(written | {"max_lifetime_seconds": "3600"}) == issuer


def test_a_tenant_for_each_client() -> None:
    """Guarantee: a client speaks for its own tenant, and one without a tenant for none."""
    issuer = parse_issuer({n: v for n, v in (GOOD | BY_CLIENT).items() if v is not None})
    assert issuer.tenants_of("a") == {"main"}
    assert issuer.tenants_of("b") == {"second"}
    assert issuer.tenants_of("c") == frozenset()
    assert parse_issuer(GOOD).tenants_of("anyone") == {"main"}


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"algorithms": ["none"]}, "algorithms"),
    ({"algorithms": ["RS256", "HS256"]}, "algorithms"),
    ({"algorithms": ["rs256"]}, "algorithms"),
    ({"algorithms": []}, "algorithms"),
    ({"algorithms": "RS256"}, "list of strings"),
    ({"jwks_url": "http://issuer.example/jwks.json"}, "jwks_url"),
    ({"jwks_url": "https:///jwks.json"}, "jwks_url"),
    ({"jwks_url": "https://user:pass@issuer.example/"}, "jwks_url"),
    ({"jwks_url": "https://issuer.example/#x"}, "jwks_url"),
    ({"jwks_url": "https://issuer.example:0/"}, "jwks_url"),
    ({"jwks_url": "https://issuer.example:x/"}, "jwks_url"),
    ({"jwks_url": "file:///etc/passwd"}, "jwks_url"),
    ({"jwks_url": None}, "jwks_url"),
    ({"id": ""}, "the exact iss"),
    ({"id": "two words"}, "the exact iss"),
    ({"audiences": []}, "audiences"),
    ({"audiences": [1]}, "audiences"),
    ({"max_lifetime_seconds": 0}, "max_lifetime_seconds"),
    ({"max_lifetime_seconds": 86_401}, "max_lifetime_seconds"),
    ({"max_lifetime_seconds": True}, "whole number"),
    ({"leeway_seconds": 61}, "leeway_seconds"),
    ({"leeway_seconds": -1}, "leeway_seconds"),
    ({"leeway_seconds": "1e3"}, "whole number"),
    ({"token_types": []}, "token_types"),
    ({"token_types": ["JWT"]}, "token_types"),
    ({"token_types": ["application/jwt"]}, "token_types"),
    ({"tenant": "Main"}, "tenants"),
    ({"tenants": ["main", "second"]}, "with a fixed tenant"),
    ({"tenant_claim": "shop"}, "either tenant"),
    ({"tenant": None, "tenants": ["main"]}, "either tenant"),
    ({"tenant": None, "tenant_claim": "shop"}, "tenants"),
    ({"tenant": None, "tenant_claim": "shop", "tenants": []}, "tenants"),
    ({"scopes": ["stock:steal"]}, "no scope stock:steal"),
    ({"scopes": ["*"]}, "no scope"),
    ({"clients": [{"id": "Partner-1", "vends": ["stock:read"]}]}, "cannot vend"),
    ({"clients": [{"id": "p" * 27, "vends": ["stock:read"]}]}, "cannot vend"),
    ({"clients": [{"id": "p", "vends": ["credentials:vend"]}]}, "in sessions"),
    ({"clients": [{"id": "p", "tenant": "main"}]}, "either tenant"),
    ({"clients": [{"id": "p"}, {"id": "p"}]}, "twice"),
    ({"clients": [{"vends": []}]}, "malformed"),
    ({"clients": ["p"]}, "malformed"),
    ({"required": {"token_use": 1}}, "required"),
    ({"scope_claim": ""}, "scope_claim"),
    ({"algorithm": "RS256"}, "unknown settings: algorithm"),
]


@pytest.mark.parametrize(("changed", "said"), WRONG, ids=[str(c)[:40] for c, _ in WRONG])
def test_a_mistake_is_told(changed: dict[str, Any], said: str) -> None:
    """Guarantee: no issuer without bounds comes to be, and the message says what is missing."""
    with pytest.raises(ValueError, match=said):
        parse_issuer(GOOD | changed)


def test_all_mistakes_at_once() -> None:
    """Guarantee: a deployer mends everything in one go."""
    with pytest.raises(ValueError, match="jwks_url") as failed:
        parse_issuer(GOOD | {"jwks_url": "x", "algorithms": [], "leeway_seconds": 99})
    assert len(str(failed.value).split("; ")) == 3


def test_it_cannot_be_built_around_the_parser() -> None:
    """Guarantee: the checks are the class's own."""
    with pytest.raises(ValueError, match="algorithms"):
        Issuer(
            id="x",
            jwks_url="https://x/",
            algorithms=frozenset({"HS256"}),
            audiences=frozenset({"us"}),
            tenant="main",
            tenants=frozenset({"main"}),
            scopes=frozenset(),
        )
