"""Answers `POST /v1/credentials`: a key or a client's token in, fifteen minutes of AWS out."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from core.audit import Journal
from core.clock import SystemClock
from core.gcra import Limit
from core.log import logger
from core.routes import Context
from core.settings import read
from core.store.access import StoredRegistry
from core.store.audit import StoredRecord
from core.store.limits import StoredShare
from core.store.sts import StsSessions, sts_client
from core.store.table import client
from core.ulids import Ulids
from core.web.app import Edge
from credentials_api.endpoints import Endpoints
from credentials_api.settings import Settings
from credentials_api.vending import Vending

if TYPE_CHECKING:
    from core.access.credential import Cuts

settings = read(Settings, os.environ)
clock, ids = SystemClock(), Ulids()
dynamodb, sts = client(), sts_client()
access = settings.access_table
calls = Limit.per_second(settings.principal_rate, settings.principal_burst)
vends = Limit.per_second(settings.vends_per_minute / 60, settings.vends_per_minute)

edge = Edge(
    registry=StoredRegistry(dynamodb, access, clock),
    share=StoredShare(dynamodb, access, clock, calls),
    clock=clock,
    log=logger("credentials_api"),
    journal=Journal(StoredRecord(dynamodb, settings.audit_table), clock, ids),
)


def current_cuts(tenant: str, principal_id: str) -> Cuts:
    """Return a principal's cuts by a registry that remembers nothing yet."""
    return StoredRegistry(dynamodb, access, clock).cuts(tenant, principal_id)


vending = Vending(
    sessions=StsSessions(sts, settings.vended_role_arn),
    record=StoredRecord(dynamodb, settings.audit_table),
    share=StoredShare(dynamodb, access, clock, vends, most=1),
    cuts=current_cuts,
    clock=clock,
    ids=ids,
    api_arn=settings.signed_api_arn,
)
handler = edge.handler(
    Context.CREDENTIALS, Endpoints(vending, settings.signed_url.rstrip("/")).by_route()
)
