"""The inventory's and the orders' store in memory, for rules that need no DynamoDB.

It keeps the contract of the ports and nothing else: every write happens whole or not at all, and
`faults` can make any write conflict, or succeed without a reply.
"""

from __future__ import annotations

from collections import deque
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from core.contention import Contended
from core.customers.resolve import Guard
from core.idempotency import Record
from core.orders.draft import Price
from core.orders.model import OrderState
from core.orders.ports import OutOfStock
from tests.fakes.rows import Rows
from tests.faults.injector import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from core.audit import Entry
    from core.customers.model import Customer, Identity
    from core.customers.resolve import Resolution
    from core.idempotency import Claim
    from core.inventory.model import Level, Movement, Product
    from core.inventory.ports import ProductChange
    from core.orders.model import Header, Order, Reversal
    from core.orders.ports import Chunk


class FakeFaults:
    """Which writes go wrong: `script` is used up first, then `decide` is asked."""

    def __init__(self) -> None:
        """Let everything through."""
        self.script: deque[Fault | None] = deque()
        self.decide: Callable[[str], Fault | None] = lambda _: None

    def next(self) -> Fault | None:
        """Return what happens to the next write."""
        return self.script.popleft() if self.script else self.decide("write")

    def stop(self) -> None:
        """Let everything through from now on."""
        self.script.clear()
        self.decide = lambda _: None


class FakeStore:
    """`InventoryStore` and `OrderStore`."""

    def __init__(self) -> None:
        """Open an empty store."""
        self.rows = Rows()
        self.faults = FakeFaults()

    @contextmanager
    def _transaction(self) -> Iterator[Rows]:
        """Apply what the block does to the rows if it ends well, and if the faults allow it."""
        fault = self.faults.next()
        if fault is not None and fault is not Fault.LOST:
            raise Contended
        changed = self.rows.copy()
        yield changed
        self.rows = changed
        if fault is Fault.LOST:
            raise Contended

    def find(self, tenant: str, sku: str) -> tuple[Product | None, tuple[Level, ...]]:
        """Return the product and its levels."""
        levels = sorted((k[2], v) for k, v in self.rows.levels.items() if k[:2] == (tenant, sku))
        return self.rows.products.get((tenant, sku)), tuple(level for _, level in levels)

    def speaks_for_case(self, tenant: str, sku: str) -> bool:
        """Return whether no SKU that differs in case only was there before this one."""
        return self.rows.folds.get((tenant, sku.casefold()), sku) == sku

    def save(self, change: ProductChange, entry: Entry, claim: Claim | None = None) -> None:
        """Write all of the change."""
        t, after = change.tenant, change.after
        with self._transaction() as rows:
            stored = rows.products.get((t, after.sku))
            before = change.before
            same = stored is None if before is None else stored is not None
            rows.require(holds=same)
            if before is not None and stored is not None:
                rows.require(holds=stored.version == before.version)
            if before is None and after.speaks_for_case:
                owner = rows.folds.setdefault((t, after.sku.casefold()), after.sku)
                rows.require(holds=owner == after.sku)
            rows.products[t, after.sku] = after
            for level, movement in change.opened:
                rows.require(holds=(t, level.sku, level.location) not in rows.levels)
                rows.levels[t, level.sku, level.location] = level
                m = movement
                rows.ledger[t, m.sku, m.location, m.cause, m.attempt, m.kind] = m
            for old in change.reflagged:
                place = (t, old.sku, old.location)
                rows.levels[place] = replace(rows.levels[place], backorder=after.backorder)
            if claim is not None:
                digest = claim.ticket.digest
                rows.require(holds=(t, digest) not in rows.records)
                record = Record(claim.ticket.body_hash, claim.resource_id, done=True)
                rows.records[t, digest] = record
            rows.note(entry)

    def record(self, tenant: str, digest: str) -> Record | None:
        """Return the idempotency record."""
        return self.rows.records.get((tenant, digest))

    def take_over(self, tenant: str, digest: str, seen: Record, lease_until: int) -> None:
        """Take a record whose lease has ended."""
        with self._transaction() as rows:
            rows.require(holds=rows.records.get((tenant, digest)) == seen and not seen.done)
            rows.records[tenant, digest] = replace(seen, lease_until=lease_until)

    def give_up(self, tenant: str, digest: str, resource_id: str) -> None:
        """End the lease of a call that is not done."""
        with self._transaction() as rows:
            record = rows.records.get((tenant, digest))
            rows.require(
                holds=record is not None and record.resource_id == resource_id and not record.done
            )
            assert record is not None
            rows.records[tenant, digest] = replace(record, lease_until=0)

    def levels(
        self, tenant: str, places: Iterable[tuple[str, str]]
    ) -> Mapping[tuple[str, str], Level]:
        """Return stock by (SKU, location)."""
        return {p: self.rows.levels[tenant, *p] for p in places if (tenant, *p) in self.rows.levels}

    def prices(self, tenant: str, skus: Iterable[str]) -> Mapping[str, Price]:
        """Return prices by SKU."""
        found = {s: self.rows.products.get((tenant, s)) for s in skus}
        return {s: Price(p.price, p.currency) for s, p in found.items() if p is not None}

    def guards(
        self, tenant: str, identities: Sequence[Identity]
    ) -> Mapping[Identity, Guard | None]:
        """Return the guard of each identity."""
        return {i: self.rows.guards.get((tenant, i)) for i in identities}

    def customer(self, tenant: str, customer_id: str) -> Customer | None:
        """Return a customer."""
        return self.rows.customers.get((tenant, customer_id))

    def order(self, tenant: str, order_id: str) -> Order | None:
        """Return a whole order."""
        return self.rows.orders.get((tenant, order_id))

    def reversals(self, tenant: str, order_id: str) -> tuple[Reversal, ...]:
        """Return an order's returns and cancellations of lines."""
        return self.rows.reversals.get((tenant, order_id), ())

    def commit(self, chunk: Chunk) -> None:
        """Write all of a chunk or nothing."""
        with self._transaction() as rows:
            refused = rows.move(chunk.tenant, chunk.movements)
            self._frame(rows, chunk)
            if any(level.covers(-m.available) for m, level in refused):
                raise Contended
            if refused:
                raise OutOfStock([(m.sku, m.location) for m, _ in refused])

    def _frame(self, rows: Rows, chunk: Chunk) -> None:
        """Write everything of a chunk that is not stock."""
        t, order_id = chunk.tenant, chunk.after.id
        if chunk.before is None:
            assert chunk.order is not None
            rows.require(holds=(t, order_id) not in rows.orders)
            rows.orders[t, order_id] = chunk.order
        else:
            rows.turn(t, chunk.before, chunk.after)
        if chunk.resolution is not None:
            self._customer(rows, t, chunk.resolution)
        if chunk.ticket is not None and chunk.record is not None:
            rows.require(holds=(t, chunk.ticket.digest) not in rows.records)
            rows.records[t, chunk.ticket.digest] = chunk.record
        if chunk.ticket is not None and chunk.ends:
            record = rows.records.get((t, chunk.ticket.digest))
            rows.require(holds=record is not None and record.resource_id == order_id)
            assert record is not None
            rows.records[t, chunk.ticket.digest] = replace(record, done=True, lease_until=0)
        if chunk.reversal is not None:
            rows.reversals[t, order_id] = (*rows.reversals.get((t, order_id), ()), chunk.reversal)
        rows.note(chunk.entry)

    def _customer(self, rows: Rows, tenant: str, resolution: Resolution) -> None:
        after = resolution.after
        rows.require(holds=rows.customers.get((tenant, after.id)) == resolution.before)
        rows.customers[tenant, after.id] = after
        for identity in resolution.taken:
            rows.require(holds=(tenant, identity) not in rows.guards)
            rows.guards[tenant, identity] = Guard(after.id)
        for identity in resolution.dropped:
            rows.require(holds=rows.guards.pop((tenant, identity), None) == Guard(after.id))
        for identity in resolution.held:
            rows.require(holds=rows.guards.get((tenant, identity)) == Guard(after.id))

    def turn(self, tenant: str, before: Header, after: Header, entry: Entry | None = None) -> None:
        """Move a header that has nothing else to move with it."""
        with self._transaction() as rows:
            rows.turn(tenant, before, after)
            rows.note(entry)

    def written(self, tenant: str, movements: Sequence[Movement]) -> tuple[Movement, ...]:
        """Return those of the movements that stand in the ledger."""
        keys = ((tenant, m.sku, m.location, m.cause, m.attempt, m.kind) for m in movements)
        return tuple(self.rows.ledger[k] for k in keys if k in self.rows.ledger)

    def give_back(self, tenant: str, header: Header, movements: Sequence[Movement]) -> None:
        """Write movements that undo a chunk, while the header is still `releasing`."""
        with self._transaction() as rows:
            stored = rows.orders[tenant, header.id].header
            still = (OrderState.RELEASING, header.attempt)
            rows.require(holds=(stored.state, stored.attempt) == still)
            rows.require(holds=not rows.move(tenant, movements))
