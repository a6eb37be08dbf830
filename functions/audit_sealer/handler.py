"""Every minute: seals the audit entries of the minutes that have closed, tenant by tenant."""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING, Any

from audit_sealer.settings import Settings
from core import metrics
from core.clock import SystemClock
from core.contention import Contended, Superseded
from core.ids import DEPLOYMENT
from core.log import logger
from core.sealing.sealer import MINUTE_MS, Sealer
from core.settings import read
from core.store import locked
from core.store.locked import StoredBlocks
from core.store.sealing import StoredSeals
from core.store.table import client
from core.store.tenancy import all_tenants

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

SPARE_MS = 10_000
"""What is left of the function's time when a run begins nothing more."""

settings = read(Settings, os.environ)
log = logger("audit_sealer")
clock = SystemClock()
dynamodb = client()
blocks = StoredBlocks(locked.client(), settings.audit_bucket)
sealer = Sealer(StoredSeals(dynamodb, settings.audit_table), blocks, clock)


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:  # noqa: ARG001 - a schedule says nothing
    """Seal every tenant's entries, those switched off too, and the deployment's own.

    What is contended is left to the next minute. What cannot be sealed at all stops nobody else;
    at the end the run fails. The age of the oldest unsealed entry is only told by a run that has
    seen to all: an alarm takes silence for the worst.
    """
    deadline = clock.now() + context.get_remaining_time_in_millis() - SPARE_MS
    counts = Counter(blocks=0, entries=0, late=0, contended=0)
    ages, failed = [0], 0
    for tenant in _in_turn([DEPLOYMENT, *all_tenants(dynamodb, settings.access_table)]):
        try:
            tally = sealer.seal(tenant, deadline)
        except (Contended, Superseded):
            counts["contended"] += 1
        except Exception:
            log.exception("not sealed", tenant=tenant)
            failed += 1
        else:
            counts.update(blocks=tally.blocks, entries=tally.entries, late=tally.late)
            ages.append(tally.oldest)
    if counts["late"] or counts["contended"]:
        log.warning("sealed", extra=counts)
    if failed:
        raise RuntimeError(f"{failed} tenants could not be sealed")
    if not counts["contended"]:
        metrics.milliseconds("AuditUnsealedAge", [max(ages)])
    return dict(counts)


def _in_turn(tenants: list[str]) -> list[str]:
    """Return the tenants with another one first each minute, should time not be enough for all."""
    first = clock.now() // MINUTE_MS % len(tenants)
    return tenants[first:] + tenants[:first]
