"""Compares what we hold with what HubSpot shows, and mends it.

Three ways to wake it:

    every minute               begins what is due and nudges each tenant that has a run in hand
    a message of the queue     goes on with one tenant's run for up to a minute
    {"tenant": …, "action": "start", "full": true} or {"tenant": …, "action": "status"}
                               an operator's word; answers `{"ok": …, "problems": […], "runs": …}`
"""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from core import metrics
from core.clock import SystemClock
from core.contention import Contended
from core.crm.notices import Notice
from core.crm.ownership import parsed
from core.crm.tally import Tally
from core.errors import CountersignError, Unavailable
from core.hubspot.portals import Portals
from core.log import logger
from core.reconcile.beginning import Beginning
from core.reconcile.run import Intervals
from core.settings import read
from core.store import noticing, nudges, table
from core.store.reconcile_runs import StoredRuns
from core.store.secrets import read_secret
from core.store.tenancy import active_tenants
from core.ulids import Ulids
from reconcile.asking import answer, asked
from reconcile.reporting import Reporting
from reconcile.settings import Settings
from reconcile.stretch import Stretches

if TYPE_CHECKING:
    from core.crm.properties import ObjectType

HUBSPOT_THREADS, STORE_THREADS = 4, 8
HOUR_MS, MINUTE_MS = 3_600_000, 60_000

settings = read(Settings, os.environ)
log = logger("reconcile")
clock = SystemClock()
dynamodb = table.client()
sqs = nudges.client()
reporting = Reporting(log)
beginning = Beginning(
    clock,
    Ulids(),
    Intervals(
        settings.reconcile_full_hours * HOUR_MS, settings.reconcile_changes_minutes * MINUTE_MS
    ),
)
portals = Portals(
    settings.hubspot_secret_prefix,
    settings.hubspot_base_url,
    settings.hubspot_api_version,
    read_secret,
    clock,
)


def look(tenant: str, kind: ObjectType, hubspot_id: str) -> None:
    """Let inbound look at a record, since HubSpot is right about it."""
    noticing.send(
        sqs, settings.inbound_queue_url, [Notice(tenant, kind, hubspot_id, since=clock.now())]
    )


stretches = Stretches(
    settings.core_table,
    dynamodb,
    portals,
    parsed(settings.field_ownership),
    ThreadPoolExecutor(HUBSPOT_THREADS),
    ThreadPoolExecutor(STORE_THREADS),
    clock,
    look,
    reporting.finding,
)


def handler(event: dict[str, Any], _context: object) -> dict[str, Any] | None:
    """Take a message of the queue, an operator's word, or the schedule's event."""
    if "Records" in event:
        for record in event["Records"]:
            go_on(str(json.loads(record["body"])["tenant"]))
        return None
    if "action" in event:
        return told(event)
    tick()
    return None


def tick() -> None:
    """Begin what is due, and nudge each tenant that has a run in hand."""
    nudged = []
    for tenant in active_tenants(dynamodb, settings.access_table):
        try:
            runs = stretches.runs(tenant)
            if beginning.overdue(runs):
                metrics.count("ReconcileOverdue", 1, tenant=tenant)
            if beginning.due(runs):
                nudged.append(tenant)
        except (Contended, Unavailable) as error:
            # The next tick is a minute away; the other tenants' turns come all the same.
            log.warning("tenant left out", extra={"tenant": tenant, "reason": str(error)})
    nudges.send(sqs, settings.reconcile_queue_url, nudged, clock)


def go_on(tenant: str) -> None:
    """Go on with a tenant's run, and report it when it is through."""
    if tenant not in active_tenants(dynamodb, settings.access_table):
        log.warning("nudged for a tenant that is switched off", extra={"tenant": tenant})
        return
    tally = Tally()
    try:
        reconciler, run = stretches.go_on(tenant, tally)
        if run is not None:
            reporting.stretch(tenant, run, tally)
        if run is not None and run.passing is None:
            # The figures first: a crash between counts them twice, and never not at all.
            reporting.through(tenant, run)
            reconciler.finish(run)
    except (Contended, CountersignError) as error:
        # Raising would hide the message until its visibility ends; the next minute is sooner.
        log.exception("reconcile cannot run", extra={"tenant": tenant, "reason": str(error)})


def told(event: dict[str, Any]) -> dict[str, Any]:
    """Do what an operator asks for; a problem is a sentence, never an exception."""
    try:
        wanted = asked(event)
        if wanted.tenant not in active_tenants(dynamodb, settings.access_table):
            return answer([f"There is no active tenant named {wanted.tenant!r}."])
        runs = StoredRuns(dynamodb, settings.core_table, wanted.tenant)
        if wanted.action == "status":
            return answer([], runs)
        if not beginning.asked(runs, full=wanted.full):
            return answer(["A run is in hand already."], runs)
        nudges.send(sqs, settings.reconcile_queue_url, [wanted.tenant], clock)
        return answer([], runs)
    except CountersignError as error:
        return answer([error.public])
    except Contended:
        return answer(["The store is busy. Try again."])
