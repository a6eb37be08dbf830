"""Answers the customers' routes: who they are, and what they have consented to."""

from __future__ import annotations

import os
from random import SystemRandom

from core.audit import Journal
from core.clock import SystemClock
from core.contact.rules import ContactRules
from core.customers.portals import Portals
from core.customers.service import Customers
from core.gcra import Limit
from core.log import logger
from core.routes import Context
from core.settings import read
from core.store.access import StoredRegistry
from core.store.audit import StoredRecord
from core.store.bindings import StoredBindings, StoredOwners
from core.store.customers import StoredCustomers
from core.store.limits import StoredShare
from core.store.marks import Lingers
from core.store.people import StoredPeople
from core.store.secrets import read_secret
from core.store.table import client
from core.store.used import StoredUse
from core.ulids import Ulids
from core.web.app import Edge
from core.web.cors import Cors
from core.web.cursor import Cursors
from customers_api.bindings import BindingEndpoints
from customers_api.endpoints import Endpoints
from customers_api.settings import Settings

settings = read(Settings, os.environ)
clock, ids, random = SystemClock(), Ulids(), SystemRandom()
dynamodb = client()
lingers = Lingers(settings.order_linger_seconds, settings.stock_linger_seconds)
core, audit = settings.core_table, settings.audit_table
guard_key = read_secret(settings.guard_secret_arn).encode()
calls = Limit.per_second(settings.principal_rate, settings.principal_burst)

registry = StoredRegistry(dynamodb, settings.access_table, clock)
edge = Edge(
    registry=registry,
    share=StoredShare(dynamodb, settings.access_table, clock, calls),
    clock=clock,
    log=logger("customers_api"),
    vended_role_name=settings.vended_role_name,
    used=StoredUse(dynamodb, settings.access_table, clock),
    owner=StoredOwners(dynamodb, core, guard_key).of,
    journal=Journal(StoredRecord(dynamodb, settings.audit_table), clock, ids),
    cors=Cors(frozenset(settings.cors_origins.split())),
)
people = StoredPeople(dynamodb, core, audit, StoredCustomers(dynamodb, core, guard_key, lingers))
portals = Portals(
    StoredBindings(dynamodb, core, audit, guard_key), registry.issues_for, clock, ids, random
)
endpoints = Endpoints(
    customers=Customers(people, clock, ids, random),
    cursors=Cursors(guard_key),
    rules=ContactRules(frozenset(settings.blocked_email_domains.split()), registry.phone_region),
    clock=clock,
    bindings=BindingEndpoints(portals),
)
handler = edge.handler(Context.CUSTOMERS, endpoints.by_route())
