"""Lets an OAuth app into a tenant's portal, and keeps its access token fresh: nobody else does.

Woken every minute, it renews what is due. The deployer invokes it, behind no door:

    {"action": "connect.begin", "tenant": "main", "redirect_uri": "http://localhost:8765/callback"}
    {"action": "connect.finish", "tenant": "main", "state": "…", "code": "…"}

Answers `{"ok": true, …}` with `url` and `state`, or with `portal` and `scopes`; or `{"ok": false,
"problem": "…"}`. No token and no client secret is in any event or answer.
"""

from __future__ import annotations

import os
import secrets
from typing import Any

from core import metrics
from core.clock import SystemClock
from core.contention import Contended
from core.crm.granting import Granting, Refusal, Renewal
from core.errors import CountersignError
from core.hubspot.oauth import HubspotTokens
from core.log import logger
from core.settings import read
from core.store import table
from core.store.grants import StoredGrants
from core.store.secrets import read_secret, write_secret
from core.store.tenancy import portal_of
from hubspot_oauth.settings import LEASE_SECONDS, Settings
from hubspot_oauth.vault import SecretVault

settings = read(Settings, os.environ)
log = logger("hubspot_oauth")
clock = SystemClock()
dynamodb = table.client()
tenants = settings.hubspot_oauth_tenants.split()
granting = Granting(
    StoredGrants(
        dynamodb, settings.access_table, clock, secrets.token_urlsafe, LEASE_SECONDS * 1000
    ),
    SecretVault(
        settings.hubspot_oauth_secret_prefix,
        settings.hubspot_secret_prefix,
        read_secret,
        write_secret,
    ),
    HubspotTokens(settings.hubspot_base_url, settings.hubspot_api_version),
    clock,
    secrets.token_urlsafe,
)


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Do what the operator asks for; without an action renew what is due."""
    if "action" not in event:
        return {"ok": True, "tenants": {tenant: renewed(tenant) for tenant in tenants}}
    try:
        return {"ok": True, **connected(event)}
    except CountersignError as error:
        log.warning("not connected", extra={"code": error.code, "reason": error.internal})
        return {"ok": False, "problem": error.public}
    except Contended:
        return {"ok": False, "problem": "The store is busy. Try again."}


def connected(event: dict[str, Any]) -> dict[str, Any]:
    """Begin or finish a connection."""
    action, tenant = str(event["action"]), str(event.get("tenant", ""))
    portal = portal_of(dynamodb, settings.access_table, tenant) if tenant in tenants else None
    if portal is None:
        return _refused(f"There is no active tenant {tenant!r} with hubspot_auth oauth.")
    if action == "connect.begin":
        url, state = granting.begin(
            tenant, settings.hubspot_app_url, str(event.get("redirect_uri", ""))
        )
        return {"url": url, "state": state}
    if action == "connect.finish":
        found, issued = granting.finish(
            tenant, portal, str(event.get("state", "")), str(event.get("code", ""))
        )
        log.info("connected", extra={"tenant": tenant, "portal": found})
        return {"portal": found, "scopes": sorted(issued.scopes)}
    return _refused(f"There is no action {action!r}.")


def renewed(tenant: str) -> str:
    """Renew a tenant's token if it is due; say what came of it, and count what an alarm watches."""
    if portal_of(dynamodb, settings.access_table, tenant) is None:
        return "switched off"
    try:
        done = granting.renew(tenant)
    except Refusal as error:
        # HubSpot will give no token until a person connects the app again.
        log.error("grant ended", extra={"tenant": tenant, "reason": error.internal})  # noqa: TRY400 - no trace is worth reading
        metrics.count("HubspotGrantEnded", 1, tenant=tenant)
        return "grant ended"
    except Exception:
        # Whatever it is, the next tenant's turn comes, and this one's in a minute.
        log.exception("not renewed", extra={"tenant": tenant})
        metrics.count("HubspotRefreshFailed", 1, tenant=tenant)
        return "failed"
    if done is Renewal.RENEWED:
        log.info("renewed", extra={"tenant": tenant})
    return str(done)


def _refused(problem: str) -> dict[str, Any]:
    return {"ok": False, "problem": problem}
