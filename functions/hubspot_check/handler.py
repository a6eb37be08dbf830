"""Looks whether each tenant's portal and token are as they must be, and says what is not.

Woken twice a day for all tenants; it then writes the metrics that the alarms watch. The deployer
asks it for one tenant by the event `{"tenant": "main"}` and gets the report.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import Any

from core import metrics
from core.clock import SystemClock
from core.errors import Unavailable
from core.hubspot.portals import Portals
from core.log import logger
from core.settings import read
from core.store import table
from core.store.secrets import current_since, read_secret
from core.store.tenancy import active_tenants, portal_of
from hubspot_check.check import Check, Report, Subject
from hubspot_check.settings import Settings

DAY_MS = 24 * 60 * 60_000

settings = read(Settings, os.environ)
log = logger("hubspot_check")
clock = SystemClock()
dynamodb = table.client()
portals = Portals(
    settings.hubspot_secret_prefix,
    settings.hubspot_base_url,
    settings.hubspot_api_version,
    read_secret,
    clock,
)
oauth_tenants = frozenset(settings.hubspot_oauth_tenants.split())


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Look at the portal of `event["tenant"]`, or at every tenant's."""
    declared = declared_portals()
    if "tenant" not in event:
        return everyone(declared)
    tenant = str(event["tenant"])
    if tenant not in declared:
        return {"ok": False, "problem": f"There is no active tenant named {tenant!r}."}
    try:
        return looked_at(tenant, declared).body()
    except Unavailable as error:
        return {"ok": False, "problem": f"HubSpot cannot answer now: {error.internal}"}


def everyone(declared: dict[str, str]) -> dict[str, Any]:
    """Look at every tenant's portal; fail at the end if HubSpot could not answer for one."""
    unknown = []
    for tenant in declared:
        try:
            looked_at(tenant, declared)
        except Unavailable as error:
            log.warning("not checked", extra={"tenant": tenant, "reason": error.internal})
            unknown.append(tenant)
    if unknown:
        raise Unavailable("hubspot_unavailable", "Try later.", internal=f"not checked: {unknown}")
    return {"ok": True, "checked": sorted(declared)}


def looked_at(tenant: str, declared: dict[str, str]) -> Report:
    """Look at one tenant's portal, and write what was found to the log and the metrics."""
    now = clock.now()
    oauth = tenant in oauth_tenants
    prefix = settings.hubspot_oauth_secret_prefix if oauth else settings.hubspot_secret_prefix
    age_days = (now - current_since(f"{prefix}{tenant}")) // DAY_MS
    today = datetime.fromtimestamp(now / 1000, UTC).date()
    check = Check(portals, settings.hubspot_api_version, today)
    others = {name: portal for name, portal in declared.items() if name != tenant}
    report = check.run(Subject(tenant, declared[tenant], age_days, oauth), others)
    for finding in report.findings:
        log.warning(finding.what, extra={"tenant": tenant, "code": finding.code})
    metrics.count("HubspotFindings", len(report.findings), tenant=tenant)
    metrics.count("HubspotTokenAgeDays", age_days, tenant=tenant)
    return report


def declared_portals() -> dict[str, str]:
    """Return each active tenant's portal as the deployment declares it."""
    access = settings.access_table
    found = {t: portal_of(dynamodb, access, t) for t in active_tenants(dynamodb, access)}
    return {tenant: portal for tenant, portal in found.items() if portal is not None}
