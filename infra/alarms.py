"""Every alarm: when it goes off, what it means, and what to do first.

The one table. The monitoring stack, docs/alarms.md and the tests are made from it; a deployment may
change thresholds by name (`alarm_thresholds`).
"""

from __future__ import annotations

from infra.alarm import MINUTE, Alarm, Of
from infra.compliance_alarms import COMPLIANCE_ALARMS
from infra.hubspot_alarms import HUBSPOT_ALARMS

DOORS = "doors"
"""The `service` of figures that several functions write: it is the doors' business."""

ALARMS = (
    Alarm(
        "Errors",
        Of.FUNCTION,
        "A function fails again and again",
        "Its log group: the last `ERROR` has the stack. What it was woken for comes again.",
        3,
    ),
    Alarm(
        "Throttles",
        Of.FUNCTION,
        "A function has no concurrency left",
        "Raise the account's Lambda quota, or the function's share in `reserved_concurrency`.",
        1,
    ),
    Alarm(
        "NotEmpty",
        Of.QUEUE,
        "Something failed for good and waits for a person",
        "Read the message (it names tenant and id, no values) and the function's log of that time; "
        "mend the cause, then redrive or delete it.",
        1,
        period=MINUTE,
        statistic="Maximum",
    ),
    Alarm(
        "OldestMessage",
        Of.QUEUE,
        "A queue falls behind: a message has waited for five minutes",
        "Is the consumer failing (its `Errors`), or HubSpot slow (`SyncLag`)?",
        300,
        statistic="Maximum",
        period=MINUTE,
        periods=3,
    ),
    Alarm(
        "ReconcileOldestMessage",
        Of.DEPLOYMENT,
        "A tenant's run of reconcile has waited for its turn for a quarter of an hour",
        "Read the function's log; a run goes on from its page. Then purge the dead letters.",
        900,
        statistic="Maximum",
        period=MINUTE,
        periods=3,
    ),
    Alarm(
        "NudgeIteratorAge",
        Of.DEPLOYMENT,
        "The stream of marked items is read late (milliseconds)",
        "Look at the nudge function's `Errors`; the schedule still nudges every minute meanwhile.",
        60_000,
        statistic="Maximum",
        period=MINUTE,
        periods=5,
    ),
    Alarm(
        "Door5xx",
        Of.DOOR,
        "One call in fifty fails on our side",
        "The door's access log names the paths, the functions' logs the cause by request id.",
        0.02,
        statistic="Average",
        periods=2,
    ),
    Alarm(
        "Door4xx",
        Of.DOOR,
        "Half of the calls are refused: a caller is broken, or someone tries",
        "The access log by status and principal; `countersign doctor` says why a call is refused.",
        0.5,
        statistic="Average",
        periods=3,
    ),
    Alarm(
        "DeniedCalls",
        Of.TENANT,
        "Known callers are denied what they ask for",
        "Logs Insights over the functions' groups: `filter DeniedCalls = 1 | stats count() by "
        "principal`. A new integration lacks a scope; an old one that suddenly asks for more may "
        "be in wrong hands: [incident](runbook.md).",
        50,
        service=DOORS,
    ),
    Alarm(
        "SignatureFailures",
        Of.DEPLOYMENT,
        "Calls come with a signature, key or token that does not hold",
        "The authorizer's and hubspot_webhook's logs by reason. After a rotation: is the previous "
        "secret still there? Otherwise someone tries: the access log has the addresses.",
        50,
        service=DOORS,
    ),
    *HUBSPOT_ALARMS,
    Alarm(
        "AuditUnsealedAge",
        Of.DEPLOYMENT,
        "Audit entries wait over ten minutes to be sealed, or nobody seals them (milliseconds)",
        "Its log says which tenant and why ([what to do](audit.md#when-it-is-not-sealed)).",
        600_000,
        statistic="Maximum",
        periods=2,
        service="audit_sealer",
        silence_alarms=True,
    ),
    *COMPLIANCE_ALARMS,
)

BY_NAME = {alarm.name: alarm for alarm in ALARMS}


def own(of: Of) -> tuple[Alarm, ...]:
    """Return the alarms on figures that our functions write, of one kind."""
    return tuple(alarm for alarm in ALARMS if alarm.of is of and alarm.service)
