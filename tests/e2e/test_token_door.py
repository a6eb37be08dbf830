"""Who gets through the token door, and who does not."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from tests.e2e.door import assert_problem

if TYPE_CHECKING:
    from countersign import Client
    from tests.e2e.door import SignedDoor
    from tests.e2e.keys import Keys, MadeKey
    from tests.e2e.token_door import TokenDoor
    from tests.e2e.tokens import Tokens

SKU = "TOKEN-1"
STOCK = f"/v1/stock/{SKU}"


@pytest.fixture(scope="module", autouse=True)
def product(client: Client) -> None:
    """Have one product there to be read."""
    stock = [{"location": "main", "quantity": 5}]
    product = {"name": "Token", "price": 100, "currency": "GBP", "opening_stock": stock}
    client.put_product(SKU, product)


@pytest.fixture(scope="module")
def reader(keys: Keys) -> MadeKey:
    """Return a key that may read stock."""
    return keys.make("reader", "stock:read")


def test_a_key_with_the_scope_gets_through(token_door: TokenDoor, reader: MadeKey) -> None:
    """A key alone is enough for a route that wants one proof."""
    answer = token_door.call("GET", STOCK, key=reader.text)
    assert answer.status_code == 200, answer.text
    assert answer.json()["available"] == 5


def test_a_token_with_the_scope_gets_through(token_door: TokenDoor, tokens: Tokens) -> None:
    """A token of a declared issuer, its keys fetched over HTTPS, is enough too."""
    answer = token_door.call("GET", STOCK, token=tokens.make("stock:read"))
    assert answer.status_code == 200, answer.text


def test_key_and_token_together_get_through(
    token_door: TokenDoor, tokens: Tokens, reader: MadeKey
) -> None:
    """Two valid proofs of one tenant are as good as one where one is asked for."""
    answer = token_door.call("GET", STOCK, key=reader.text, token=tokens.make("stock:read"))
    assert answer.status_code == 200, answer.text


def mistyped(key: MadeKey) -> str:
    """Return the key with its last character changed: the checksum no longer fits."""
    return key.text[:-1] + ("0" if key.text[-1] != "0" else "1")


def test_nobody_is_told_why(token_door: TokenDoor, reader: MadeKey, tokens: Tokens) -> None:
    """Nothing, a mistyped key, another's checksum, a forged token: one and the same 401."""
    forged = tokens.make("stock:read")[:-8] + "AAAAAAAA"
    proofs: list[tuple[str | None, str | None]] = [
        *((None, None), ("nonsense", None), (mistyped(reader), None), ("csk_main_x_y", None)),
        *((None, "nonsense"), (None, forged), (reader.text, forged)),
        *((mistyped(reader), tokens.make("stock:read")), (None, tokens.make("stock:read", exp=1))),
    ]
    answers = [token_door.call("GET", STOCK, key=key, token=token) for key, token in proofs]
    for answer in answers:
        assert_problem(answer, 401, "unauthenticated")
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    shown = [answer.json() | {"instance": ""} for answer in answers]
    assert all(body == shown[0] for body in shown)


def test_a_scope_that_is_missing_is_a_403(
    token_door: TokenDoor, reader: MadeKey, tokens: Tokens
) -> None:
    """Who is known and may not is told so: by key, by token, and by both with one lacking it."""
    both = tokens.make("orders:read", "stock:read")
    assert_problem(token_door.call("GET", "/v1/orders", key=reader.text), 403, "forbidden")
    assert_problem(token_door.call("GET", STOCK, token=tokens.make()), 403, "forbidden")
    answer = token_door.call("GET", "/v1/orders", key=reader.text, token=both)
    assert_problem(answer, 403, "forbidden")


def test_another_tenants_key_is_refused_beside_a_token(
    token_door: TokenDoor, tokens: Tokens, second_key: str
) -> None:
    """Proofs of two tenants do not add up to anything."""
    answer = token_door.call("GET", STOCK, key=second_key, token=tokens.make("stock:read"))
    assert_problem(answer, 403, "forbidden")


def test_another_tenants_key_sees_nothing_of_ours(token_door: TokenDoor, second_key: str) -> None:
    """With every scope in its own tenant, what is ours does not exist for it."""
    assert_problem(token_door.call("GET", STOCK, key=second_key), 404)


def test_an_undeclared_route_is_refused(token_door: TokenDoor, first_key: str) -> None:
    """What the route table does not name does not exist, and no CORS answers for it."""
    assert_problem(token_door.call("GET", "/v1/nothing", key=first_key), 403)
    assert_problem(token_door.call("DELETE", STOCK, key=first_key), 403)


def test_a_key_alone_does_not_open_the_signed_door(door: SignedDoor, first_key: str) -> None:
    """One door, one way of proving who calls; at the signed one a key is only ever a second."""
    answer = door.call("GET", STOCK, credentials=None, headers={"X-API-Key": first_key})
    assert_problem(answer, 403)


def test_its_use_is_noted_to_the_hour(token_door: TokenDoor, reader: MadeKey, keys: Keys) -> None:
    """A key that was used shows when, by the hour; one that never was shows nothing."""
    assert token_door.call("GET", STOCK, key=reader.text).status_code == 200
    now = datetime.now(UTC)
    used = datetime.fromisoformat(keys.read(reader)["last_used_at"])
    assert (used.minute, used.second) == (0, 0)
    assert 0 <= (now - used).total_seconds() < 3700
    assert "last_used_at" not in keys.read(keys.make("unused", "stock:read"))


def test_a_key_is_shown_once(keys: Keys, reader: MadeKey) -> None:
    """Whoever may read about a key later sees all but what would let anybody in."""
    answer = keys.call("GET", f"/v1/keys/{reader.id}")
    assert reader.text[-30:] not in answer.text
    assert answer.json()["prefix"] == reader.text[: len("csk_main_") + 26]
    assert "digest" not in answer.text
