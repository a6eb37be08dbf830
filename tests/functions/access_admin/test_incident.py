"""What the operator can do in an incident, and what he is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support import tables
from tests.support.doors import LambdaContext

if TYPE_CHECKING:
    from tests.functions.access_admin.conftest import Office

ROLE = "role/123456789012/Caller"
NOW, KNOWN = "2026-11-21T22:35:00.000Z", "2026-11-21T22:36:00.000Z"
FROM = "2026-11-21T22:35:00.001Z"


@pytest.mark.parametrize(
    ("event", "tenant", "principal"),
    [
        ({"all": True}, None, None),
        ({"tenant": "main"}, "main", None),
        ({"tenant": "main", "principal": ROLE}, "main", ROLE),
        ({"tenant": "main", "principal": "key/01"}, "main", "key/01"),
        ({"tenant": "main", "principal": "client/partner-1"}, "main", "client/partner-1"),
        ({"tenant": "main", "principal": "client/a%7Cb"}, "main", "client/a%7Cb"),
    ],
)
def test_a_cut_is_made_told_listed_and_audited(
    office: Office, event: dict[str, Any], tenant: str | None, principal: str | None
) -> None:
    """Guarantee: the answer says what counts from when on and when it is known everywhere."""
    answer = office.ask("incident.revoke", reason="leaked", operator="ana", **event)
    cut = {
        "tenant": tenant,
        "principal": principal,
        "valid_from": FROM,
        "changed_at": NOW,
        "reason": "leaked",
        "by": "ana",
    }
    assert answer == {"ok": True, "cut": cut, "known_by": KNOWN}
    assert office.ask("incident.status") == {"ok": True, "cuts": [cut]}
    (entry,) = office.items(tables.AUDIT)
    assert (entry["action"], entry["resource"]) == ("incident.revoke", f"cut/{principal or 'all'}")
    assert entry["pk"].startswith(f"{tenant or '-'}#AUDIT#")
    assert entry["correlation_id"] == LambdaContext.aws_request_id
    assert "leaked" not in str(entry)


def test_status_shows_one_tenant_or_all(office: Office) -> None:
    """Guarantee: a tenant's status has the deployment's cuts too, and no other tenant's."""
    office.ask("incident.revoke", all=True)
    office.ask("incident.revoke", tenant="main")
    office.ask("incident.revoke", tenant="other")

    def shown(**event: str) -> list[str | None]:
        return [cut["tenant"] for cut in office.ask("incident.status", **event)["cuts"]]

    assert shown() == [None, "main", "other"]
    assert shown(tenant="main") == [None, "main"]


def test_a_role_is_restored_and_nothing_else(office: Office) -> None:
    """Guarantee: a role comes back, audited; a key, tenant or deployment stays ended."""
    office.ask("incident.revoke", tenant="main", principal=ROLE)
    office.clock.advance(1000)
    answer = office.ask("incident.restore", tenant="main", principal=ROLE, reason="over")
    assert answer["ok"]
    assert answer["cut"]["valid_from"] is None
    assert office.ask("incident.status", tenant="main")["cuts"] == [answer["cut"]]
    assert [e["action"] for e in office.items(tables.AUDIT)] == [
        "incident.revoke",
        "incident.restore",
    ]
    again = office.ask("incident.restore", tenant="main", principal=ROLE)
    assert again["error"]["code"] == "not_cut"
    office.ask("incident.revoke", tenant="main", principal="key/01")
    key = office.ask("incident.restore", tenant="main", principal="key/01")
    assert key["error"]["code"] == "not_a_role"


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"all": False},
        {"all": "true"},
        {"all": True, "tenant": "main"},
        {"principal": ROLE},
        {"tenant": "main", "principal": "ana"},
        {"tenant": "main", "principal": None},
        {"tenant": "main", "principal": "client/"},
        {"tenant": "main", "principal": "client/a|b"},
        {"tenant": "main", "principal": "client/a%7cb"},
        {"tenant": "main", "principal": "client/%61"},
        {"tenant": "main", "principal": "client/%FF"},
        {"tenant": "main", "tenants": ["other"]},
        {"tenant": "main", "reason": "x" * 201},
        {"tenant": "main", "reason": "a\nb"},
    ],
)
def test_what_is_not_understood_is_refused(office: Office, event: dict[str, Any]) -> None:
    """Guarantee: a request that could be meant otherwise cuts nothing."""
    assert office.ask("incident.revoke", **event)["error"]["code"] == "invalid_request"
    assert office.ask("incident.status")["cuts"] == []


def test_a_misspelt_tenant_is_told(office: Office) -> None:
    """Guarantee: a cut that would end nothing is not made."""
    assert office.ask("incident.revoke", tenant="mian")["error"]["code"] == "tenant_not_found"
