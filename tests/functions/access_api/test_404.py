"""404: what is not there, and what is another tenant's, look the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.access.credential import Credential, CredentialKind
from core.ulids import Ulids
from tests.support.key_desk import BODIES, KeyDesk, manager_of
from tests.support.problems import assert_problem, nothing_written

if TYPE_CHECKING:
    from tests.support.shop import Shop

each = pytest.mark.parametrize("name", ["get_key", "rotate_key", "revoke_key"])


@each
def test_another_tenants_key_is_unknown(desk: KeyDesk, shop: Shop, name: str) -> None:
    """Guarantee: the answers for another tenant's key and for none differ in the request id only.

    And the other tenant's key is neither changed nor ended.
    """
    theirs = desk.call(
        "create_key",
        {"name": "theirs", "scopes": ["stock:read"]},
        manager=manager_of(shop, "other"),
        tenant="other",
    ).json
    with nothing_written(shop):
        one = desk.call(name, BODIES.get(name), id=theirs["id"])
        none = desk.call(name, BODIES.get(name), id=Ulids().new())
    assert_problem(one, 404, "key_not_found")
    assert one.json | {"instance": ""} == none.json | {"instance": ""}
    assert set(one.headers) == set(none.headers)


@each
@pytest.mark.parametrize("given", ["x", "0" * 25, "0" * 27, "../keys", "%00", "CSK", "ü" * 26])
def test_what_is_no_id_is_unknown(signed_desk: KeyDesk, shop: Shop, name: str, given: str) -> None:
    """Guarantee: no text in the path is an error of ours, or reaches another item."""
    with nothing_written(shop):
        reply = signed_desk.call(name, BODIES.get(name), id=given)
    assert reply.status == 404


@each
def test_a_token_client_is_no_key(desk: KeyDesk, shop: Shop, name: str) -> None:
    """Guarantee: credentials of another kind cannot be shown, rotated or revoked here."""
    client_id = Ulids().new()
    shop.put_credential(Credential("main", client_id, CredentialKind.JWT_CLIENT))
    with nothing_written(shop):
        assert_problem(desk.call(name, BODIES.get(name), id=client_id), 404, "key_not_found")


def test_the_hubspot_door_has_no_keys(desk: KeyDesk, shop: Shop) -> None:
    """Guarantee: an event of another stage finds nothing, whatever it holds."""
    from tests.support.doors import event

    for stage in ("hubspot", "other"):
        made = event("GET", "/v1/keys", "/v1/keys", None, {}, stage=stage)
        assert shop.door.call(made).status in {403, 404}
    assert desk.call("list_keys").status == 200
