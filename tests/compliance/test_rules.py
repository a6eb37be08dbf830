"""The report's rules: what breaks each, since when it is broken, and old or idle keys."""

from __future__ import annotations

from typing import Any

import pytest

from core.access.credential import Credential, Cuts
from core.compliance.keys import DAY_MS, ages
from core.compliance.report import report
from core.compliance.rules import RULES, UNREADABLE, Fact, judged
from core.keyring.ports import KnownKey

SOUND: dict[str, dict[str, Any]] = {
    "table": {"recovery": True, "protected": True, "encrypted": True},
    "log group": {"days": 90},
    "secret": {"encrypted": True, "rotates": False, "age_days": 89, "fixed": False},
    "key": {"rotates": True},
    "queue": {"encrypted": True},
    "stage": {"logged": True, "traced": True},
    "function": {"traced": True, "logged": True},
    "bucket": {"private": True, "encrypted": True, "locked": True},
}
BROKEN: dict[str, dict[str, Any]] = {
    "table-recovery": {"recovery": False},
    "table-protected": {"protected": False},
    "table-encrypted": {"encrypted": False},
    "logs-end": {"days": None},
    "secret-encrypted": {"encrypted": False},
    "secret-young": {"age_days": 90},
    "key-rotates": {"rotates": False},
    "queue-encrypted": {"encrypted": False},
    "stage-logged": {"logged": False},
    "stage-traced": {"traced": False},
    "function-traced": {"traced": False},
    "function-logged": {"logged": False},
    "bucket-private": {"private": False},
    "bucket-encrypted": {"encrypted": False},
    "bucket-locked": {"locked": False},
}


def test_sound_resources_break_nothing() -> None:
    """Guarantee: what is as it must be is counted by rule, and is no failure."""
    found = report(judged(Fact(kind, "r", settings) for kind, settings in SOUND.items()), {}, 7)
    assert not found.failures
    assert found.holding == {rule.id: 1 for rule in sorted(RULES, key=lambda r: r.id)}


@pytest.mark.parametrize("rule", [rule.id for rule in RULES])
def test_each_setting_that_is_wrong_breaks_its_rule_alone(rule: str) -> None:
    """Guarantee: one wrong setting is one failure, by the rule's name."""
    kind = next(r.kind for r in RULES if r.id == rule)
    wrong = Fact(kind, "r", SOUND[kind] | BROKEN[rule])
    assert [v.rule for v in judged([wrong]) if not v.holds] == [rule]


def test_what_cannot_be_read_holds_nothing() -> None:
    """Guarantee: a right that is missing is a failure of its own, and never silence."""
    (verdict,) = judged([Fact("table", "r", error="cannot be read: AccessDenied")])
    assert (verdict.rule, verdict.holds) == (UNREADABLE, False)


@pytest.mark.parametrize("kept", ["rotates", "fixed"])
def test_an_old_secret_may_rotate_or_be_fixed(kept: str) -> None:
    """Guarantee: what AWS rotates, or what must never change, is not called too old."""
    old = SOUND["secret"] | {"age_days": 900, kept: True}
    assert all(v.holds for v in judged([Fact("secret", "s", old)]))


def test_a_failure_keeps_the_day_on_which_it_was_first_seen() -> None:
    """Guarantee: `since` stays while it lasts, and begins anew after it was mended."""
    broken = judged([Fact("queue", "q", {"encrypted": False})])
    first = report(broken, {}, 1_000)
    again = report(broken, {f.id: f.since for f in first.failures}, 2_000)
    assert [f.since for f in again.failures] == [1_000]
    mended = report(judged([Fact("queue", "q", {"encrypted": True})]), {"x": 1}, 3_000)
    assert not mended.failures
    anew = report(broken, {f.id: f.since for f in mended.failures}, 4_000)
    assert [f.since for f in anew.failures] == [4_000]


def _key(name: str, days: int, *, used: bool = False, **more: Any) -> KnownKey:
    made = Credential("main", name, created_at=1_000 * DAY_MS - days * DAY_MS, **more)
    return KnownKey(made, Cuts(), 5 if used else None)


def test_old_and_idle_keys() -> None:
    """Guarantee: only keys that open something count; one is idle after thirty days."""
    keys = [
        _key("old", 91, used=True),
        _key("idle", 30),
        _key("new", 29),
        _key("revoked", 900, active=False),
        _key("expired", 900, expires_at=999 * DAY_MS),
    ]
    found = ages(keys, 1_000 * DAY_MS)
    assert (found.oldest_days, found.never_used) == (91, ("idle",))
    assert ages([], 0).oldest_days == 0
