"""Looks at the records that HubSpot's webhooks name, and brings our side in step.

Writes to our store only: what HubSpot must be told is marked, and sync pushes it. A notice that
cannot be settled now is queued again with a delay, so that an outage of HubSpot's kills none; one
that fails comes back by itself and ends among the dead letters.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from core.clock import SystemClock
from core.crm.notices import Notice, distinct, notice
from core.errors import Unavailable
from core.hubspot.portals import Portals
from core.log import logger
from core.settings import read
from core.store import noticing, nudges, table
from core.store.access import StoredRegistry
from core.store.secrets import read_secret
from hubspot_inbound.inbound import Inbound
from hubspot_inbound.report import report
from hubspot_inbound.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_lambda_powertools.utilities.typing import LambdaContext

    Identity = tuple[str, str, str, str]

THREADS = 8

settings = read(Settings, os.environ)
log = logger("hubspot_inbound")
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
guard_key = read_secret(settings.guard_secret_arn).encode()
inbound = Inbound(settings, guard_key, dynamodb, portals, ThreadPoolExecutor(THREADS), clock)


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Settle a batch of notices; what failed is named to SQS and comes back alone."""
    messages: dict[str, Notice] = {}
    failed: set[str] = set()
    for record in event["Records"]:
        sent_at = int(record["attributes"]["SentTimestamp"])
        try:
            messages[record["messageId"]] = notice(record["body"], sent_at)
        except ValueError as error:
            log.exception(
                "no notice", extra={"message_id": record["messageId"], "reason": str(error)}
            )
            failed.add(record["messageId"])
    by_tenant = sorted(distinct(messages.values()), key=attrgetter("tenant"))
    lost: set[Identity] = set()
    for tenant, some in groupby(by_tenant, key=attrgetter("tenant")):
        lost |= settle(tenant, tuple(some), context.aws_request_id)
    failed |= {i for i, one in messages.items() if one.identity in lost}
    return {"batchItemFailures": [{"itemIdentifier": i} for i in sorted(failed)]}


def settle(tenant: str, notices: tuple[Notice, ...], correlation_id: str) -> set[Identity]:
    """Settle a tenant's notices; return the identities of those that failed."""
    if not registry.tenant_active(tenant):
        log.warning("notices for a tenant that is switched off", extra={"tenant": tenant})
        return set()
    try:
        looked = inbound.look(tenant, notices, correlation_id)
    except Unavailable as error:
        # A call of set-up failed (token, pipelines): everything of this portal waits.
        log.warning("inbound cannot run", extra={"tenant": tenant, "reason": error.internal})
        return requeued(dict.fromkeys(notices, error.retry_after or 60))
    for one, why in looked.failed.items():
        facts = {"tenant": tenant, "type": one.type, "id": one.id, "reason": repr(why)}
        log.error("cannot be settled", exc_info=why, extra=facts)
    report(tenant, notices, looked, clock.now())
    later = {one: -(-ms // 1000) for one, ms in looked.later.items()}
    return requeued(later) | {one.identity for one in looked.failed}


def requeued(waiting: Mapping[Notice, int]) -> set[Identity]:
    """Queue notices again, each after so many seconds; return those that were not taken."""
    lost: set[Identity] = set()
    for seconds in sorted(set(waiting.values())):
        some = [one for one in waiting if waiting[one] == seconds]
        try:
            noticing.send(sqs, settings.inbound_queue_url, [n.again() for n in some], seconds)
        except Unavailable as error:
            log.warning("not queued again", extra={"reason": error.internal})
            lost |= {one.identity for one in some}
    return lost
