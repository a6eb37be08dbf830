"""What pages may do, and the web ACL before the doors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from core.routes import Door
from infra.deployment import DeploymentError
from infra.firewall import MANAGED
from tests.infra.synth import deployment, synthesized
from tests.infra.test_doors import STACKS, methods

if TYPE_CHECKING:
    from pathlib import Path

    from tests.infra.templates import Templates

CORS = "gatewayresponse.header.Access-Control-Allow-Origin"
CAPACITY = {
    "AWSManagedRulesCommonRuleSet": 700,
    "AWSManagedRulesKnownBadInputsRuleSet": 200,
    "AWSManagedRulesAmazonIpReputationList": 25,
}
"""Capacity units (AWS WAF, "AWS Managed Rules rule groups list")."""


def preflights(templates: Templates, door: Door) -> set[str]:
    """Return the paths of a door at which a browser may ask."""
    return {path for verb, path, _ in methods(templates, door) if verb == "OPTIONS"}


def gateway_origins(templates: Templates, door: Door) -> set[str | None]:
    """Return which origin the gateway's own answers name."""
    return {
        answer.properties["ResponseParameters"].get(CORS)
        for answer in templates.every("AWS::ApiGateway::GatewayResponse", stack=STACKS[door])
    }


def test_no_page_may_call_unless_it_is_listed(
    production: Templates, every_option: Templates
) -> None:
    """Guarantee: CORS is on the token door alone, and on no door without the setting."""
    for door in STACKS:
        assert preflights(production, door) == set()
        assert gateway_origins(production, door) == {None}
    assert preflights(every_option, Door.SIGNED) == preflights(every_option, Door.HUBSPOT) == set()


def test_pages_call_what_needs_one_proof_and_shows_no_secret(every_option: Templates) -> None:
    """Guarantee: keys and vended credentials are not for pages, and a preflight has no proof."""
    open_ = preflights(every_option, Door.TOKEN)
    assert {"/v1/orders", "/v1/orders/{id}", "/v1/stock/{sku}"} <= open_
    assert not [path for path in open_ if path.startswith(("/v1/keys", "/v1/credentials"))]
    for verb, path, method in methods(every_option, Door.TOKEN):
        if verb == "OPTIONS":
            assert method.properties["AuthorizationType"] == "NONE", path
            assert "AuthorizerId" not in method.properties


@pytest.mark.parametrize(
    ("origins", "named"),
    [
        (["https://portal.example"], "'https://portal.example'"),
        (["https://a.b", "https://c.d"], None),
    ],
)
def test_the_gateway_names_an_origin_only_if_there_is_but_one(
    tmp_path: Path, origins: list[str], named: str | None
) -> None:
    """Guarantee: what the gateway itself says can be read by the one listed page, or by none."""
    templates = synthesized(tmp_path, {"cors_origins": origins})
    assert gateway_origins(templates, Door.TOKEN) == {named}
    for door in (Door.SIGNED, Door.HUBSPOT):
        assert gateway_origins(templates, door) == {None}


@pytest.mark.parametrize(
    "origin",
    ["*", "https://*.example.com", "http://portal.example", "https://portal.example/", "null"],
)
def test_an_origin_is_one_site(origin: str) -> None:
    """Guarantee: no wildcard, no plain http, and nothing that a browser would write otherwise."""
    with pytest.raises(DeploymentError, match="cors_origins"):
        deployment({"cors_origins": [origin]})


def test_a_web_acl_is_an_option_of_one_stack(
    production: Templates, every_option: Templates
) -> None:
    """Guarantee: without the settings there is none; with them one stands before every stage."""
    kinds = ("AWS::WAFv2::WebACL", "AWS::WAFv2::WebACLAssociation")
    assert not list(production.every(*kinds))
    (acl,) = every_option.every("AWS::WAFv2::WebACL")
    assert acl.stack == "CountersignFirewall"
    associations = list(every_option.every("AWS::WAFv2::WebACLAssociation"))
    assert {a.stack for a in associations} == set(STACKS.values())
    assert {a.body["Condition"] for a in associations} == {"OnAws"}
    rules = {r["Name"]: r for r in acl.properties["Rules"]}
    assert rules["rate"]["Statement"]["RateBasedStatement"]["Limit"] == 2000
    assert set(rules) == {"rate", *MANAGED}
    assert len({r["Priority"] for r in rules.values()}) == len(rules)
    assert set(CAPACITY) == set(MANAGED)
    assert sum(CAPACITY.values()) + 2 <= 1500


def test_managed_rules_let_our_own_callers_through(every_option: Templates) -> None:
    """Guarantee: a long order, HTML in a text and a script without a name are only counted."""
    (acl,) = every_option.every("AWS::WAFv2::WebACL")
    for rule in acl.properties["Rules"]:
        group: dict[str, Any] = rule["Statement"].get("ManagedRuleGroupStatement", {})
        counted = [o["Name"] for o in group.get("RuleActionOverrides", ())]
        assert counted == list(MANAGED.get(rule["Name"], ()))
        if group:
            assert (group["VendorName"], rule["OverrideAction"]) == ("AWS", {"None": {}})


def test_the_acls_log_holds_no_credentials(every_option: Templates) -> None:
    """Guarantee: no key or token is logged, and no query: HubSpot puts an address into it."""
    (logging,) = every_option.every("AWS::WAFv2::LoggingConfiguration")
    redacted = logging.properties["RedactedFields"]
    headers = {f["SingleHeader"]["Name"] for f in redacted if "SingleHeader" in f}
    assert {"authorization", "x-api-key", "x-amz-security-token"} <= headers
    assert {"QueryString": {}} in redacted
    assert logging.properties["LoggingFilter"]["DefaultBehavior"] == "DROP"
