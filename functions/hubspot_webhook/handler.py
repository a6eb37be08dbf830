"""Takes HubSpot's webhooks: checks the v3 signature, queues what to look at, answers 204.

What HubSpot cannot cure is answered 2xx all the same: any 4xx buys ten more deliveries in a day.
What could not be queued is answered 503, so that HubSpot delivers it again.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from core import metrics
from core.clock import SystemClock
from core.contention import Contended, busy
from core.crm.client_secrets import LiveSecrets
from core.crm.events import sorted_events
from core.errors import Unauthenticated, Unavailable
from core.log import logger
from core.routes import route
from core.settings import read
from core.store import noticing, nudges, table
from core.store.secrets import read_secret
from core.store.tenancy import PortalTenants
from core.web.hubspot_signature import is_genuine, raw_body
from core.web.problems import MEDIA_TYPE, SAFETY_HEADERS, problem
from hubspot_webhook.delivery import listed
from hubspot_webhook.settings import Settings

if TYPE_CHECKING:
    from core.errors import CountersignError

settings = read(Settings, os.environ)
log = logger("hubspot_webhook")
clock = SystemClock()
sqs = nudges.client()
secrets = LiveSecrets(read_secret, settings.webhook_secret_arn, clock)
portals = PortalTenants(table.client(), settings.access_table, clock)

URI = settings.public_url.rstrip("/") + route("receive_webhooks").path
UNSIGNED = Unauthenticated("signature", "The request is not signed by HubSpot.")


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer one delivery: 204, 401 for whatever is not HubSpot's, 503 when it is not queued."""
    request_id = str((event.get("requestContext") or {}).get("requestId", ""))
    try:
        accept(event, request_id)
    except (Unauthenticated, Unavailable) as error:
        return refused(error, request_id)
    except Contended:
        return refused(busy(), request_id)
    return {"statusCode": 204, "headers": dict(SAFETY_HEADERS), "body": ""}


def accept(event: dict[str, Any], request_id: str) -> None:
    """Check a delivery and queue its notices; `Unauthenticated` when it is not HubSpot's."""
    body = raw_body(event)
    genuine = is_genuine(event, body, URI, secrets.live(), clock.now())
    if body is None or not genuine:
        raise UNSIGNED
    found = sorted_events(listed(body), portals.of, clock.now())
    noticing.send(sqs, settings.inbound_queue_url, found.notices)
    for kind, number in found.counts.items():
        metrics.count("HubspotEvents", number, type=kind)
    facts = {"events": dict(found.counts), "notices": len(found.notices)}
    log.info("received", extra={"request_id": request_id, **facts})


def refused(error: CountersignError, request_id: str) -> dict[str, Any]:
    """Answer with a problem, and say in the log why."""
    if isinstance(error, Unauthenticated):
        metrics.signature_failed()
    log.warning("refused", extra={"request_id": request_id, "reason": error.internal})
    status, headers, body = problem(error, request_id)
    return {"statusCode": status, "headers": headers | {"Content-Type": MEDIA_TYPE}, "body": body}
