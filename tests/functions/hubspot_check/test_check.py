"""The check: a ready portal has no finding; each thing that can be wrong has its own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from core.clock import SystemClock
from core.crm.scopes import NEEDED, purpose
from core.errors import Unavailable
from core.store.secrets import current_since
from hubspot_provision.provision import provision
from tests.flow.faults import script
from tests.functions.hubspot_check.scene import DAY_MS, NEW, OLD, TODAY
from tests.support.hubspot_specs import SpecChecker, require_specs
from tests.support.running_twin import PORTAL, TOKEN

if TYPE_CHECKING:
    from io import StringIO

    from tests.functions.hubspot_check.scene import Checked


def test_a_ready_portal_has_no_finding(checked: Checked) -> None:
    """All fine is said so, with portal and version; nothing is written to HubSpot."""
    checked.twin.twin.recorder.kept.clear()
    report = checked.report()
    assert report["ok"]
    assert report["findings"] == []
    assert (report["portal"], report["api_version"]) == (str(PORTAL), "2026-09")
    calls = checked.twin.twin.recorder.kept
    assert [c["path"] for c in calls if c["method"] != "GET"] == [
        "/oauth/v2/private-apps/get/access-token-info"
    ]
    assert SpecChecker(require_specs()).check_all(calls) == []


def test_each_missing_scope_is_told(checked: Checked) -> None:
    """A token that lacks one scope has one finding that names it, and what it is for."""
    for scope in NEEDED:
        checked.grant(TOKEN, NEEDED - {scope})
        (finding,) = (f for f in checked.report()["findings"] if f["code"] == "scope_missing")
        assert f" {scope}." in finding["what"]
        assert purpose(scope) in finding["why"]
        assert finding["todo"]


def test_a_scope_too_many_is_told(checked: Checked) -> None:
    """A token that can do more than it need is as much a finding as one that can do less."""
    checked.grant(TOKEN, NEEDED | {"crm.objects.deals.write"})
    (finding,) = checked.report()["findings"]
    assert finding["code"] == "scope_unneeded"
    assert "crm.objects.deals.write" in finding["what"]


def test_an_archived_property_is_told(checked: Checked) -> None:
    """A property of ours that somebody archived is named."""
    checked.twin.call("DELETE", "/crm/properties/2026-09/orders/countersign_tax")
    (finding,) = checked.report()["findings"]
    assert finding["code"] == "property_missing"
    assert "countersign_tax" in finding["what"]


def test_a_missing_stage_is_told(checked: Checked) -> None:
    """A stage that orders need and the pipeline lacks is named."""
    portal = checked.twin.twin.portals[PORTAL]
    (pipeline,) = portal.pipelines["0-123"].values()
    pipeline.stages[0].label = "Renamed"
    (finding,) = checked.report()["findings"]
    assert finding["code"] == "stage_missing"
    assert "Open" in finding["what"]


def test_another_portal_is_told(checked: Checked) -> None:
    """A token of another account than the tenant's is a finding, as is a tenant without one."""
    checked.tenancy.put_tenant("main", "4711")
    assert checked.codes() == ["portal_wrong"]
    checked.tenancy.put_tenant("main", "0")
    assert checked.codes() == ["portal_not_declared"]


def test_two_tenants_in_one_portal_are_told(checked: Checked) -> None:
    """They would share a quota unknowingly, even if only their tokens say so."""
    checked.tenancy.put_tenant("twice", "0")
    checked.put("twice", {"token": TOKEN, "previous": None})
    assert checked.codes() == ["portal_shared"]
    checked.tenancy.put_tenant("twice", "9")
    assert checked.codes() == ["portal_shared"]


def test_a_refused_token_is_told(checked: Checked) -> None:
    """Without a token that HubSpot accepts, that is the finding, and no token is shown."""
    checked.put_again(json.dumps({"token": NEW, "previous": None}))
    report = checked.report()
    assert [f["code"] for f in report["findings"]] == ["no_token_accepted"]
    assert NEW not in json.dumps(report)


def test_a_fall_back_to_the_previous_token_is_told(checked: Checked) -> None:
    """The previous token still opens the portal: the rest is checked with it."""
    checked.put_again(json.dumps({"token": NEW, "previous": TOKEN}))
    checked.grant(TOKEN, NEEDED - {"oauth"})
    codes = checked.codes()
    assert codes == ["token_refused", "scope_missing"]


@pytest.mark.parametrize("text", ["pat-na1-MARKED", "[]", '{"token": 1}', '{"token": "é"}', "{}"])
def test_a_secret_of_another_shape_is_told_and_not_shown(checked: Checked, text: str) -> None:
    """What cannot be understood is a finding with the shape that is wanted."""
    checked.put_again(text)
    report = checked.report()
    assert [f["code"] for f in report["findings"]] == ["secret_unreadable"]
    assert "MARKED" not in json.dumps(report)


def test_age_and_a_forgotten_previous_token_are_told(checked: Checked) -> None:
    """From the 90th day on the token is to be rotated; a previous one is left for seven."""
    checked.put_again(json.dumps({"token": TOKEN, "previous": OLD}))
    for days, codes in (
        (7, []),
        (8, ["previous_left"]),
        (89, ["previous_left"]),
        (90, ["token_old", "previous_left"]),
    ):
        checked.since = TODAY - days * DAY_MS
        assert checked.codes() == codes


def test_a_secrets_age_is_that_of_its_value(checked: Checked) -> None:
    """Secrets Manager itself knows since when the current value stands."""
    before = SystemClock().now() // 1000 * 1000
    checked.put_again(json.dumps({"token": NEW}))
    assert before <= current_since("hs/main") <= SystemClock().now()


def test_an_oauth_tenant_that_was_never_connected_is_told(checked: Checked) -> None:
    """The random text that a new secret holds is no token."""
    checked.tenancy.put_tenant("web", "2")
    checked.put("web", {"token": "random", "previous": None})
    checked.put("web", {"client_id": "x"}, "oauth/")
    assert checked.codes("web") == ["not_connected"]


def test_an_oauth_token_has_the_scopes_that_its_secret_says(checked: Checked) -> None:
    """HubSpot tells them when it issues the token; the app's own secret is not needed."""
    checked.tenancy.put_tenant("web", "2")
    ends = TODAY + 30 * 60_000
    held = {"token": NEW, "previous": None, "expires_at": ends, "scopes": sorted(NEEDED)[1:]}
    checked.put("web", held)
    checked.put("web", {"client_id": "x"}, "oauth/")
    twin = checked.twin.twin
    twin.add_token(NEW, 2, scopes=NEEDED, kind="oauth", app="x:2")
    provision(checked.module.portals.alone(NEW), "web", "2", "2026-09")
    assert checked.codes("web") == ["scope_missing"]


def test_hubspot_being_away_is_no_finding(checked: Checked) -> None:
    """It is said that nothing could be found out, and the daily run fails so that it is retried."""
    script(checked.twin.twin, "", status=503, times=99)
    report = checked.report()
    assert not report["ok"]
    assert "cannot answer" in report["problem"]
    with pytest.raises(Unavailable, match="main"):
        checked.module.handler({}, None)


def test_the_schedule_looks_at_every_tenant(
    checked: Checked, logged: StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each tenant's findings and age become metrics, zero too; no token is written anywhere."""
    checked.tenancy.put_tenant("other", "2")
    checked.put("other", {"token": NEW, "previous": OLD})
    assert checked.module.handler({"source": "schedule"}, None)["checked"] == ["main", "other"]
    out = capsys.readouterr().out
    lines = [json.loads(line) for line in out.splitlines()]
    found = {line["tenant"]: line["HubspotFindings"] for line in lines if "HubspotFindings" in line}
    assert found == {"main": [0.0], "other": [1.0]}
    assert {line["tenant"] for line in lines if "HubspotTokenAgeDays" in line} == set(found)
    assert "does not accept the token" in logged.getvalue()
    assert TOKEN not in out + logged.getvalue()
    assert "MARKED" not in out + logged.getvalue()


def test_an_unknown_tenant_is_told(checked: Checked) -> None:
    """A tenant that is not declared is said so, and HubSpot is not asked."""
    checked.twin.twin.recorder.kept.clear()
    assert "no active tenant" in checked.report("nobody")["problem"]
    assert checked.twin.twin.recorder.kept == []
