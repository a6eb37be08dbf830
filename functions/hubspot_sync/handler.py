"""The one outbound writer of a tenant: brings HubSpot in step with what the store owes it.

Woken by the FIFO queue, whose group is the tenant; so no two runs of a tenant overlap.
"""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from core import metrics
from core.clock import SystemClock
from core.contention import Contended
from core.crm.conveyor import IN_FLIGHT
from core.errors import Unavailable
from core.hubspot.portals import Portals
from core.log import logger
from core.settings import read
from core.store import nudges, table
from core.store.access import StoredRegistry
from core.store.secrets import read_secret
from hubspot_sync.settings import Settings
from hubspot_sync.sync import Sync

if TYPE_CHECKING:
    from core.crm.tally import Tally

SCHEDULE_MS = 60_000
"""Whatever is due later than this is found by the schedule's own nudge."""

STORE_THREADS = 8

settings = read(Settings, os.environ)
log = logger("hubspot_sync")
clock = SystemClock()
dynamodb = table.client()
sqs = nudges.client()
registry = StoredRegistry(dynamodb, settings.access_table, clock)
portals = Portals(
    settings.hubspot_secret_prefix,
    settings.hubspot_base_url,
    settings.hubspot_api_version,
    read_secret,
    clock,
)
sync = Sync(
    settings,
    dynamodb,
    portals,
    ThreadPoolExecutor(IN_FLIGHT),
    ThreadPoolExecutor(STORE_THREADS),
    clock,
)


def handler(event: dict[str, Any], _context: object) -> None:
    """Take a nudge; the event source's batch size is one."""
    for record in event["Records"]:
        tenant = str(json.loads(record["body"])["tenant"])
        if registry.tenant_active(tenant):
            run(tenant)
        else:
            log.warning("nudged for a tenant that is switched off", extra={"tenant": tenant})


def run(tenant: str) -> None:
    """Run the tenant's writer, say what it did, and nudge it again when there is more."""
    try:
        tally = sync.run(tenant)
    except (Contended, Unavailable) as error:
        # Raising would hide the nudge until the queue's visibility ends; the schedule is sooner.
        log.exception("sync cannot run", extra={"tenant": tenant, "reason": str(error)})
        return
    report(tenant, tally)
    if tally.again_at is not None and tally.again_at - clock.now() < SCHEDULE_MS:
        nudges.send(sqs, settings.sync_queue_url, [tenant], clock)


def report(tenant: str, tally: Tally) -> None:
    """Write one log line and the metrics; a run that found nothing writes neither."""
    if not tally.rounds:
        return
    log.info("synced", extra={"tenant": tenant, **tally.facts()})
    metrics.milliseconds("SyncLag", tally.lags, tenant=tenant)
    for name, counter in (
        ("HubspotCalls", tally.calls),
        ("RecordsPushed", tally.landed),
        ("RecordsParked", tally.parked),
        ("HubspotRateLimited", tally.limited),
    ):
        if total := counter.total():
            metrics.count(name, total, tenant=tenant)
    for name, value in (
        ("HubspotUnknownOutcomes", tally.unknown),
        ("HubspotQuotaShared", tally.others),
        ("HubspotDown", int(tally.down)),
    ):
        if value:
            metrics.count(name, value, tenant=tenant)
    if tally.others:
        log.warning(
            "another program uses the same HubSpot quota",
            extra={"tenant": tenant, "calls_of_others": tally.others},
        )
