"""Takes HubSpot's webhooks: checks the v3 signature, counts the events, answers 204.

What HubSpot cannot cure is answered 2xx all the same: any 4xx buys ten more deliveries in a day.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from core import metrics
from core.clock import SystemClock
from core.crm.client_secrets import LiveSecrets
from core.errors import Misconfigured, Unauthenticated
from core.log import logger
from core.routes import route
from core.settings import read
from core.store.secrets import read_secret
from core.web.hubspot_signature import is_genuine, raw_body
from core.web.problems import MEDIA_TYPE, SAFETY_HEADERS, problem
from hubspot_webhook.delivery import counted
from hubspot_webhook.settings import Settings

if TYPE_CHECKING:
    from core.errors import CountersignError

settings = read(Settings, os.environ)
log = logger("hubspot_webhook")
clock = SystemClock()
secrets = LiveSecrets(read_secret, settings.webhook_secret_arn, clock)

URI = settings.public_url.rstrip("/") + route("receive_webhooks").path
UNSIGNED = Unauthenticated("signature", "The request is not signed by HubSpot.")


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer one delivery: 204, or 401 for whatever is not HubSpot's."""
    request_id = str((event.get("requestContext") or {}).get("requestId", ""))
    body = raw_body(event)
    try:
        genuine = is_genuine(event, body, URI, secrets.live(), clock.now())
    except Misconfigured as error:
        return refused(error, request_id)
    if body is None or not genuine:
        return refused(UNSIGNED, request_id)
    counts = counted(body)
    for kind, number in counts.items():
        metrics.count("HubspotEvents", number, type=kind)
    log.info("received", extra={"request_id": request_id, "events": dict(counts)})
    return {"statusCode": 204, "headers": dict(SAFETY_HEADERS), "body": ""}


def refused(error: CountersignError, request_id: str) -> dict[str, Any]:
    """Answer with a problem, and say in the log why."""
    if isinstance(error, Unauthenticated):
        metrics.signature_failed()
    log.warning("refused", extra={"request_id": request_id, "reason": error.internal})
    status, headers, body = problem(error, request_id)
    return {"statusCode": status, "headers": headers | {"Content-Type": MEDIA_TYPE}, "body": body}
