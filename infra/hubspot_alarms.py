"""The alarms on what goes to HubSpot and comes from it; a part of `infra.alarms`."""

from __future__ import annotations

from infra.alarm import DAY, Alarm, Of

_SYNC, _CHECK, _RECONCILE = "hubspot_sync", "hubspot_check", "reconcile"
_INBOUND = "hubspot_inbound"
_OAUTH = "hubspot_oauth"

HUBSPOT_ALARMS = (
    Alarm(
        "HubspotDeletions",
        Of.DEPLOYMENT,
        "Over a hundred records were deleted in HubSpot within a day",
        "Who deleted them: HubSpot's audit log. Stop the cause before the records are made again.",
        100,
        period=DAY,
        service="hubspot_webhook",
        metric="HubspotEvents",
        dimensions={"type": "object.deletion"},
    ),
    Alarm(
        "RecordsParked",
        Of.TENANT,
        "HubSpot refused a record; it waits for a person",
        "`countersign hubspot parked list`: reason, then retry or discard ([parked](parked.md)).",
        1,
        service=_SYNC,
    ),
    Alarm(
        "HubspotRateLimited",
        Of.TENANT,
        "HubSpot answered 429 in spite of the budget",
        "As `HubspotQuotaShared`; without another program, look at the policy in the log's "
        "`limited`: `DAILY` is the account's day, shared with all its private apps.",
        5,
        service=_SYNC,
    ),
    Alarm(
        "HubspotQuotaShared",
        Of.TENANT,
        "Another program takes a tenth of HubSpot's quota, with the same token or the app's",
        "Nothing is lost: sync slows down to what is left. Give the program a token of its own, or "
        "let it call less; the log line `another program uses the same HubSpot quota` has the "
        "figure over time.",
        19,
        statistic="Maximum",
        service=_SYNC,
    ),
    Alarm(
        "HubspotDown",
        Of.TENANT,
        "No call was answered for minutes: 5xx, time-outs, or the account is being moved (477)",
        "Look at HubSpot's status page. One call each half minute finds out when it is back; what "
        "is owed waits in the table and goes out at once then. Nothing needs to be done here.",
        5,
        service=_SYNC,
    ),
    Alarm(
        "HubspotTokenFallback",
        Of.TENANT,
        "HubSpot accepts only the previous token",
        "`countersign hubspot check`; put the right one first ([tokens](hubspot-credentials.md)).",
        1,
        service=_SYNC,
    ),
    Alarm(
        "SyncLag",
        Of.TENANT,
        "Changes take over ten minutes to reach HubSpot (milliseconds)",
        "See `HubspotDown` and `HubspotRateLimited`; after a large import this is expected.",
        600_000,
        statistic="p95",
        service=_SYNC,
    ),
    Alarm(
        "InboundPutRight",
        Of.TENANT,
        "Somebody changes in HubSpot what is ours, again and again; it is put right",
        "The audit's `inbound.put_right` names record and fields. Find the workflow or integration "
        "that writes them, or give HubSpot the field ([ownership](ownership.md)).",
        20,
        service=_INBOUND,
    ),
    Alarm(
        "InboundUndone",
        Of.TENANT,
        "An order was moved in HubSpot to where it cannot go; it was moved back",
        "The order's note says why. Tell whoever moved it, or move the order on the right way.",
        1,
        service=_INBOUND,
    ),
    Alarm(
        "InboundConflicts",
        Of.TENANT,
        "A contact's e-mail address is another customer's here",
        "`countersign hubspot parked list --kind contacts.email`: two customers may be one person. "
        "Mend the address on one side, or retry to send ours ([parked](parked.md)).",
        1,
        service=_INBOUND,
    ),
    Alarm(
        "InboundLag",
        Of.TENANT,
        "Changes take over ten minutes to come from HubSpot (milliseconds)",
        "See `HubspotDown` and `HubspotRateLimited`; nothing is lost, notices wait.",
        600_000,
        statistic="Maximum",
        service=_INBOUND,
    ),
    Alarm(
        "HubspotFindings",
        Of.TENANT,
        "`countersign hubspot check` finds something wrong",
        "Run it: each finding says what to do.",
        1,
        statistic="Maximum",
        period=DAY,
        service=_CHECK,
    ),
    Alarm(
        "HubspotRefreshFailed",
        Of.TENANT,
        "An OAuth token could not be renewed; it has a few minutes left",
        "Is HubSpot up? The log of `hubspot_oauth` has the reason. It goes on trying each minute.",
        3,
        service=_OAUTH,
    ),
    Alarm(
        "HubspotGrantEnded",
        Of.TENANT,
        "HubSpot gives an OAuth app no more tokens",
        "It was taken out of the account, or its client secret changed: put that right, then "
        "`countersign hubspot connect` ([tokens](hubspot-credentials.md)). What is owed waits.",
        1,
        service=_OAUTH,
    ),
    Alarm(
        "HubspotTokenAgeDays",
        Of.TENANT,
        "HubSpot's token is 90 days old",
        "Rotate it without a lost call ([tokens](hubspot-credentials.md)).",
        90,
        statistic="Maximum",
        period=DAY,
        service=_CHECK,
    ),
    Alarm(
        "Drift",
        Of.TENANT,
        "Both sides differed though nothing was owed; it is being mended",
        "`countersign hubspot reconcile status` names it by field ([reconcile](reconcile.md)). "
        "Once: a lost webhook or an edit in HubSpot. Every day the same field: find who or what "
        "writes it there.",
        1,
        statistic="Maximum",
        service=_RECONCILE,
    ),
    Alarm(
        "DriftLeft",
        Of.TENANT,
        "HubSpot has records of which only a person can judge: strangers, copies, merged customers",
        "The same report and the log line `drift` name HubSpot's id. Delete it there, or mend the "
        "property `countersign_…_id`; the next full run no longer counts it.",
        1,
        statistic="Maximum",
        service=_RECONCILE,
    ),
    Alarm(
        "ReconcileOverdue",
        Of.TENANT,
        "No full comparison has ended for two intervals",
        "The status' `problem` says what it waits for: answer, token, scope, or the day's limit.",
        1,
        statistic="Maximum",
        service=_RECONCILE,
    ),
    Alarm(
        "ReconcileRateLimited",
        Of.TENANT,
        "HubSpot answers reconcile with 429",
        "As `HubspotRateLimited`; reconcile takes at most a third of the limit.",
        5,
        service=_RECONCILE,
        metric="HubspotRateLimited",
    ),
)
