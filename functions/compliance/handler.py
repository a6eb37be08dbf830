"""Looks twice a day whether the account is as it must be, and says what is not and since when.

Woken by a schedule; the operator asks by the event `{"action": "look"}`, or for the last report by
`{"action": "last"}`. It reads settings and changes nothing but its own report.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from compliance.settings import Settings
from core import metrics
from core.clock import SystemClock
from core.compliance.keys import ages
from core.compliance.report import Report, report
from core.compliance.rules import judged
from core.log import logger
from core.settings import read
from core.store import table
from core.store.account import Account
from core.store.compliance import StoredReport
from core.store.keyring import StoredKeyring
from core.store.tenancy import active_tenants

if TYPE_CHECKING:
    from core.keyring.ports import KnownKey

PAGE = 50

settings = read(Settings, os.environ)
log = logger("compliance")
clock = SystemClock()
dynamodb = table.client()
reports = StoredReport(dynamodb, settings.access_table)
keyring = StoredKeyring(dynamodb, settings.access_table, "")  # it changes no key


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Look, or return what the last look found."""
    if event.get("action") == "last":
        last = reports.last()
        return {"ok": False, "problem": "Nobody has looked yet."} if last is None else shown(last)
    found = look()
    for tenant in active_tenants(dynamodb, settings.access_table):
        look_at_keys(tenant)
    return shown(found)


def look() -> Report:
    """Read the account, keep the report, and write each failure to the log and their number."""
    now, last = clock.now(), reports.last()
    before = {failure.id: failure.since for failure in last.failures} if last else {}
    account = Account(settings.stacks.split(), settings.fixed_secrets.split(), now)
    found = report(judged(account.facts()), before, now)
    reports.put(found)
    for failure in found.failures:
        log.warning("does not hold", extra={"rule": failure.rule, "resource": failure.name})
    metrics.count("ComplianceFailures", len(found.failures))
    return found


def look_at_keys(tenant: str) -> None:
    """Write the age of a tenant's oldest key, and how many were never used."""
    keys: list[KnownKey] = []
    after = None
    while True:
        page, after = keyring.page(tenant, "", after, PAGE)
        keys += page
        if after is None:
            break
    found = ages(keys, clock.now())
    if found.never_used:
        log.warning("never used", extra={"tenant": tenant, "keys": list(found.never_used)})
    metrics.count("KeyAgeDays", found.oldest_days, tenant=tenant)
    metrics.count("KeysNeverUsed", len(found.never_used), tenant=tenant)


def shown(found: Report) -> dict[str, Any]:
    """Return a report as JSON; times in epoch ms."""
    return {
        "ok": not found.failures,
        "at": found.at,
        "holding": dict(found.holding),
        "failures": [
            {"rule": f.rule, "resource": f.name, "should": f.says, "since": f.since}
            for f in found.failures
        ],
    }
