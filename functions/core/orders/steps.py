"""Steps that move stock, chunk by chunk: shipping, and cancelling a whole order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.orders import plan
from core.orders.ports import Chunk
from core.orders.remaining import remaining
from core.orders.states import ENDS, MOVES

if TYPE_CHECKING:
    from core.clock import Clock
    from core.inventory.model import Movement
    from core.orders.model import Header, Order, OrderState
    from core.orders.ports import OrderStore


@dataclass(frozen=True, slots=True)
class Steps:
    """Cuts a step into chunks and drives it forwards.

    A step takes only what the order holds, so nothing can refuse it half-way: its call, a repeat of
    the call, or the sweeper brings it to its end.
    """

    store: OrderStore
    clock: Clock

    def drive(self, tenant: str, order: Order) -> Order:
        """Finish the step that an order is on, from whichever chunk it has come to."""
        while order.header.state in ENDS:
            header = order.header
            after, movements = self.moved(tenant, order, header.state, header.chunk + 1)
            self.store.commit(Chunk(tenant, header, after, movements))
            order = replace(order, header=after)
        return order

    def moved(
        self, tenant: str, order: Order, via: OrderState, number: int
    ) -> tuple[Header, tuple[Movement, ...]]:
        """Return the header after chunk `number` of a step, and what the chunk moves."""
        header, now = order.header, self.clock.now()
        reversals = self.store.reversals(tenant, header.id)
        cut = plan.chunks(plan.needs(remaining(order.lines, reversals)))
        moved = plan.movements(MOVES[via], header.id, header.attempt, cut[number - 1], now)
        after = replace(header, chunk=number, chunks=len(cut), updated_at=now)
        if number == len(cut):
            return arrived(after, ENDS[via], now), moved
        began = header.version + (header.state is not via)
        return replace(after, state=via, version=began), moved


def arrived(header: Header, state: OrderState, now: int) -> Header:
    """Return the header in a settled state, with the moment noted and its version raised."""
    return replace(
        header,
        state=state,
        updated_at=now,
        stages={**header.stages, str(state): now},
        version=header.version + 1,
    )
