"""Audit entries: who did what, in which minute, and never a value."""

from __future__ import annotations

from core.access.principal import Kind, Principal
from core.audit import Act, fingerprint
from core.routes import Door
from tests.fakes.clock import START

WHO = Principal(
    *("main", "role/1/R", Kind.ROLE, Door.SIGNED, frozenset(), "198.51.100.7"),
    proofs=("role/1/R", "key/k"),
)


def test_an_entry_says_who_and_where_from() -> None:
    """Guarantee: principal, door, address and correlation id come from the call, not its body."""
    entry = Act(WHO, "request-1").entry("id", START, "order.place", "order/1")
    assert (entry.tenant, entry.principal, entry.door) == ("main", "role/1/R", "signed")
    assert (entry.source_ip, entry.correlation_id, entry.result) == (
        "198.51.100.7",
        "request-1",
        "done",
    )
    assert dict(entry.fields) == {}
    assert entry.proofs == ("role/1/R", "key/k")


def test_an_entry_belongs_to_its_minute() -> None:
    """Guarantee: the minute is that of UTC; its first and last millisecond are in it."""
    minute = START - START % 60_000
    act = Act(WHO, "")
    minutes = [act.entry("i", minute + ms, "a", "r").minute for ms in (-1, 0, 59_999, 60_000)]
    assert minutes == ["202611212234", "202611212235", "202611212235", "202611212236"]


def test_a_fingerprint_shows_nothing_and_can_be_checked() -> None:
    """Guarantee: it depends on key, field and value; without the key nobody can make it again."""
    made = {
        fingerprint(key, name, value)
        for key in (b"k", b"l")
        for name in ("email", "phone")
        for value in ("a", "b")
    }
    assert len(made) == 8
    assert fingerprint(b"k", "email", "a") in made
