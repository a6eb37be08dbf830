"""The customers' use cases over any DynamoDB, and what must hold of them whatever was done."""

from __future__ import annotations

from random import SystemRandom
from typing import TYPE_CHECKING

from core.access.principal import Kind, Principal
from core.audit import Act
from core.clock import SystemClock
from core.customers.service import Customers
from core.idempotency import Ticket
from core.routes import Door
from core.store import customer_items, keys, table
from core.store.customers import StoredCustomers
from core.store.marks import Lingers
from core.store.people import StoredPeople
from core.ulids import Ulids
from tests.support import tables

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from core.clock import Clock
    from core.customers.model import Customer

TENANT = "main"
GUARD_KEY = b"k" * 32


class Registrar:
    """A tenant's customers."""

    def __init__(
        self, dynamodb: DynamoDBClient, prefix: str = "", clock: Clock | None = None
    ) -> None:
        """Put the use cases together, as the handler does."""
        self.dynamodb, self.core = dynamodb, prefix + tables.CORE
        self.store = StoredCustomers(dynamodb, self.core, GUARD_KEY, Lingers(5, 60))
        people = StoredPeople(dynamodb, self.core, prefix + tables.AUDIT, self.store)
        self.customers = Customers(people, clock or SystemClock(), Ulids(), SystemRandom())

    def act(self) -> Act:
        """Return a call by a role."""
        return Act(Principal(TENANT, "role/1/R", Kind.ROLE, Door.SIGNED, frozenset()), "request")

    def ticket(self, digest: str = "") -> Ticket:
        """Return an Idempotency-Key's ticket, a new one unless it is named."""
        return Ticket(digest or Ulids().new(), "body")

    def everyone(self) -> list[Customer]:
        """Return every customer."""
        return [customer_items.customer(i) for i in self._items() if i["sk"] == "CUSTOMER"]

    def assert_guarded(self) -> None:
        """Check that each customer holds the guards of his identities, and nobody any other."""
        wanted = {
            keys.guard(TENANT, i.mac(GUARD_KEY)).pk: person.id
            for person in self.everyone()
            for i in person.identities
        }
        held = {
            i["pk"]: i["customer_id"]
            for i in self._items()
            if i["sk"] == "GUARD" and "customer_id" in i
        }
        assert held == wanted

    def _items(self) -> list[table.Item]:
        pages = self.dynamodb.get_paginator("scan").paginate(TableName=self.core)
        return [table.from_wire(item) for page in pages for item in page["Items"]]
