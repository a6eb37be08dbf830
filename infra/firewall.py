"""An optional web ACL before every door: AWS's managed rules, and a fuse against one flood."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_wafv2 as wafv2

from infra.logs import log_group
from infra.where import on_aws

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aws_cdk import aws_apigateway as apigateway
    from constructs import Construct

    from infra.deployment import Deployment

MANAGED: dict[str, tuple[str, ...]] = {
    "AWSManagedRulesAmazonIpReputationList": (),
    "AWSManagedRulesKnownBadInputsRuleSet": (),
    "AWSManagedRulesCommonRuleSet": (
        "SizeRestrictions_BODY",
        "CrossSiteScripting_BODY",
        "NoUserAgent_HEADER",
    ),
}
"""AWS's rule groups, and which of their rules only count.

An order's body is larger than 8 KB, a product's text may hold HTML, and scripts name no agent. The
list of anonymous addresses is left out: HubSpot calls from a cloud, which that list is full of.
"""

REDACTED = ("authorization", "x-api-key", "x-amz-security-token", "x-hubspot-signature-v3")
"""Headers that the ACL's log leaves out."""


class FirewallStack(cdk.Stack):
    """One ACL for all doors, so that an address's calls are counted together; and its log."""

    def __init__(self, scope: Construct, deployment: Deployment, **kwargs: object) -> None:
        """Make the stack `<name>Firewall`."""
        super().__init__(scope, f"{deployment.name}Firewall", **kwargs)  # type: ignore[arg-type]
        self.acl = wafv2.CfnWebACL(
            self,
            "Acl",
            name=f"{deployment.name}-doors",
            scope="REGIONAL",
            default_action=wafv2.CfnWebACL.DefaultActionProperty(allow={}),
            visibility_config=_seen_as("acl"),
            rules=list(_rules(deployment)),
        )
        self._log(deployment)

    def guard(self, scope: Construct, stage: apigateway.Stage) -> None:
        """Put the ACL before a door's stage, on AWS."""
        association = wafv2.CfnWebACLAssociation(
            scope, "Firewall", resource_arn=stage.stage_arn, web_acl_arn=self.acl.attr_arn
        )
        association.cfn_options.condition = on_aws(cdk.Stack.of(scope))

    def _log(self, deployment: Deployment) -> None:
        """Log what was stopped or counted; WAF wants this prefix of the group's name."""
        name = f"aws-waf-logs-{deployment.name}"
        group = log_group(self, "Logs", deployment.log_retention_days, name=name, keep=True)
        keep = wafv2.CfnLoggingConfiguration
        logging = wafv2.CfnLoggingConfiguration(
            self,
            "Logging",
            resource_arn=self.acl.attr_arn,
            log_destination_configs=[
                f"arn:{cdk.Aws.PARTITION}:logs:{cdk.Aws.REGION}:{cdk.Aws.ACCOUNT_ID}:log-group:{name}"
            ],
            redacted_fields=[
                keep.FieldToMatchProperty(single_header={"Name": header}) for header in REDACTED
            ]
            + [keep.FieldToMatchProperty(query_string={})],
            logging_filter=_only("BLOCK", "COUNT"),
        )
        logging.node.add_dependency(group)
        logging.cfn_options.condition = on_aws(self)


def _only(*actions: str) -> dict[str, object]:
    conditions = [{"ActionCondition": {"Action": action}} for action in actions]
    kept = {"Behavior": "KEEP", "Requirement": "MEETS_ANY", "Conditions": conditions}
    return {"DefaultBehavior": "DROP", "Filters": [kept]}


def _rules(deployment: Deployment) -> Iterator[wafv2.CfnWebACL.RuleProperty]:
    """Yield the fuse first: what it stops is not paid for twice."""
    if deployment.waf_rate_limit is not None:
        yield wafv2.CfnWebACL.RuleProperty(
            name="rate",
            priority=0,
            action=wafv2.CfnWebACL.RuleActionProperty(block={}),
            visibility_config=_seen_as("rate"),
            statement=wafv2.CfnWebACL.StatementProperty(
                rate_based_statement=wafv2.CfnWebACL.RateBasedStatementProperty(
                    limit=deployment.waf_rate_limit, aggregate_key_type="IP"
                )
            ),
        )
    if deployment.waf_managed_rules:
        for priority, (group, counted) in enumerate(MANAGED.items(), 1):
            yield _managed(priority, group, counted)


def _managed(priority: int, group: str, counted: tuple[str, ...]) -> wafv2.CfnWebACL.RuleProperty:
    return wafv2.CfnWebACL.RuleProperty(
        name=group,
        priority=priority,
        override_action=wafv2.CfnWebACL.OverrideActionProperty(none={}),
        visibility_config=_seen_as(group),
        statement=wafv2.CfnWebACL.StatementProperty(
            managed_rule_group_statement=wafv2.CfnWebACL.ManagedRuleGroupStatementProperty(
                vendor_name="AWS",
                name=group,
                rule_action_overrides=[
                    wafv2.CfnWebACL.RuleActionOverrideProperty(
                        name=rule,
                        action_to_use=wafv2.CfnWebACL.RuleActionProperty(count={}),
                    )
                    for rule in counted
                ],
            )
        ),
    )


def _seen_as(name: str) -> wafv2.CfnWebACL.VisibilityConfigProperty:
    return wafv2.CfnWebACL.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=False
    )
