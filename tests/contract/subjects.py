"""The two implementations of the stores' ports, and what a test may look at in each."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import boto3
from botocore.config import Config

from core.store import stock, table
from core.store.customers import StoredCustomers
from core.store.inventory import StoredInventory
from core.store.marks import Lingers
from core.store.orders import StoredOrders
from tests.fakes.stores import FakeStore
from tests.faults.injector import injected_into_moto
from tests.support import tables
from tests.support.quick_moto import quick_moto

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb import DynamoDBClient

    from core.inventory.model import Movement
    from core.inventory.ports import InventoryStore
    from core.orders.ports import OrderStore

TENANT, OTHER = "main", "other"
LINGERS = Lingers(orders=5, stock=60)


class Look(Protocol):
    """What is looked at past the port."""

    def ledger(self) -> list[Movement]:
        """Return every movement of every tenant."""
        ...

    def audited(self) -> list[tuple[str, str]]:
        """Return action and resource of every audit entry, in order of their ids."""
        ...


@dataclass(frozen=True, slots=True)
class Subject:
    """One implementation, with its faults (`script`, `decide`, `stop`)."""

    orders: OrderStore
    inventory: InventoryStore
    look: Look
    faults: Any
    dynamodb: DynamoDBClient | None = None

    def items(self, name: str = tables.CORE) -> list[dict[str, Any]]:
        """Return a table's items; only where there is one."""
        assert self.dynamodb is not None
        found = [table.from_wire(i) for i in self.dynamodb.scan(TableName=name)["Items"]]
        return sorted(found, key=lambda i: (i["pk"], i["sk"]))


@dataclass(frozen=True, slots=True)
class _Fake:
    store: FakeStore

    def ledger(self) -> list[Movement]:
        """Return every movement."""
        return list(self.store.rows.ledger.values())

    def audited(self) -> list[tuple[str, str]]:
        """Return the audit."""
        return [(e.action, e.resource) for _, e in sorted(self.store.rows.audit.items())]


@dataclass(frozen=True, slots=True)
class _Real:
    dynamodb: DynamoDBClient

    def ledger(self) -> list[Movement]:
        """Return every movement."""
        items = self.dynamodb.scan(TableName=tables.CORE)["Items"]
        return [stock.movement(table.from_wire(i)) for i in items if "#LEDGER#" in i["pk"]["S"]]

    def audited(self) -> list[tuple[str, str]]:
        """Return the audit."""
        items = self.dynamodb.scan(TableName=tables.AUDIT)["Items"]
        found = sorted((table.from_wire(i) for i in items), key=lambda i: str(i["sk"]))
        return [(i["action"], i["resource"]) for i in found]


@contextmanager
def fake() -> Iterator[Subject]:
    """Open the stores in memory."""
    store = FakeStore()
    yield Subject(store, store, _Fake(store), store.faults)


@contextmanager
def real() -> Iterator[Subject]:
    """Open the stores over moto; each attempt of a call is its own."""
    with quick_moto():
        config = Config(retries={"mode": "standard", "total_max_attempts": 1})
        dynamodb = boto3.client("dynamodb", config=config)
        tables.create(dynamodb)
        customers = StoredCustomers(dynamodb, tables.CORE, b"k" * 32, LINGERS)
        orders = StoredOrders(dynamodb, tables.CORE, tables.AUDIT, customers, LINGERS)
        inventory = StoredInventory(dynamodb, tables.CORE, tables.AUDIT, LINGERS)
        with injected_into_moto(dynamodb) as faults:
            yield Subject(orders, inventory, _Real(dynamodb), faults, dynamodb)


SUBJECTS = {"fake": fake, "moto": real}
