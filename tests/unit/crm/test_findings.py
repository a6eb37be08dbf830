"""What is said about a portal: rules on values, without HubSpot."""

from __future__ import annotations

from datetime import date, timedelta

from core.crm import findings
from core.crm.scopes import BY_TYPE, NEEDED
from core.crm.versions import NOTICE_DAYS, SUPPORTED_UNTIL


def test_the_end_of_a_version_is_told_in_time() -> None:
    """Half a year before its last day there is a finding, and none the day before that."""
    for version, end in SUPPORTED_UNTIL.items():
        early = end - timedelta(days=NOTICE_DAYS)
        assert findings.version(version, early) == []
        (soon,) = findings.version(version, early + timedelta(days=1))
        assert f"ends on {end.isoformat()}" in soon.what
        (late,) = findings.version(version, end + timedelta(days=1))
        assert "ended" in late.what


def test_a_version_that_was_never_tried_is_told() -> None:
    """A new version is named with those that are known."""
    (finding,) = findings.version("2027-03", date(2027, 4, 1))
    assert finding.code == "version_unknown"
    assert "2026-09" in finding.todo


def test_the_needed_scopes_are_those_of_the_types_and_the_account() -> None:
    """Nothing but the four types' records and properties, and the account's id."""
    assert {scope for scopes in BY_TYPE.values() for scope in scopes} | {"oauth"} == NEEDED
    assert findings.scopes(NEEDED) == []
    assert not {s for s in NEEDED if s.startswith(("crm.objects.deals", "crm.lists"))}
