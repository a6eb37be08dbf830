"""The list of what differs locally is neither longer nor shorter than what the templates say."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from infra import ROOT
from infra.emulator import DIFFERENCES, Kind
from local import fixups

if TYPE_CHECKING:
    from tests.infra.templates import Templates


def test_what_the_switch_leaves_out_is_listed(every_option: Templates) -> None:
    """Each use of the condition OnAws is in the list, and the list has no more."""
    found: set[tuple[str, str | None]] = set()
    for resource in every_option.every():
        if resource.body.get("Condition") == "OnAws":
            found.add((resource.body["Type"], None))
        for name, value in resource.properties.items():
            if "OnAws" in json.dumps(value):
                found.add((resource.body["Type"], name))
    listed = {(t, d.prop) for d in DIFFERENCES if d.kind is Kind.LEFT_OUT for t in d.types}
    assert found == listed


def test_the_switch_is_declared_only_where_it_is_used(
    production: Templates, every_option: Templates
) -> None:
    """A stack has the parameter Where exactly if a resource of it uses the condition."""
    for templates in (production, every_option):
        for name, template in templates.by_stack.items():
            used = "OnAws" in json.dumps(template["Resources"])
            assert ("Where" in template.get("Parameters", {})) == used, name
            assert template.get("Parameters", {}).get("Where", {}).get("Default", "aws") == "aws"


def test_every_listed_property_is_in_a_template(every_option: Templates) -> None:
    """No line is about something that production does not have either."""
    for difference in DIFFERENCES:
        if difference.kind is Kind.SETTING:
            continue
        resources = list(every_option.every(*difference.types))
        assert resources, difference
        if difference.prop:
            assert any(difference.prop in r.properties for r in resources), difference


def test_what_is_set_after_the_deploy_is_listed() -> None:
    """The fix-ups touch the listed resource types and no others."""
    listed = {t for d in DIFFERENCES if d.kind is Kind.SET_AFTER for t in d.types}
    touched = {*fixups.TABLE_TYPES, fixups.BUCKET, fixups.VALIDATOR}
    assert listed <= touched
    assert touched - listed <= {"AWS::DynamoDB::GlobalTable"}


def test_settings_that_differ_are_listed() -> None:
    """Each setting of local/deployment.json that is not cdk.json's has its line."""
    local = json.loads((ROOT / "local" / "deployment.json").read_text("utf-8"))
    own = json.loads((ROOT / "cdk.json").read_text("utf-8"))["context"]["countersign"]
    changed = {name for name, value in local.items() if own.get(name) != value}
    listed = {t for d in DIFFERENCES if d.kind is Kind.SETTING for t in d.types}
    assert changed <= listed
    own_to_a_run = {"platform", "hubspot_base_url", "hubspot_app_url", "hubspot_public_url"}
    own_to_a_run |= {"signed_public_url"}
    assert listed - changed == own_to_a_run


def test_each_difference_is_one_line() -> None:
    """The list can be printed as it stands."""
    for difference in DIFFERENCES:
        assert "\n" not in str(difference)
        assert difference.locally in str(difference)
