"""What a run did, as one log line and as figures for the alarms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core import metrics
from core.crm.inbound.cases import Result
from core.log import logger

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.crm.inbound.looking import Looked
    from core.crm.notices import Notice

log = logger("hubspot_inbound")

ALARMED = {
    Result.PUT_RIGHT: "InboundPutRight",
    Result.UNDONE: "InboundUndone",
    Result.CONFLICT: "InboundConflicts",
}
"""Results that a person may want to hear of, and their metrics' names."""


def report(tenant: str, notices: Iterable[Notice], looked: Looked, now: int) -> None:
    """Write the log line and the figures of a tenant's notices."""
    results = {str(result): count for result, count in looked.results.items()}
    facts = {"results": results, "later": len(looked.later), "failed": len(looked.failed)}
    log.info("looked", extra={"tenant": tenant, **facts})
    for result, count in looked.results.items():
        metrics.count("InboundLooks", count, tenant=tenant, result=result)
        if result in ALARMED:
            metrics.count(ALARMED[result], count, tenant=tenant)
    if looked.later:
        metrics.count("InboundLooks", len(looked.later), tenant=tenant, result="later")
    ages = [max(now - one.since, 0) for one in notices]
    metrics.milliseconds("InboundLag", [max(ages)] if ages else (), tenant=tenant)
