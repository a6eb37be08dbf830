"""A key's text stands in one answer, and in nothing that is kept or logged."""

from __future__ import annotations

import json
from io import StringIO
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from core.access import apikey
from core.masking import mask
from core.routes import Door
from tests.support.key_desk import BODIES, ONE, ROUTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.key_desk import KeyDesk
    from tests.support.shop import Shop


@pytest.fixture
def logged(shop: Shop) -> Iterator[StringIO]:
    """Return all that the handlers log."""
    printed = StringIO()
    patches = [
        patch.object(module.edge.log.registered_handler, "stream", printed)
        for module in shop.handlers
    ]
    for one in patches:
        one.start()
    yield printed
    for one in patches:
        one.stop()


def secret_of(text: str) -> str:
    """Return the secret part of a key with its checksum."""
    return text.rsplit("_", 1)[1]


def test_a_key_is_shown_once_and_kept_nowhere(desk: KeyDesk, shop: Shop, logged: StringIO) -> None:
    """Guarantee: of every key made, no table and no log line holds the secret or half of it.

    Nor does any later answer: shown, listed, rotated away or revoked.
    """
    made = desk.make(vends=["stock:read"])
    new = desk.call("rotate_key", BODIES["rotate_key"], id=made["id"]).json
    desk.opens(made["key"])
    later = [desk.call(n, BODIES.get(n), id=made["id"]) for n in ROUTES if n != "create_key"]
    later.append(desk.call("create_key", ONE | {"scopes": ["nothing"]}))
    kept = json.dumps(shop.snapshot(), default=str)
    for text in (made["key"], new["key"], desk.manager.text):
        secret = secret_of(text)
        halves = (secret, secret[:20], secret[20:40])
        for part in halves:
            assert part not in kept
            assert part not in logged.getvalue()
            assert not [r for r in later if part in r.text or part in str(r.headers)]
    assert apikey.digest(made["key"]) in kept
    assert made["id"] in kept
    assert '"answered"' in logged.getvalue()


def test_no_answer_shows_a_digest(desk: KeyDesk) -> None:
    """Guarantee: what is kept of a key is told to nobody."""
    made = desk.make()
    replies = [desk.call("get_key", id=made["id"]), desk.call("list_keys")]
    for reply in replies:
        assert reply.status == 200
        assert "digest" not in reply.text
        assert apikey.digest(made["key"]) not in reply.text


def test_a_key_in_a_log_line_is_masked(desk: KeyDesk) -> None:
    """Guarantee: should a key's text ever reach the logger, it leaves as a mask."""
    text = desk.make()["key"]
    for value in (text, f"Bearer {text}", {"note": [text]}, {text: 1}):
        assert secret_of(text) not in json.dumps(mask(value))


def test_chance_is_the_systems_own(shop: Shop) -> None:
    """Guarantee: the deployed functions draw secrets from the operating system."""
    import secrets

    assert shop.handlers[-1].endpoints.keyring.chance is secrets.token_bytes


@pytest.mark.parametrize("name", ["create_key", "rotate_key"])
def test_what_is_shown_once_is_not_repeated(desk: KeyDesk, name: str) -> None:
    """Guarantee: no Idempotency-Key makes the service remember a secret: a replay shows another.

    A rotation that was done is told so instead.
    """
    made = desk.make()
    sent = {"Idempotency-Key": "same"}
    first = desk.call(name, BODIES[name], id=made["id"], headers=sent)
    again = desk.call(name, BODIES[name], id=made["id"], headers=sent)
    assert first.status == 201
    if name == "rotate_key":
        assert (again.status, again.code) == (409, "key_already_rotated")
    else:
        assert again.json["key"] != first.json["key"]
    assert desk.door in Door
