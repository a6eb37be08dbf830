"""An optional web ACL that blocks one address's flood before it uses up the stage's throttle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Stack
from aws_cdk import aws_wafv2 as wafv2
from constructs import Construct

from infra.where import on_aws

if TYPE_CHECKING:
    from aws_cdk import aws_apigateway as apigateway


class RateRule(Construct):
    """Blocks an address that sends more than `limit` requests in five minutes (AWS: at least 10).

    HubSpot's functions share addresses with other shops, so the limit must be far above what one
    shop sends; it is a fuse, not a control.
    """

    def __init__(self, scope: Construct, stage: apigateway.Stage, limit: int) -> None:
        """Make the ACL and, on AWS, put it before the stage."""
        super().__init__(scope, "RateRule")
        acl = wafv2.CfnWebACL(
            self,
            "Acl",
            scope="REGIONAL",
            default_action=wafv2.CfnWebACL.DefaultActionProperty(allow={}),
            visibility_config=_seen_as("acl"),
            rules=[
                wafv2.CfnWebACL.RuleProperty(
                    name="rate",
                    priority=0,
                    action=wafv2.CfnWebACL.RuleActionProperty(block={}),
                    visibility_config=_seen_as("rate"),
                    statement=wafv2.CfnWebACL.StatementProperty(
                        rate_based_statement=wafv2.CfnWebACL.RateBasedStatementProperty(
                            limit=limit, aggregate_key_type="IP"
                        )
                    ),
                )
            ],
        )
        association = wafv2.CfnWebACLAssociation(
            self, "Association", resource_arn=stage.stage_arn, web_acl_arn=acl.attr_arn
        )
        association.cfn_options.condition = on_aws(Stack.of(self))


def _seen_as(name: str) -> wafv2.CfnWebACL.VisibilityConfigProperty:
    return wafv2.CfnWebACL.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=False
    )
