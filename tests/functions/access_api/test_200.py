"""200: keys are shown, listed and revoked."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from core.clock import SystemClock
from core.store import keys, table
from tests.support import tables
from tests.support.key_desk import manager_of
from tests.support.problems import assert_problem, assert_safe, nothing_written

if TYPE_CHECKING:
    from tests.support.key_desk import KeyDesk
    from tests.support.shop import Shop


def listed(desk: KeyDesk, **query: str) -> list[str]:
    """Return the ids of all pages."""
    found: list[str] = []
    while True:
        reply = desk.call("list_keys", query=query)
        assert reply.status == 200, reply.text
        assert_safe(reply)
        found += [one["id"] for one in reply.json["keys"]]
        if "cursor" not in reply.json:
            return found
        query["cursor"] = reply.json["cursor"]


def test_a_key_is_shown_without_its_text(desk: KeyDesk) -> None:
    """Guarantee: after the first answer nobody sees more of a key than its prefix."""
    made = desk.make()
    reply = desk.call("get_key", id=made["id"])
    assert reply.status == 200
    assert_safe(reply)
    assert "key" not in reply.json
    assert made["key"].removeprefix(made["prefix"])[1:10] not in reply.text
    assert reply.json["prefix"] == made["prefix"]


def test_the_last_use_is_shown_to_the_hour(desk: KeyDesk, shop: Shop) -> None:
    """Guarantee: when a key was last used is shown, nothing when it never was."""
    made = desk.make()
    assert "last_used_at" not in desk.shown(made["id"])
    home = keys.used("main", made["id"])
    item = {"pk": home.pk, "sk": home.sk, "at": 1_795_298_400_000}
    shop.dynamodb.put_item(TableName=tables.ACCESS, Item=table.to_wire(item))
    assert desk.shown(made["id"])["last_used_at"] == "2026-11-21T22:00:00.000Z"


def test_keys_are_listed_page_by_page(desk: KeyDesk, shop: Shop) -> None:
    """Guarantee: every key of the tenant is listed once, oldest first; no other tenant's."""
    made = [desk.make()["id"] for _ in range(5)]
    theirs = desk.call(
        "create_key",
        {"name": "x", "scopes": ["stock:read"]},
        manager=manager_of(shop, "other"),
        tenant="other",
    )
    assert theirs.status == 201
    assert listed(desk, limit="2") == sorted(made)
    assert listed(desk) == sorted(made)


def test_keys_are_found_by_how_they_begin(desk: KeyDesk) -> None:
    """Guarantee: a prefix as it is shown, or of the id, finds exactly the keys that begin so."""
    one, two = desk.make(), desk.make()
    for prefix in (one["prefix"], one["id"]):
        assert listed(desk, prefix=prefix) == [one["id"]]
    for prefix in ("csk_", "csk_main_", "csk_ma", "csk_main_0", "0"):
        assert listed(desk, prefix=prefix, limit="1") == sorted([one["id"], two["id"]])
    for prefix in ("csk_other_", "csk_mainly", "csk_main_7", "z", "main"):
        assert listed(desk, prefix=prefix) == []


def test_a_cursor_is_good_for_its_own_prefix_only(desk: KeyDesk) -> None:
    """Guarantee: a cursor of another prefix, or a made-up one, is refused."""
    for _ in range(2):
        desk.make()
    cursor = desk.call("list_keys", query={"limit": "1"}).json["cursor"]
    for query in ({"cursor": cursor, "prefix": "csk_"}, {"cursor": "AAAA"}, {"cursor": cursor[1:]}):
        assert_problem(desk.call("list_keys", query=query), 400, "invalid_cursor")


def test_a_revoked_key_opens_nothing(desk: KeyDesk) -> None:
    """Guarantee: a revocation is at once, and shown with its time."""
    made = desk.make()
    assert desk.opens(made["key"])
    reply = desk.call("revoke_key", id=made["id"])
    assert reply.status == 200
    assert_safe(reply)
    assert reply.json["status"] == "revoked"
    assert reply.json["revoked_at"]
    assert not desk.opens(made["key"])
    assert desk.shown(made["id"]) == reply.json


@pytest.mark.parametrize("body", [None, {}])
def test_revoking_twice_is_the_same(desk: KeyDesk, shop: Shop, body: object) -> None:
    """Guarantee: the same answer again, under a new Idempotency-Key or the old one; no write."""
    made = desk.make()
    once = {"Idempotency-Key": "same"}
    first = desk.call("revoke_key", body, id=made["id"], headers=once)
    with nothing_written(shop):
        assert desk.call("revoke_key", body, id=made["id"], headers=once).json == first.json
        assert desk.call("revoke_key", body, id=made["id"]).json == first.json


def test_revoking_ends_one_key_of_a_rotation(desk: KeyDesk) -> None:
    """Guarantee: the one that was revoked, and not the one that took its place."""
    old = desk.make()
    new = desk.call("rotate_key", {"overlap_seconds": 60}, id=old["id"]).json
    desk.call("revoke_key", id=old["id"])
    assert not desk.opens(old["key"])
    assert desk.opens(new["key"])


def test_a_key_can_be_revoked_after_its_end(desk: KeyDesk) -> None:
    """Guarantee: an expired key is shown so, opens nothing, and can still be revoked."""
    made = desk.make()
    then = SystemClock().now() + 91 * 24 * 3600 * 1000
    with patch.object(SystemClock, "now", lambda _: then):
        assert desk.shown(made["id"])["status"] == "expired"
        assert not desk.opens(made["key"])
        assert desk.call("revoke_key", id=made["id"]).json["status"] == "revoked"
