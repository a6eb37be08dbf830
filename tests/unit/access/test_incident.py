"""Whom a cut concerns."""

from __future__ import annotations

import pytest

from core.access.incident import Place, covering, is_principal


def test_a_cut_concerns_deployment_tenant_and_principal() -> None:
    """Guarantee: each principal is ended by three cuts, and a user's token by its client's too."""
    assert covering("main", "key/01") == (Place(), Place("main"), Place("main", "key/01"))
    assert covering("main", "client/portal/abcdef01") == (
        Place(),
        Place("main"),
        Place("main", "client/portal/abcdef01"),
        Place("main", "client/portal"),
    )
    assert covering("main", "role/1/client")[2:] == (Place("main", "role/1/client"),)


@pytest.mark.parametrize(
    "name",
    [
        "key/01m806gq69ytrbhb27yd9exy9b",
        "client/portal",
        "client/https%3A%2F%2Fpartner.example%2FApp_1",
        "client/portal/0123456789abcdef",
        "role/123456789012/Caller",
        "hubspot-user/4711",
    ],
)
def test_principals_are_known_by_their_form(name: str) -> None:
    """Guarantee: each kind of principal can be named."""
    assert is_principal(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "all",
        "key/",
        "key/A",
        "key/a/b#c",
        "user/ana",
        "client/a b",
        "role/1/R",
        "hubspot-user/ada@example.com",
        "role/123456789012/a/b",
    ],
)
def test_anything_else_is_no_principal(name: str) -> None:
    """Guarantee: a misspelt principal is refused and not cut in vain."""
    assert not is_principal(name)
