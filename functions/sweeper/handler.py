"""Every minute: ends orders whose call died in the middle, and reservations whose time is over."""

from __future__ import annotations

import os
from collections import Counter
from random import SystemRandom
from typing import TYPE_CHECKING, Any

from core.clock import SystemClock
from core.contention import Contended
from core.inventory.reserving import Reserving
from core.log import logger
from core.orders.sweep import Sweep
from core.settings import read
from core.store import marks
from core.store.customers import StoredCustomers
from core.store.due import due
from core.store.marks import Lingers
from core.store.orders import StoredOrders
from core.store.reservations import StoredReservations
from core.store.table import client
from core.store.tenancy import active_tenants
from core.ulids import Ulids
from sweeper.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_lambda_powertools.utilities.typing import LambdaContext

settings = read(Settings, os.environ)
log = logger("sweeper")
clock = SystemClock()
dynamodb = client()
lingers = Lingers(settings.order_linger_seconds, settings.stock_linger_seconds)
customers = StoredCustomers(dynamodb, settings.core_table, b"", lingers)  # it touches no guard
store = StoredOrders(dynamodb, settings.core_table, settings.audit_table, customers, lingers)
sweep = Sweep(store, clock, Ulids())
reservations = StoredReservations(dynamodb, settings.core_table, settings.audit_table, lingers)
reserving = Reserving(reservations, clock, Ulids(), SystemRandom())


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:  # noqa: ARG001 - a schedule says nothing
    """Sweep every tenant; what is contended is left to the next minute.

    What cannot be ended at all stops nobody else; at the end the run fails, so that it is noticed.
    """
    counts = Counter(released=0, expired=0, contended=0)
    for tenant in active_tenants(dynamodb, settings.access_table):
        _each(tenant, marks.SAGAS, sweep.sweep, counts, "released")
        _each(tenant, marks.RESERVATIONS, reserving.expire, counts, "expired")
    if counts["released"] or counts["contended"]:
        log.warning("swept", extra=counts)
    elif counts["expired"]:
        log.info("swept", extra=counts)
    if failed := counts.pop("failed", 0):
        raise RuntimeError(f"{failed} items could not be ended")
    return dict(counts)


def _each(
    tenant: str, queue: str, end: Callable[[str, str], bool], counts: Counter[str], as_: str
) -> None:
    """End what is due in a queue, and count what was ended."""
    for key in due(dynamodb, settings.core_table, tenant, queue, clock.now()):
        try:
            counts[as_] += end(tenant, key.pk.rsplit("#", 1)[1])
        except Contended:
            counts["contended"] += 1
        except Exception:
            log.exception("not ended", item=key.pk)
            counts["failed"] += 1
