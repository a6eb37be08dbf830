"""The alarms on what the compliance report says; a part of `infra.alarms`."""

from __future__ import annotations

from infra.alarm import DAY, Alarm, Of

_COMPLIANCE = "compliance"

COMPLIANCE_ALARMS = (
    Alarm(
        "ComplianceFailures",
        Of.DEPLOYMENT,
        "The account is not as it must be: a secret is old, a log group has no retention, …",
        "`countersign compliance` names each rule, resource and since when "
        "([compliance](compliance.md)).",
        1,
        statistic="Maximum",
        period=DAY,
        service=_COMPLIANCE,
    ),
    Alarm(
        "KeyAgeDays",
        Of.TENANT,
        "An API key is 90 days old",
        "`countersign keys list`, then `keys rotate`: the old one stays good for the overlap.",
        90,
        statistic="Maximum",
        period=DAY,
        service=_COMPLIANCE,
    ),
    Alarm(
        "KeysNeverUsed",
        Of.TENANT,
        "An API key was made over 30 days ago and never used",
        "The function's log names its id. Ask its maker (`created_by`), then revoke it.",
        1,
        statistic="Maximum",
        period=DAY,
        service=_COMPLIANCE,
    ),
)
