"""/_twin/webhooks: what the app subscribed to, where it goes, and what goes wrong."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local.twin.webhooks.mishaps import KINDS, Mishap
from local.twin.webhooks.sending import poster, send_forever
from local.twin.webhooks.subscriptions import parse

if TYPE_CHECKING:
    from starlette.requests import Request

    from local.twin.control_endpoint import Table
    from local.twin.twin import Twin


def table() -> Table:
    """Return the endpoints."""
    return [
        ("GET", "/_twin/webhooks", show),
        ("PUT", "/_twin/webhooks", subscribe),
        ("DELETE", "/_twin/webhooks", unsubscribe),
        ("PUT", "/_twin/webhooks/mishaps", go_wrong),
        ("POST", "/_twin/webhooks/mishaps", script),
    ]


def show(twin: Twin, _request: Request, _body: Any) -> Any:
    """Say what was subscribed to, what happened to events, and when the next is due."""
    webhooks = twin.webhooks
    subscribed = webhooks.subscribed
    return {
        "subscriptions": [] if subscribed is None else [s.name for s in subscribed.subscriptions],
        "signed_as": webhooks.signed_as,
        "counts": dict(sorted(webhooks.queue.counts.items())),
        "given_up": len(webhooks.queue.given_up),
        "next_due": webhooks.queue.next_due(),
    }


def subscribe(twin: Twin, request: Request, body: Any) -> Any:
    """Subscribe an app: `hsmeta` as in webhooks-hsmeta.json; the rest is optional.

    deliver_to: where to post, else deliveries wait to be collected in the process. signed_as: the
    public URL (targetUrl). authority: PEM file to trust. client_secret, app_id, delay_ms.
    """
    subscribed = parse(body["hsmeta"])
    to = body.get("deliver_to")
    authority = Path(body["authority"]) if body.get("authority") else None
    post = None if to is None else poster(to, authority)
    secret = body.get("client_secret") or twin.client_secret or ""
    twin.webhooks.subscribe(subscribed, secret, body.get("signed_as", ""))
    twin.webhooks.queue.app_id = int(body.get("app_id", 1))
    twin.webhooks.queue.delay_ms = int(body.get("delay_ms", twin.webhooks.queue.delay_ms))
    _stop(twin)
    if post is not None:
        loop = asyncio.get_running_loop()
        twin.sending = loop.create_task(send_forever(twin.webhooks, post))
    return show(twin, request, body)


def unsubscribe(twin: Twin, request: Request, body: Any) -> Any:
    """Send nothing any more, and forget what waits."""
    _stop(twin)
    twin.webhooks.subscribed = None
    twin.webhooks.clear()
    return show(twin, request, body)


def _stop(twin: Twin) -> None:
    if twin.sending is not None:
        twin.sending.cancel()
        twin.sending = None


def go_wrong(twin: Twin, request: Request, body: Any) -> Any:
    """Draw mishaps: seed, rates by kind, and optionally late_ms, disorder_ms, varied."""
    mishaps = twin.webhooks.queue.mishaps
    mishaps.draw_from(int(body["seed"]), dict(body["rates"]))
    mishaps.late_ms = int(body.get("late_ms", mishaps.late_ms))
    mishaps.disorder_ms = int(body.get("disorder_ms", mishaps.disorder_ms))
    mishaps.varied = bool(body.get("varied", mishaps.varied))
    return show(twin, request, body)


def script(twin: Twin, request: Request, body: Any) -> Any:
    """Let the next events go wrong: kind, and optionally event (its full name) and times."""
    if body["kind"] not in KINDS:
        raise ValueError(f"no such mishap: {body['kind']}; there are {', '.join(KINDS)}")
    made = Mishap(body["kind"], body.get("event", ""), int(body.get("times", 1)))
    twin.webhooks.queue.mishaps.scripts.append(made)
    return show(twin, request, body)
