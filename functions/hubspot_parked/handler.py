"""What HubSpot refused, for the operator: list, retry, discard. Invoked with his AWS credentials.

Events, each with `"tenant": "main"`:

    {"action": "list", "state": "parked", "kind": "products", "after": …, "limit": 100}
    {"action": "retry", "operator": "arn:…", "records": [{"kind": "products", "id": "01…"}]}
    {"action": "discard", …}                                        the same

Of a listing all but the action may be missing. Answers `{"ok": …, "problems": […]}` with `records`:
of a listing what is parked, and `next` for the page after it; of the others a result per record:
`owed`, `discarded`, `cured`, `not_found` or `busy`.
"""

from __future__ import annotations

import os
from random import SystemRandom
from typing import TYPE_CHECKING, Any

from core.clock import SystemClock, rfc3339
from core.contention import Contended
from core.crm.parking import Operator, Parking, Result
from core.errors import Busy, CountersignError
from core.ids import TENANT
from core.log import logger
from core.settings import read
from core.store import table
from core.store.parking import StoredParking
from core.store.tenancy import portal_of
from core.ulids import Ulids
from hubspot_parked.command import Change, Listing, command
from hubspot_parked.settings import Settings

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

    from core.crm.parking import ParkedRecord

settings = read(Settings, os.environ)
log = logger("hubspot_parked")
dynamodb = table.client()
store = StoredParking(dynamodb, settings.core_table, settings.audit_table)
parking = Parking(store, SystemClock(), Ulids(), SystemRandom())

DONE = {"retry": {Result.OWED, Result.CURED}, "discard": {Result.DISCARDED}}


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Do what the event asks for; a problem is a sentence, never an exception."""
    tenant = str(event.get("tenant", ""))
    try:
        asked = command(event)
        if not _active(tenant):
            return _answer([f"There is no active tenant named {tenant!r}."])
        if isinstance(asked, Listing):
            return _listed(tenant, asked)
        return _changed(tenant, asked, Operator(asked.operator, context.aws_request_id))
    except CountersignError as error:
        return _answer([error.public])
    except Contended:
        return _answer(["The store is busy. Try again."])


def _active(tenant: str) -> bool:
    known = TENANT.fullmatch(tenant)
    return bool(known) and portal_of(dynamodb, settings.access_table, tenant) is not None


def _listed(tenant: str, asked: Listing) -> dict[str, Any]:
    records, position = parking.page(tenant, asked.state, asked.kinds, asked.after, asked.limit)
    return _answer([], records=[_shown(r) for r in records], next=position)


def _changed(tenant: str, asked: Change, operator: Operator) -> dict[str, Any]:
    results = [
        {"kind": kind, "id": record, "result": _result(tenant, asked, kind, record, operator)}
        for kind, record in asked.records
    ]
    log.info(asked.action, extra={"tenant": tenant, "by": operator.name, "records": results})
    undone = [r for r in results if r["result"] not in DONE[asked.action]]
    return _answer([f"{r['kind']}/{r['id']}: {r['result']}" for r in undone], records=results)


def _result(tenant: str, asked: Change, kind: str, record: str, operator: Operator) -> str:
    change = parking.retry if asked.action == "retry" else parking.discard
    try:
        return change(tenant, kind, record, operator)
    except Busy:
        return "busy"


def _answer(problems: list[str], **more: Any) -> dict[str, Any]:
    return {"ok": not problems, "problems": problems, **more}


def _shown(record: ParkedRecord) -> dict[str, Any]:
    """Return a record as JSON; times that are not set are left out."""
    moments = {
        "since": record.since,
        "refused_at": record.refused_at,
        "retried_at": record.retried_at,
        "cured_at": record.cured_at,
        "discarded_at": record.discarded_at,
    }
    return {
        "kind": record.kind,
        "id": record.id,
        "of": record.of,
        "state": str(record.state),
        "category": record.reason.category,
        "codes": list(record.reason.codes),
        "message": record.reason.message,
        "refusals": record.refusals,
        "waiting_orders": record.waiting,
        **{name: rfc3339(at) for name, at in moments.items() if at is not None},
        **({"discarded_by": record.discarded_by} if record.discarded_by else {}),
    }
