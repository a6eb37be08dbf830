"""Makes a tenant's portal ready. Invoked by the deployer, as often as he likes.

Event `{"tenant": "main"}`; answers with a report whose `ok` says whether sync can run.
"""

from __future__ import annotations

import os
from typing import Any

from core.clock import SystemClock
from core.errors import CountersignError
from core.hubspot.portals import Portals
from core.log import logger
from core.settings import read
from core.store import table
from core.store.secrets import read_secret
from core.store.tenancy import portal_of
from hubspot_provision.provision import Report, provision
from hubspot_provision.settings import Settings

settings = read(Settings, os.environ)
log = logger("hubspot_provision")
clock = SystemClock()
dynamodb = table.client()
portals = Portals(
    settings.hubspot_secret_prefix,
    settings.hubspot_base_url,
    settings.hubspot_api_version,
    read_secret,
    clock,
)


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Provision the portal of `event["tenant"]` and return the report."""
    tenant = str(event.get("tenant", ""))
    report = Report(tenant, settings.hubspot_api_version)
    portal_id = portal_of(dynamodb, settings.access_table, tenant)
    if portal_id is None:
        report.problems.append(f"There is no active tenant named {tenant!r}.")
        return report.body()
    try:
        portals.forget(tenant)
        report = provision(portals.of(tenant), tenant, portal_id, settings.hubspot_api_version)
    except CountersignError as error:
        report.problems.append(error.internal)
    log.info("provisioned", extra={"report": report.body()})
    return report.body()
