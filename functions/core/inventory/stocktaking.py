"""Counting and adjusting stock: one movement each, written once.

A call that lost its reply, or an earlier one with the same Idempotency-Key, is known by its line in
the ledger: it is looked for before anything is decided.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from core.contention import Contended, Patience
from core.idempotency import Claim, refuse_other_body
from core.inventory.changes import (
    Adjustment,
    Count,
    adjusted,
    counted,
    no_level,
    too_few,
    unopened,
)
from core.inventory.model import Level, Movement, MovementId, Product
from core.inventory.ports import NoLevel, ProductChange, Short
from core.inventory.service import existing, refuse_too_many_locations

if TYPE_CHECKING:
    from core.audit import Act, Entry
    from core.clock import Clock
    from core.contention import Random
    from core.idempotency import Ticket
    from core.ids import Ids
    from core.inventory.ports import InventoryStore, StockStore


@dataclass(frozen=True, slots=True)
class Call:
    """A call in progress; `cause` is the id of the count or adjustment that it makes."""

    act: Act
    wanted: Count | Adjustment
    cause: str
    ticket: Ticket | None = None

    @property
    def tenant(self) -> str:
        """The tenant for whom the call is made."""
        return self.act.principal.tenant

    @property
    def claim(self) -> Claim | None:
        """What the call's Idempotency-Key is put to."""
        return Claim(self.ticket, self.cause) if self.ticket is not None else None


@dataclass(frozen=True, slots=True)
class Stocktaking:
    """The use cases of people who count and adjust."""

    products: InventoryStore
    stock: StockStore
    clock: Clock
    ids: Ids
    random: Random

    def count(self, act: Act, wanted: Count, ticket: Ticket | None = None) -> Movement:
        """Set what is on the shelf.

        `Conflict` (`count_version_stale`, `below_reserved`, `too_many_locations`), `NotFound`.
        """
        return self._settle(Call(act, wanted, self.ids.new(), ticket))

    def adjust(self, act: Act, wanted: Adjustment, ticket: Ticket) -> Movement:
        """Change what is on the shelf; `Conflict` (`out_of_stock`), `NotFound`."""
        return self._settle(Call(act, wanted, self.ids.new(), ticket))

    def level(self, tenant: str, sku: str, location: str) -> Level:
        """Return the stock of a SKU at a location; `NotFound`."""
        place = (sku, location)
        patience = Patience(self.clock, self.random)
        found = patience.until_done(partial(self.stock.levels, tenant, [place]))
        if place not in found:
            raise no_level()
        return found[place]

    def _settle(self, call: Call) -> Movement:
        patience = Patience(self.clock, self.random)
        return patience.until_settled(partial(self._try, call))

    def _try(self, call: Call) -> Movement:
        landed = self._landed(call)
        if landed is not None:
            return landed
        if isinstance(call.wanted, Count):
            return self._count(call, call.wanted)
        return self._adjust(call, call.wanted)

    def _landed(self, call: Call) -> Movement | None:
        """Return the movement that this call, or an earlier one with its key, has written."""
        cause, owed = call.cause, False
        if call.ticket is not None:
            record = self.stock.record(call.tenant, call.ticket.digest)
            refuse_other_body(record, call.ticket)
            if record is None:
                return None
            cause, owed = record.resource_id, True
        wanted = call.wanted
        line = MovementId(wanted.sku, wanted.location, cause, 1, wanted.kind)
        found = self.stock.written(call.tenant, [line])
        if owed and not found:  # only a read of another moment can miss it
            raise Contended
        return found[0] if found else None

    def _adjust(self, call: Call, wanted: Adjustment) -> Movement:
        movement = adjusted(wanted, call.cause, self.clock.now())
        try:
            self.stock.move(
                call.tenant, movement, self._entry(call, "stock.adjust"), claim=call.claim
            )
        except NoLevel as refused:
            raise no_level() from refused
        except Short as refused:
            raise too_few() from refused
        return movement

    def _count(self, call: Call, wanted: Count) -> Movement:
        product, levels = self.products.find(call.tenant, wanted.sku)
        known = {level.location: level for level in levels}
        if wanted.location not in known:
            return self._open(call, wanted, existing(product), levels)
        level = known[wanted.location]
        movement = counted(level, wanted, call.cause, self.clock.now())
        entry = self._entry(call, "stock.count")
        self.stock.move(call.tenant, movement, entry, seen=level.version, claim=call.claim)
        return movement

    def _open(
        self, call: Call, wanted: Count, product: Product, levels: tuple[Level, ...]
    ) -> Movement:
        """Count at a new location: a change of the product, which decides on back-orders."""
        before = unopened(wanted.sku, wanted.location, backorder=product.backorder)
        now = self.clock.now()
        movement = counted(before, wanted, call.cause, now)
        refuse_too_many_locations(len(levels) + 1)
        level = replace(before, available=wanted.on_hand, count_version=1, version=1)
        after = replace(product, version=product.version + 1, updated_at=now)
        change = ProductChange(call.tenant, product, after, opened=((level, movement),))
        self.products.save(change, self._entry(call, "stock.count"), call.claim)
        return movement

    def _entry(self, call: Call, action: str) -> Entry:
        wanted = call.wanted
        resource = f"stock/{wanted.sku}/{wanted.location}"
        fields = {"on_hand": ""}
        return call.act.entry(self.ids.new(), self.clock.now(), action, resource, fields=fields)
