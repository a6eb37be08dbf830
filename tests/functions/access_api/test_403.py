"""401 and 403: who may not, and what nobody may hand on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from core.access.scopes import SCOPES
from core.routes import Door
from tests.support.credentials import make_key
from tests.support.doors import as_role
from tests.support.key_desk import ONE, ROUTES, client, manager_of, proof_of
from tests.support.problems import assert_problem, nothing_written

if TYPE_CHECKING:
    from tests.support.doors import Reply
    from tests.support.key_desk import KeyDesk
    from tests.support.shop import Shop

each = pytest.mark.parametrize("name", ROUTES)


@pytest.fixture
def key_id(desk: KeyDesk) -> str:
    """Return the id of a key that is there."""
    return str(desk.make()["id"])


def refused(desk: KeyDesk, name: str, key_id: str, code: str = "forbidden", **more: Any) -> Reply:
    """Check that a call is refused as 403, or as 401 for `unauthenticated`, without a write."""
    with nothing_written(desk.shop):
        reply = desk.some(name, id=key_id, **more)
    assert_problem(reply, 401 if code == "unauthenticated" else 403, code)
    return reply


@each
def test_one_proof_of_two_is_refused(desk: KeyDesk, name: str, key_id: str) -> None:
    """Guarantee: a signature, a token or a key alone opens no route of keys."""
    if desk.door is Door.SIGNED:
        refused(desk, name, key_id, proofs=())
        return
    for proof in (client(), proof_of(desk.manager)):
        refused(desk, name, key_id, proofs=(proof,))


@each
def test_two_proofs_of_one_origin_are_refused(desk: KeyDesk, name: str, key_id: str) -> None:
    """Guarantee: a key with its rotation, or with a session that it vended, is one proof."""
    twin = make_key("main", SCOPES, SCOPES, origin=desk.manager.credential.id)
    desk.shop.put_credential(twin.credential)
    if desk.door is Door.TOKEN:
        refused(desk, name, key_id, proofs=(proof_of(desk.manager), proof_of(twin)))
        return
    issued = desk.manager.credential.created_at // 1000 + 60
    session = f"cs1.main.{twin.credential.id}.{issued:08x}"
    with_session = as_role("Vended", session=session)
    refused(desk, name, key_id, identity=with_session)


@each
def test_a_second_proof_without_the_scope_is_refused(desk: KeyDesk, name: str, key_id: str) -> None:
    """Guarantee: both proofs hold `keys:manage`, or neither does."""
    reader = manager_of(desk.shop, "main", ["stock:read"])
    refused(desk, name, key_id, manager=reader)
    if desk.door is Door.SIGNED:
        refused(desk, name, key_id, identity=as_role("Caller"))
    else:
        proofs = (client(scopes=["stock:read"]), proof_of(desk.manager))
        refused(desk, name, key_id, proofs=proofs)


@each
def test_proofs_of_two_tenants_are_refused(desk: KeyDesk, name: str, key_id: str) -> None:
    """Guarantee: a good proof of each of two tenants opens neither."""
    if desk.door is Door.SIGNED:
        refused(desk, name, key_id, manager=manager_of(desk.shop, "other"))
    else:
        refused(desk, name, key_id, headers={"Countersign-Tenant": "other"})


@each
def test_a_bad_second_proof_is_refused(shop: Shop, name: str) -> None:
    """Guarantee: at the signed door a key that is revoked, mistyped or unknown is 401."""
    from tests.support.key_desk import open_desk

    desk = open_desk(shop, Door.SIGNED)
    key_id = desk.make()["id"]
    revoked = make_key("main", SCOPES, active=False)
    shop.put_credential(revoked.credential)
    typo = desk.manager._replace(text=desk.manager.text[:-1] + "!")
    for shown in (revoked, typo, make_key("main", SCOPES)):
        refused(desk, name, key_id, "unauthenticated", manager=shown)


@pytest.mark.parametrize("field", ["scopes", "vends"])
def test_a_maker_hands_on_only_what_both_proofs_hold(desk: KeyDesk, field: str) -> None:
    """Guarantee: a scope that one of the proofs lacks is refused by name, and nothing is made."""
    narrow = manager_of(desk.shop, "main", ["keys:manage", "stock:read"])
    body = ONE | {field: ["stock:read", "orders:place"]}
    with nothing_written(desk.shop):
        reply = desk.call("create_key", body, manager=narrow)
    assert_problem(reply, 403, "scope_not_held")
    assert reply.fields == {f"{field}.1": "not_held"}
    assert desk.call("create_key", ONE, manager=narrow).status == 201


def test_a_rotation_is_a_handing_on(desk: KeyDesk) -> None:
    """Guarantee: a manager cannot have a key's secret shown by rotating what is above him."""
    narrow = manager_of(desk.shop, "main", ["keys:manage", "stock:read"])
    for more in ({"scopes": ["orders:place"]}, {"vends": ["orders:place"]}):
        above = desk.make(**more)
        body = {"overlap_seconds": 60}
        with nothing_written(desk.shop):
            reply = desk.call("rotate_key", body, id=above["id"], manager=narrow)
        assert_problem(reply, 403, "scope_not_held")
        assert desk.opens(above["key"])
