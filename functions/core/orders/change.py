"""Moving an order on: paid, processed, shipped, cancelled, refunded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.contention import Contended, Patience, Superseded
from core.errors import Conflict
from core.idempotency import Record, refuse_other_body
from core.orders.ports import Chunk
from core.orders.read import read_order
from core.orders.states import NEXT, VIA
from core.orders.steps import Steps, arrived

if TYPE_CHECKING:
    from core.audit import Act
    from core.clock import Clock
    from core.contention import Random
    from core.idempotency import Ticket
    from core.ids import Ids
    from core.inventory.model import Movement
    from core.orders.model import Order, OrderState
    from core.orders.ports import OrderStore


@dataclass(frozen=True, slots=True)
class Change:
    """The use case of moving an order to another state."""

    store: OrderStore
    clock: Clock
    ids: Ids
    random: Random

    def to(self, act: Act, ticket: Ticket, order_id: str, target: OrderState) -> Order:
        """Bring the order to `target`; an order that is there already is returned as it is.

        `Conflict` when the order cannot go there from where it stands.
        """
        patience = Patience(self.clock, self.random)
        while True:
            try:
                return self._try(act, ticket, order_id, target)
            except (Contended, Superseded):
                patience.wait()

    def _try(self, act: Act, ticket: Ticket, order_id: str, target: OrderState) -> Order:
        tenant = act.principal.tenant
        record = self.store.record(tenant, ticket.digest)
        refuse_other_body(record, ticket)
        steps = Steps(self.store, self.clock)
        order = steps.drive(tenant, read_order(self.store, tenant, order_id))
        if record is not None or order.header.state is target:
            return order
        if target not in NEXT[order.header.state]:
            raise Conflict(
                "illegal_transition",
                f"An order that is {order.header.state} cannot become {target}.",
            )
        return steps.drive(tenant, self._begin(act, ticket, order, target))

    def _begin(self, act: Act, ticket: Ticket, order: Order, target: OrderState) -> Order:
        """Commit the first chunk of the step, with the call's record and audit entry."""
        tenant, now = act.principal.tenant, self.clock.now()
        movements: tuple[Movement, ...] = ()
        if target in VIA:
            steps = Steps(self.store, self.clock)
            after, movements = steps.moved(tenant, order, VIA[target], 1)
        else:
            after = arrived(order.header, target, now)
        entry = act.entry(
            self.ids.new(),
            now,
            f"order.{target}",
            f"order/{order.header.id}",
            fields={"state": ""},
        )
        self.store.commit(
            Chunk(
                tenant,
                order.header,
                after,
                movements,
                ticket=ticket,
                record=Record(ticket.body_hash, order.header.id, done=True),
                entry=entry,
            )
        )
        return replace(order, header=after)
