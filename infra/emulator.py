"""Everything in which the local run differs from production; `make run` prints it, a test holds it.

Both deploy the same templates. What stands here is what the emulator cannot take, does not do, or
is given another value for. Plain data: nothing of CDK is imported.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """How a difference comes about."""

    LEFT_OUT = "left out by the parameter Where"
    SET_AFTER = "set after the deploy"
    IGNORED = "accepted and not done"
    SETTING = "another setting"


class Difference(NamedTuple):
    """The resource types or settings it is about, a property of them, and what holds locally."""

    kind: Kind
    types: tuple[str, ...]
    prop: str | None
    locally: str

    def __str__(self) -> str:
        """Return one line for a person."""
        name = ", ".join(t.removeprefix("AWS::") for t in self.types)
        subject = f"{name}.{self.prop}" if self.prop else name
        return f"{subject}: {self.locally} ({self.kind})"


_TABLE = ("AWS::DynamoDB::Table",)
_BUCKET = ("AWS::S3::Bucket",)
_STAGE = ("AWS::ApiGateway::Stage",)
_API = ("AWS::ApiGateway::RestApi",)
_FUNCTION = ("AWS::Lambda::Function",)
_MAPPING = ("AWS::Lambda::EventSourceMapping",)

DIFFERENCES: tuple[Difference, ...] = (
    Difference(Kind.LEFT_OUT, _TABLE, "DeletionProtectionEnabled", "tables can be thrown away"),
    Difference(
        Kind.LEFT_OUT,
        ("AWS::WAFv2::WebACLAssociation", "AWS::WAFv2::LoggingConfiguration"),
        None,
        "no web ACL stands before a door (on AWS: the settings waf_*)",
    ),
    Difference(
        Kind.LEFT_OUT,
        ("AWS::S3::BucketPolicy",),
        "PolicyDocument",
        "a block's place is held by its writer's condition, not by the bucket's policy",
    ),
    Difference(
        Kind.SET_AFTER, _BUCKET, "ObjectLockConfiguration", "set by local/fixups.py, then enforced"
    ),
    Difference(
        Kind.SET_AFTER, _TABLE, "PointInTimeRecoverySpecification", "set by local/fixups.py"
    ),
    Difference(Kind.SET_AFTER, _TABLE, "TimeToLiveSpecification", "set by local/fixups.py"),
    Difference(
        Kind.SET_AFTER,
        ("AWS::ApiGateway::RequestValidator",),
        "ValidateRequestParameters",
        "made again by local/fixups.py, then enforced",
    ),
    Difference(Kind.IGNORED, _TABLE, "SSESpecification", "tables are not encrypted"),
    Difference(Kind.IGNORED, _BUCKET, "BucketEncryption", "blocks are not encrypted"),
    Difference(Kind.IGNORED, _API, "SecurityPolicy", "the emulator's own TLS versions"),
    Difference(Kind.IGNORED, _API, "EndpointAccessMode", "the host name is not compared"),
    Difference(Kind.IGNORED, _STAGE, "AccessLogSetting", "no access log"),
    Difference(Kind.IGNORED, _STAGE, "TracingEnabled", "no traces"),
    Difference(Kind.IGNORED, _FUNCTION, "Architectures", "functions run on this machine's own"),
    Difference(Kind.IGNORED, _FUNCTION, "Runtime", "functions run on this machine's Python"),
    Difference(Kind.IGNORED, _FUNCTION, "TracingConfig", "no traces"),
    Difference(Kind.IGNORED, _MAPPING, "BisectBatchOnFunctionError", "a failing batch is repeated"),
    Difference(Kind.IGNORED, _MAPPING, "MaximumRetryAttempts", "repeated for 60 s, then dropped"),
    Difference(Kind.IGNORED, _MAPPING, "DestinationConfig", "a dropped batch is kept nowhere"),
    Difference(
        Kind.IGNORED,
        ("AWS::Lambda::Permission",),
        None,
        "any API may call any function",
    ),
    Difference(
        Kind.IGNORED,
        ("AWS::CloudWatch::Alarm",),
        None,
        "functions' own metrics do not exist, so no alarm goes off",
    ),
    Difference(Kind.SETTING, ("platform",), None, "wheels for this machine, not for arm64"),
    Difference(Kind.SETTING, ("order_linger_seconds",), None, "orders wait a shorter time"),
    Difference(Kind.SETTING, ("stock_linger_seconds",), None, "stock waits a shorter time"),
    Difference(Kind.SETTING, ("reconcile_full_hours",), None, "both sides are compared on demand"),
    Difference(Kind.SETTING, ("reconcile_changes_minutes",), None, "and so are changes"),
    Difference(Kind.SETTING, ("hubspot_base_url",), None, "HubSpot is the twin on this machine"),
    Difference(Kind.SETTING, ("hubspot_app_url",), None, "and so is the page that lets an app in"),
    Difference(Kind.SETTING, ("hubspot_public_url",), None, "doors have the emulator's addresses"),
    Difference(Kind.SETTING, ("signed_public_url",), None, "and so say vended credentials"),
    Difference(Kind.SETTING, ("principal_rate",), None, "a principal may call far more often"),
    Difference(Kind.SETTING, ("principal_burst",), None, "and more at once"),
    Difference(Kind.SETTING, ("tenants",), None, "the portal is the twin's"),
)

NOT_SHOWN: tuple[str, ...] = (
    "a body changed after signing is accepted: the payload hash is not compared",
    "a signature's region and service are not compared",
    "the emulator's root key passes every policy",
    "a secret can be read without the right to its key",
)
"""What AWS checks and the emulator does not, with nothing in a template to show for it."""
