"""Two doors and two proofs, as the handler answers them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from core.clock import SystemClock
from core.store import keys
from core.store.limits import StoredShare
from core.store.used import HOUR_MS
from tests.faults.injector import Fault, injected_into_moto
from tests.support import tables
from tests.support.credentials import make_key
from tests.support.doors import as_role, event, token_event
from tests.support.problems import assert_problem, nothing_written
from tests.support.shop import ALL, order

if TYPE_CHECKING:
    from tests.support.doors import Reply
    from tests.support.shop import Shop


def _place_by_token(shop: Shop, **authorizer: str) -> Reply:
    made = token_event("POST", "/v1/orders", "/v1/orders", order(), {"Idempotency-Key": "k"})
    made["requestContext"]["authorizer"] |= authorizer
    return shop.door.call(made)


def test_a_bad_key_beside_a_good_signature_is_401(shop: Shop) -> None:
    """Guarantee: whatever is presented must hold, also on a route that asks for one proof."""
    shop.stock("A", 1)
    for text in ("nonsense", make_key().text):
        with nothing_written(shop):
            reply = shop.door.place(order(), headers={"X-API-Key": text})
        assert_problem(reply, 401, "unauthenticated")


def test_a_second_proof_only_narrows(shop: Shop) -> None:
    """Guarantee: a good key beside a signature leaves what both hold, no more."""
    shop.stock("A", 1)
    reader, buyer = make_key("main", ["stock:read"]), make_key("main", ALL)
    shop.put_credential(reader.credential)
    shop.put_credential(buyer.credential)
    reply = shop.door.place(order(), headers={"X-API-Key": reader.text})
    assert_problem(reply, 403, "forbidden")
    assert shop.door.place(order(), headers={"X-API-Key": buyer.text}).status == 201


def test_the_token_door_is_answered(shop: Shop) -> None:
    """Guarantee: what the authorizer let in with the scope is served, without it refused."""
    shop.stock("A", 1)
    with nothing_written(shop):
        refused: dict[str, Any] = {"no scope": {"scopes": "orders:read"}, "no door": {"tenant": ""}}
        for said in refused.values():
            assert_problem(_place_by_token(shop, **said), 403, "forbidden")
    assert _place_by_token(shop).status == 201


def _used(shop: Shop) -> dict[str, int]:
    """Return when each key was last used, by its id."""
    found = (i for i in shop.items(tables.ACCESS) if i["sk"] == keys.used("main", "x").sk)
    return {i["pk"].removeprefix(keys.used("main", "").pk): i["at"] for i in found}


def test_a_key_beside_a_signature_was_used(shop: Shop) -> None:
    """Guarantee: a key that held as second proof shows its hour, served or not; no other does."""
    reader, gone, idle = (make_key("main", ["stock:read"], active=a) for a in (True, False, True))
    for made in (reader, gone, idle):
        shop.put_credential(made.credential)
    before = SystemClock().now()
    assert shop.door.place(order(), headers={"X-API-Key": reader.text}).status == 403
    assert shop.door.place(order(), headers={"X-API-Key": gone.text}).status == 401
    assert shop.door.get_stock("NONE").status == 404
    (used,) = _used(shop).items()
    assert used[0] == reader.credential.id
    assert before - HOUR_MS < used[1] <= SystemClock().now()
    assert used[1] % HOUR_MS == 0


def test_a_session_is_no_use_of_its_key(shop: Shop) -> None:
    """Guarantee: what a session does is not shown as its key's: the key itself was not there."""
    vending = make_key("main", [], vends=["stock:read"])
    shop.put_credential(vending.credential)
    now = SystemClock().now() // 1000
    session = as_role("Vended", session=f"cs1.main.{vending.credential.id}.{now:08x}")
    read = event("GET", "/v1/stock/{sku}", "/v1/stock/NONE", identity=session)
    assert shop.door.call(read).status == 404
    assert _used(shop) == {}


def test_use_that_cannot_be_noted_refuses_nobody(shop: Shop) -> None:
    """Guarantee: a call whose key cannot be noted is served all the same."""
    reader = make_key("main", ["stock:read"])
    shop.put_credential(reader.credential)
    with (
        patch.object(StoredShare, "take"),  # it writes too, and refuses when it cannot
        injected_into_moto(shop.handlers[0].dynamodb) as faults,
    ):
        faults.operations = frozenset({"UpdateItem"})
        faults.script = [Fault.THROTTLE] * 20
        reply = shop.door.get_stock("NONE", headers={"X-API-Key": reader.text})
    assert reply.status == 404
    assert _used(shop) == {}
