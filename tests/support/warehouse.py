"""The use cases over the real adapters, at any DynamoDB: what crash and race tests drive.

It also checks the invariants, by reading the tables and not through the code that is tested.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.access.principal import Kind, Principal
from core.audit import Act
from core.clock import SystemClock
from core.idempotency import Ticket
from core.inventory.model import Level, Movement, MovementKind
from core.orders.draft import DraftLine, OrderDraft
from core.orders.place import Placement
from core.orders.sweep import Sweep
from core.routes import Door
from core.store import marks, table
from core.store.customers import StoredCustomers
from core.store.due import due
from core.store.marks import Lingers
from core.store.orders import StoredOrders
from core.store.stock import put_level, put_line
from core.ulids import Ulids
from tests.support import tables

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mypy_boto3_dynamodb import DynamoDBClient

    from core.clock import Clock
    from core.orders.model import Order

TENANT = "main"
LINGERS = Lingers(orders=5, stock=60)
_BATCH = 24


@dataclass(frozen=True, slots=True)
class Warehouse:
    """One tenant's stock and orders in tables with a prefix."""

    dynamodb: DynamoDBClient
    prefix: str
    clock: Clock
    tenant: str = TENANT

    @property
    def orders(self) -> StoredOrders:
        """The real adapter."""
        core, audit = self.prefix + tables.CORE, self.prefix + tables.AUDIT
        customers = StoredCustomers(self.dynamodb, core, b"k" * 32, LINGERS)
        return StoredOrders(self.dynamodb, core, audit, customers, LINGERS)

    def stock(self, skus: Iterable[str], quantity: int) -> None:
        """Put opening stock of each SKU, 24 a transaction."""
        wanted = list(skus)
        core, at = self.prefix + tables.CORE, self.clock.now()
        for start in range(0, len(wanted), _BATCH):
            actions = []
            for sku in wanted[start : start + _BATCH]:
                level = Level(sku, "main", quantity, 0, opening=quantity)
                opened = Movement(sku, 1, sku, "main", MovementKind.OPENING, quantity, 0, at)
                actions.append(put_level(core, self.tenant, level, at, LINGERS))
                actions.append(put_line(core, self.tenant, opened))
            table.transact(self.dynamodb, actions)

    def place(self, key: str, lines: Iterable[DraftLine], seed: int | None = None) -> Order:
        """Place an order under an Idempotency-Key."""
        dice = random.Random(seed)  # noqa: S311 - dice for a test
        placement = Placement(self.orders, self.clock, Ulids(), dice)
        who = Principal(self.tenant, "role/test", Kind.ROLE, Door.SIGNED, frozenset())
        draft = OrderDraft("GBP", tuple(lines))
        return placement.place(Act(who, "test"), Ticket(key, "hash"), draft)

    def sweep(self) -> int:
        """Sweep once, finding as the sweeper does; return how many orders were ended."""
        sweep = Sweep(self.orders, self.clock, Ulids())
        core = self.prefix + tables.CORE
        found = list(due(self.dynamodb, core, self.tenant, marks.SAGAS, self.clock.now()))
        return sum(sweep.sweep(self.tenant, key.pk.rsplit("#", 1)[1]) for key in found)

    def items(self, name: str = tables.CORE) -> list[dict[str, Any]]:
        """Return every item of a table."""
        pages = self.dynamodb.get_paginator("scan").paginate(TableName=self.prefix + name)
        return [table.from_wire(item) for page in pages for item in page["Items"]]

    def check(self) -> Counter[str]:
        """Check what always holds; return how many orders stand in each state.

        No level below zero; each level is the sum of its ledger; what is reserved is what placed
        and half-placed orders took; an order is whole or holds nothing.
        """
        items = self.items()
        ledger: Counter[tuple[str, str, str]] = Counter()
        by_order: Counter[tuple[str, str]] = Counter()
        for item in items:
            if "#LEDGER#" in item["pk"]:
                for column in ("available", "reserved"):
                    ledger[item["sku"], item["location"], column] += item[column]
                by_order[item["cause"], item["sku"]] += item["reserved"]
        levels = [i for i in items if i["sk"].startswith("LEVEL#")]
        for level in levels:
            place = level["sku"], level["location"]
            assert level["available"] >= 0, level
            assert level["reserved"] >= 0, level
            assert level["available"] == ledger[*place, "available"], level
            assert level["reserved"] == ledger[*place, "reserved"], level
        states: Counter[str] = Counter()
        for header in (i for i in items if i["sk"] == "HEADER"):
            states[header["state"]] += 1
            self._check_order(header, items, by_order)
        records = [i for i in items if i["sk"] == "RECORD"]
        assert len(records) == sum(states.values())
        assert {r["status"] for r in records if r["status"] == "done"} <= {"done"}
        return states

    def _check_order(
        self,
        header: dict[str, Any],
        items: list[dict[str, Any]],
        by_order: Counter[tuple[str, str]],
    ) -> None:
        """Check that an order is whole when it is placed, and holds nothing when released."""
        pages = [i for i in items if i["pk"] == header["pk"] and i["sk"].startswith("PAGE#")]
        lines = [line for page in pages for line in page["lines"]]
        assert len(pages) == header["pages"]
        assert len(lines) == header["line_count"]
        assert header["subtotal"] == sum(n["quantity"] * n["unit_price"] for n in lines)
        wanted: Counter[str] = Counter()
        for line in lines:
            wanted[line["sku"]] += line["quantity"]
        held = {sku: q for (cause, sku), q in by_order.items() if cause == header["id"] and q}
        queue = header.get("work_queue", "").split("#")[1:2]
        if header["state"] == "placed":
            assert held == dict(wanted)
            assert queue == ["orders"]
            record = next(i for i in items if i.get("resource_id") == header["id"])
            assert record["status"] == "done"
        elif header["state"] == "released":
            assert held == {}
            assert queue == []
        else:
            assert set(held) <= set(wanted)
            assert queue == ["sagas"]


def warehouse(dynamodb: DynamoDBClient, prefix: str, clock: Clock | None = None) -> Warehouse:
    """Return the warehouse in the tables with that prefix, by default on the machine's clock."""
    return Warehouse(dynamodb, prefix, clock or SystemClock())


def skus(count: int) -> list[str]:
    """Return so many SKUs, in order."""
    return [f"S{n:04}" for n in range(count)]


def lines_of(count: int, quantity: int = 1) -> list[DraftLine]:
    """Return a line for each of so many SKUs."""
    return [DraftLine(sku, "main", quantity, 255) for sku in skus(count)]
