"""The HubSpot twin as a program of its own, and the secrets that its portal hands out."""

from __future__ import annotations

import json
import secrets
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from core.crm.scopes import NEEDED
from local import paths, processes
from local.ports import LOOPBACK

if TYPE_CHECKING:
    from pathlib import Path

PORTAL = "1"
WEBHOOKS = paths.ROOT / "clients/hubspot/src/app/webhooks/webhooks-hsmeta.json"


@dataclass(frozen=True, slots=True)
class Portal:
    """What HubSpot would show its owner: where it is, the private app's token and client secret."""

    url: str
    token: str = field(default_factory=lambda: f"pat-local-{secrets.token_hex(16)}", repr=False)
    client_secret: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)


def start(port: int, state: Path) -> tuple[processes.Service, Portal]:
    """Start the twin on 127.0.0.1:`port` with new secrets and wait until it serves."""
    portal = Portal(f"http://{LOOPBACK}:{port}")
    command = [str(paths.PROJECT_PYTHON), "-m", "local.twin", "--port", str(port)]
    command += ["--portal", PORTAL, "--token", portal.token]
    command += ["--client-secret", portal.client_secret, "--scopes", " ".join(sorted(NEEDED))]
    service = processes.start(
        "The HubSpot twin",
        command,
        log=state / "logs" / "twin.log",
        env=processes.plain_environment(),
        cwd=paths.ROOT,
    )
    try:
        service.wait_ready(lambda: _serves(portal.url))
    except BaseException:
        service.stop()
        raise
    return service, portal


def send_webhooks(portal: Portal, to: str, authority: Path) -> None:
    """Let the twin tell `to`, signed as HubSpot signs, what the HubSpot project subscribes to."""
    told = {
        "hsmeta": json.loads(WEBHOOKS.read_text(encoding="utf-8")),
        "deliver_to": to,
        "signed_as": to,
        "authority": str(authority),
    }
    request = urllib.request.Request(  # noqa: S310 - the twin's own URL
        f"{portal.url}/_twin/webhooks",
        json.dumps(told).encode(),
        {"Content-Type": "application/json"},
        method="PUT",
    )
    with _direct().open(request, timeout=10):
        return


def _direct() -> urllib.request.OpenerDirector:
    """Return an opener that asks no proxy: the twin is on this machine."""
    return urllib.request.build_opener(urllib.request.ProxyHandler({}))


def _serves(url: str) -> bool:
    try:
        with _direct().open(f"{url}/_twin/stats", timeout=2):
            return True
    except (urllib.error.URLError, OSError):
        return False
