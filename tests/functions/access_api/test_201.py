"""201: a key is made or takes another's place, and is shown once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from core.access import apikey
from core.clock import SystemClock
from core.store import keys
from tests.support import tables
from tests.support.problems import assert_safe

if TYPE_CHECKING:
    from tests.support.key_desk import KeyDesk
    from tests.support.shop import Shop


def stored(shop: Shop, key_id: str) -> dict[str, object]:
    """Return a credential as the table holds it."""
    home = keys.credential("main", key_id)
    return next(i for i in shop.items(tables.ACCESS) if i["pk"] == home.pk)


def test_a_key_is_made_and_opens(desk: KeyDesk) -> None:
    """Guarantee: the answer holds the key's text, which lets its bearer in at once."""
    body = {"name": " portal ", "scopes": ["stock:read"], "vends": ["orders:read"]}
    reply = desk.call("create_key", body)
    assert reply.status == 201
    assert_safe(reply)
    made = reply.json
    assert reply.headers["location"] == f"/v1/keys/{made['id']}"
    assert reply.headers["cache-control"] == "no-store"
    name = apikey.read(made["key"])
    assert name is not None
    assert (name.tenant, name.id, name.shown) == ("main", made["id"], made["prefix"])
    assert made["key"].startswith(f"csk_main_{made['id']}_")
    assert (made["name"], made["status"]) == ("portal", "active")
    assert (made["scopes"], made["vends"]) == (["stock:read"], ["orders:read"])
    assert desk.opens(made["key"])


def test_a_key_carries_all_that_was_asked(desk: KeyDesk) -> None:
    """Guarantee: expiry and networks are as asked, the maker is who called."""
    ends = datetime.now(UTC).replace(microsecond=0) + timedelta(days=3)
    networks = ["198.51.100.0/24", "2001:db8::/48"]
    made = desk.make(expires_at=ends.isoformat(), networks=networks)
    assert datetime.fromisoformat(made["expires_at"]) == ends
    assert made["networks"] == networks
    who = {"signed": "role/123456789012/Manager", "token": "client/back-office"}
    assert made["created_by"] == [who[desk.door], desk.manager.credential.principal_id]
    assert desk.shown(made["id"]) == {n: v for n, v in made.items() if n != "key"}
    assert desk.opens(made["key"])  # events come from 198.51.100.7
    elsewhere = desk.make(networks=["203.0.113.0/24"])
    assert not desk.opens(elsewhere["key"])


def test_a_key_ends_after_ninety_days_unless_told(desk: KeyDesk) -> None:
    """Guarantee: no key lives for ever."""
    made = desk.make()
    life = datetime.fromisoformat(made["expires_at"]) - datetime.fromisoformat(made["created_at"])
    assert life == timedelta(days=90)


def test_two_calls_make_two_keys(desk: KeyDesk) -> None:
    """Guarantee: the same body again is another key: what is shown once is not repeated."""
    one, two = desk.make(), desk.make()
    assert one["id"] != two["id"]
    assert one["key"] != two["key"]


def test_only_the_digest_is_kept(desk: KeyDesk, shop: Shop) -> None:
    """Guarantee: the table holds a SHA-256 of the text and nothing it could be had from."""
    made = desk.make()
    item = stored(shop, made["id"])
    assert item["digest"] == apikey.digest(made["key"])
    assert "key" not in item


def test_a_rotation_overlaps(desk: KeyDesk) -> None:
    """Guarantee: both keys open until the overlap ends, and then the new one alone."""
    old = desk.make(vends=["stock:read"], networks=["198.51.100.0/24"])
    reply = desk.call("rotate_key", {"overlap_seconds": 3600}, id=old["id"])
    assert reply.status == 201
    new = reply.json
    assert reply.headers["location"] == f"/v1/keys/{new['id']}"
    for member in ("name", "scopes", "vends", "networks", "status"):
        assert new[member] == old[member]
    assert new["key"] != old["key"]
    assert desk.opens(old["key"])
    assert desk.opens(new["key"])
    shown = desk.shown(old["id"])
    assert shown["rotated_to"] == new["id"]
    left = datetime.fromisoformat(shown["expires_at"]) - datetime.now(UTC)
    assert timedelta(minutes=59) < left <= timedelta(hours=1)


def test_an_overlap_of_nothing_ends_the_old_key_at_once(desk: KeyDesk) -> None:
    """Guarantee: with overlap 0 the old key opens nothing as soon as the new one is shown."""
    old = desk.make()
    new = desk.call("rotate_key", {"overlap_seconds": 0}, id=old["id"]).json
    assert not desk.opens(old["key"])
    assert desk.opens(new["key"])
    assert desk.shown(old["id"])["status"] == "expired"


def test_a_key_and_its_rotation_are_one_origin(desk: KeyDesk, shop: Shop) -> None:
    """Guarantee: two generations of a key are never two layers."""
    old = desk.make()
    new = desk.call("rotate_key", {"overlap_seconds": 60}, id=old["id"]).json
    assert stored(shop, new["id"])["origin"] == stored(shop, old["id"])["origin"] == old["id"]


def test_each_act_is_audited(desk: KeyDesk) -> None:
    """Guarantee: an entry per act says who, where, what; it names fields and holds no value."""
    before = SystemClock().now()
    made = desk.make(name="a name that nobody else has")
    new = desk.call("rotate_key", {"overlap_seconds": 60}, id=made["id"]).json
    desk.call("revoke_key", id=new["id"])
    desk.call("revoke_key", id=new["id"])
    entries = {(e["action"], e["resource"]): e for e in desk.audited()}
    assert set(entries) == {
        ("key.make", f"key/{made['id']}"),
        ("key.rotate", f"key/{made['id']}"),
        ("key.revoke", f"key/{new['id']}"),
    }
    assert len(desk.audited()) == 3
    for entry in entries.values():
        assert entry["principal"] == made["created_by"][0]
        assert (entry["door"], entry["source_ip"]) == (str(desk.door), "198.51.100.7")
        assert before <= entry["at"] <= SystemClock().now()
        assert entry["correlation_id"]
        assert set(entry["fields"].values()) == {""}
        assert "nobody else" not in str(entry)
