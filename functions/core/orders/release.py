"""Giving back what a refused or stale order has set aside.

The header is turned to `releasing` first, so that no late chunk can land; then the ledger says what
was set aside. Every step can be repeated: a crash anywhere leaves the rest to the next run.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.inventory.model import undo
from core.orders import plan
from core.orders.model import OrderState

if TYPE_CHECKING:
    from core.audit import Entry
    from core.clock import Clock
    from core.inventory.model import Movement
    from core.orders.model import Header, Order
    from core.orders.ports import OrderStore

STALE_AFTER_MS = 60_000
"""How long a header may stand in the middle before the sweeper turns it: twice a call's lease."""


@dataclass(frozen=True, slots=True)
class Release:
    """The way from `reserving` to `released`."""

    store: OrderStore
    clock: Clock

    def begin(self, tenant: str, header: Header) -> Header:
        """Turn a header to `releasing`; `Superseded` when a chunk landed meanwhile."""
        turned = replace(header, state=OrderState.RELEASING, updated_at=self.clock.now())
        self.store.turn(tenant, header, turned)
        return turned

    def run(self, tenant: str, order: Order, entry: Entry) -> Header:
        """Give back what the ledger shows, then turn the header to `released`, audited."""
        header = order.header
        for chunk in plan.chunks(plan.needs(order.lines))[: header.chunk]:
            taken = plan.placing(header, chunk, self.clock.now())
            standing = self.store.written(tenant, taken)
            undone = [undo(m, self.clock.now()) for m in standing]
            given = {_identity(m) for m in self.store.written(tenant, undone)}
            owed = [m for m in undone if _identity(m) not in given]
            if owed:
                self.store.give_back(tenant, header, owed)
        released = replace(header, state=OrderState.RELEASED, updated_at=self.clock.now())
        self.store.turn(tenant, header, released, entry)
        return released


def _identity(movement: Movement) -> tuple[str, str]:
    return movement.sku, movement.location
