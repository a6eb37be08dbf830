"""Answers the routes of API keys: making, showing, rotating and revoking, on two proofs."""

from __future__ import annotations

import os
import secrets
from random import SystemRandom

from access_api.endpoints import Endpoints
from access_api.settings import Settings
from core.audit import Journal
from core.clock import SystemClock
from core.gcra import Limit
from core.keyring.keys import Keyring
from core.log import logger
from core.routes import Context
from core.settings import read
from core.store.access import StoredRegistry
from core.store.audit import StoredRecord
from core.store.keyring import StoredKeyring
from core.store.limits import StoredShare
from core.store.secrets import read_secret
from core.store.table import client
from core.store.used import StoredUse
from core.ulids import Ulids
from core.web.app import Edge
from core.web.cursor import Cursors

settings = read(Settings, os.environ)
clock, ids, random = SystemClock(), Ulids(), SystemRandom()
dynamodb = client()
calls = Limit.per_second(settings.principal_rate, settings.principal_burst)

edge = Edge(
    registry=StoredRegistry(dynamodb, settings.access_table, clock),
    share=StoredShare(dynamodb, settings.access_table, clock, calls),
    clock=clock,
    log=logger("access_api"),
    vended_role_name=settings.vended_role_name,
    used=StoredUse(dynamodb, settings.access_table, clock),
    journal=Journal(StoredRecord(dynamodb, settings.audit_table), clock, ids),
)
store = StoredKeyring(dynamodb, settings.access_table, settings.audit_table)
endpoints = Endpoints(
    Keyring(store, clock, ids, random, secrets.token_bytes),
    Cursors(read_secret(settings.guard_secret_arn).encode()),
    clock,
)
handler = edge.handler(Context.ACCESS, endpoints.by_route())
