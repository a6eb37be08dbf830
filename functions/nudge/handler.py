"""Wakes the writer of every tenant that has work, and once a minute that of every tenant.

A nudge carries no data and proves nothing: the writer looks for itself. So a lost or doubled one
costs at most a minute or an empty look.
"""

from __future__ import annotations

import os
from typing import Any

from core.clock import SystemClock
from core.log import logger
from core.settings import read
from core.store import nudges, table
from core.store.tenancy import active_tenants
from nudge.settings import Settings

settings = read(Settings, os.environ)
log = logger("nudge")
clock = SystemClock()
dynamodb = table.client()
sqs = nudges.client()


def handler(event: dict[str, Any], _context: object) -> None:
    """Take records of the core table's stream, or the schedule's event, which has none."""
    records = event.get("Records")
    if records is None:
        tenants = set(active_tenants(dynamodb, settings.access_table))
    else:
        tenants = {tenant_of(record) for record in records}
    nudges.send(sqs, settings.sync_queue_url, tenants, clock)
    log.info("nudged", extra={"tenants": sorted(tenants), "scheduled": records is None})


def tenant_of(record: dict[str, Any]) -> str:
    """Return whose item a stream record is about: the first part of its partition key."""
    return str(record["dynamodb"]["Keys"]["pk"]["S"]).split("#", 1)[0]
