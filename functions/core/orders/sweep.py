"""Orders that stand in the middle for too long, because their call died.

A half-placed order gives back what it holds; a half-shipped or half-cancelled one is finished.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.audit import SWEEPER, Entry
from core.contention import Superseded
from core.orders.model import OrderState
from core.orders.release import STALE_AFTER_MS, Release
from core.orders.states import ENDS, ON_THE_WAY
from core.orders.steps import Steps

if TYPE_CHECKING:
    from core.clock import Clock
    from core.ids import Ids
    from core.orders.model import Order
    from core.orders.ports import OrderStore


@dataclass(frozen=True, slots=True)
class Sweep:
    """The use case of the sweeper."""

    store: OrderStore
    clock: Clock
    ids: Ids

    def sweep(self, tenant: str, order_id: str) -> bool:
        """End an order that is stale; return whether it was.

        Whether it is stale is decided from the header itself, never from the index that found it.
        """
        order = self.store.order(tenant, order_id)
        if order is None or order.header.state not in ON_THE_WAY:
            return False
        now = self.clock.now()
        if now < order.header.updated_at + STALE_AFTER_MS:
            return False
        try:
            if order.header.state in ENDS:
                Steps(self.store, self.clock).drive(tenant, order)
            else:
                self._release(tenant, order, now)
        except Superseded:  # its call lives after all, or another sweeper was quicker
            return False
        return True

    def _release(self, tenant: str, order: Order, now: int) -> None:
        release = Release(self.store, self.clock)
        if order.header.state is OrderState.RESERVING:
            order = replace(order, header=release.begin(tenant, order.header))
        release.run(tenant, order, self._entry(tenant, order.header.id, now))

    def _entry(self, tenant: str, order_id: str, now: int) -> Entry:
        return Entry(
            id=self.ids.new(),
            at=now,
            tenant=tenant,
            principal=SWEEPER,
            door="none",
            action="order.release",
            resource=f"order/{order_id}",
            correlation_id="",
            result="stale",
        )
