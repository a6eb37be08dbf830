"""Answers the orders' routes: placing, reading, moving on, giving back."""

from __future__ import annotations

import os
from random import SystemRandom

from core.audit import Journal
from core.clock import SystemClock
from core.contact.rules import ContactRules
from core.crm.client_secrets import LiveSecrets
from core.gcra import Limit
from core.log import logger
from core.orders.change import Change
from core.orders.place import Placement
from core.orders.reverse import Reverse
from core.routes import Context
from core.settings import read
from core.store.access import StoredRegistry
from core.store.audit import StoredRecord
from core.store.bindings import StoredOwners
from core.store.customers import StoredCustomers
from core.store.limits import StoredShare
from core.store.marks import Lingers
from core.store.orders import StoredOrders
from core.store.secrets import read_secret
from core.store.table import client
from core.store.used import StoredUse
from core.ulids import Ulids
from core.web.app import Edge
from core.web.cors import Cors
from core.web.cursor import Cursors
from core.web.hubspot_users import HubspotUsers
from orders_api.batch import Batch
from orders_api.endpoints import Endpoints
from orders_api.settings import Settings

settings = read(Settings, os.environ)
clock = SystemClock()
dynamodb = client()
lingers = Lingers(settings.order_linger_seconds, settings.stock_linger_seconds)
guard_key = read_secret(settings.guard_secret_arn).encode()
calls = Limit.per_second(settings.principal_rate, settings.principal_burst)
client_secrets = LiveSecrets(read_secret, settings.webhook_secret_arn, clock)

registry = StoredRegistry(dynamodb, settings.access_table, clock)
rules = ContactRules(frozenset(settings.blocked_email_domains.split()), registry.phone_region)
edge = Edge(
    registry=registry,
    share=StoredShare(dynamodb, settings.access_table, clock, calls),
    clock=clock,
    log=logger("orders_api"),
    vended_role_name=settings.vended_role_name,
    used=StoredUse(dynamodb, settings.access_table, clock),
    owner=StoredOwners(dynamodb, settings.core_table, guard_key).of,
    journal=Journal(StoredRecord(dynamodb, settings.audit_table), clock, Ulids()),
    hubspot=HubspotUsers(settings.hubspot_public_url, client_secrets.live),
    cors=Cors(frozenset(settings.cors_origins.split())),
)
customers = StoredCustomers(dynamodb, settings.core_table, guard_key, lingers)
store = StoredOrders(dynamodb, settings.core_table, settings.audit_table, customers, lingers)
ids, random = Ulids(), SystemRandom()
placement = Placement(store, clock, ids, random)
endpoints = Endpoints(
    placement=placement,
    batch=Batch(placement, clock, rules),
    change=Change(store, clock, ids, random),
    reverse=Reverse(store, clock, ids, random),
    store=store,
    cursors=Cursors(guard_key),
    rules=rules,
)
handler = edge.handler(Context.ORDERS, endpoints.by_route())
