"""Two doors and two proofs, as the handler answers them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.support.credentials import make_key
from tests.support.doors import token_event
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
