"""Answers the inventory's routes: products, their stock and its ledger, and reservations."""

from __future__ import annotations

import os
from random import SystemRandom

from core.audit import Journal
from core.clock import SystemClock
from core.crm.client_secrets import LiveSecrets
from core.gcra import Limit
from core.inventory.lists import Listing
from core.inventory.reserving import Reserving
from core.inventory.service import Inventory
from core.inventory.stocktaking import Stocktaking
from core.log import logger
from core.routes import Context
from core.settings import read
from core.store.access import StoredRegistry
from core.store.audit import StoredRecord
from core.store.inventory import StoredInventory
from core.store.limits import StoredShare
from core.store.lists import StoredLists
from core.store.marks import Lingers
from core.store.movements import StoredMovements
from core.store.reservations import StoredReservations
from core.store.secrets import read_secret
from core.store.table import client
from core.store.used import StoredUse
from core.ulids import Ulids
from core.web.app import Edge
from core.web.cors import Cors
from core.web.cursor import Cursors
from core.web.hubspot_users import HubspotUsers
from inventory_api.endpoints import Endpoints
from inventory_api.lists import ListEndpoints
from inventory_api.products import ProductEndpoints
from inventory_api.reservations import ReservationEndpoints
from inventory_api.settings import Settings
from inventory_api.stock import StockEndpoints

settings = read(Settings, os.environ)
clock, ids, random = SystemClock(), Ulids(), SystemRandom()
dynamodb = client()
lingers = Lingers(settings.order_linger_seconds, settings.stock_linger_seconds)
core, audit = settings.core_table, settings.audit_table
calls = Limit.per_second(settings.principal_rate, settings.principal_burst)
client_secrets = LiveSecrets(read_secret, settings.webhook_secret_arn, clock)

edge = Edge(
    registry=StoredRegistry(dynamodb, settings.access_table, clock),
    share=StoredShare(dynamodb, settings.access_table, clock, calls),
    clock=clock,
    log=logger("inventory_api"),
    vended_role_name=settings.vended_role_name,
    used=StoredUse(dynamodb, settings.access_table, clock),
    journal=Journal(StoredRecord(dynamodb, settings.audit_table), clock, ids),
    hubspot=HubspotUsers(settings.hubspot_public_url, client_secrets.live),
    cors=Cors(frozenset(settings.cors_origins.split())),
)
products = StoredInventory(dynamodb, core, audit, lingers)
movements = StoredMovements(dynamodb, core, audit, lingers)
reservations = StoredReservations(dynamodb, core, audit, lingers)
endpoints = Endpoints(
    products=ProductEndpoints(Inventory(products, clock, ids, random)),
    stock=StockEndpoints(Stocktaking(products, movements, clock, ids, random), clock),
    reservations=ReservationEndpoints(Reserving(reservations, clock, ids, random)),
    lists=ListEndpoints(
        Listing(StoredLists(dynamodb, core), products, clock, random),
        Cursors(read_secret(settings.guard_secret_arn).encode()),
    ),
)
handler = edge.handler(Context.INVENTORY, endpoints.by_route())
