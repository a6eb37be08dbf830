"""One call that places an order, and the first chunk that it opens the order with."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.customers.model import Customer
from core.customers.resolve import resolve
from core.idempotency import Record
from core.orders import plan
from core.orders.draft import drafted, priced, taken
from core.orders.model import OrderState
from core.orders.ports import Chunk
from core.orders.refusals import refuse_hopeless

if TYPE_CHECKING:
    from core.audit import Act
    from core.clock import Clock
    from core.customers.resolve import Resolution
    from core.idempotency import Ticket
    from core.ids import Ids
    from core.orders.draft import OrderDraft
    from core.orders.plan import Need
    from core.orders.ports import OrderStore

LEASE_MS = 35_000
"""Longer than API Gateway and our function let a call last (29 s)."""


@dataclass(slots=True)
class Call:
    """A call in progress: the order that it works on, and whether it holds the record's lease.

    `claim` is the end of a lease that it may have taken without hearing of it.
    """

    act: Act
    ticket: Ticket
    draft: OrderDraft
    order_id: str
    holds: bool = False
    claim: int | None = None

    @property
    def tenant(self) -> str:
        """The tenant for whom the call is made."""
        return self.act.principal.tenant


@dataclass(frozen=True, slots=True)
class Opening:
    """What must be read and decided before an order's first chunk can be written."""

    store: OrderStore
    clock: Clock
    ids: Ids

    def chunk(self, call: Call) -> Chunk:
        """Return the first chunk of a new order, or raise why there can be none."""
        lines = priced(call.draft, self.store.prices(call.tenant, call.draft.unpriced))
        needs = taken(call.draft, lines)
        self.refuse_hopeless(call, needs)
        resolution = self._customer(call)
        now = self.clock.now()
        customer_id = resolution.after.id if resolution is not None else None
        order = drafted(call.order_id, call.draft, lines, customer_id, now)
        done = order.header.state is not OrderState.RESERVING
        entry = call.act.entry(
            self.ids.new(),
            now,
            "order.place",
            f"order/{call.order_id}",
            fields=resolution.fingerprints() if resolution is not None else None,
        )
        return Chunk(
            tenant=call.tenant,
            before=None,
            after=order.header,
            movements=plan.placing(order.header, plan.chunks(needs)[0], now),
            ticket=call.ticket,
            record=Record(
                call.ticket.body_hash, call.order_id, done, 0 if done else now + LEASE_MS
            ),
            order=order,
            resolution=resolution,
            entry=entry,
        )

    def refuse_hopeless(self, call: Call, needs: tuple[Need, ...]) -> None:
        """Refuse without a write what one consistent read shows to be impossible."""
        levels = self.store.levels(call.tenant, [(n.sku, n.location) for n in needs])
        refuse_hopeless(call.draft, needs, levels)

    def _customer(self, call: Call) -> Resolution | None:
        draft = call.draft.customer
        if draft is None:
            return None
        guards = self.store.guards(call.tenant, draft.identities)
        owner = next((g.customer_id for g in guards.values() if g and g.customer_id), None)
        known = self.store.customer(call.tenant, owner) if owner is not None else None
        fresh = Customer(self.ids.new(), self.clock.now(), secrets.token_bytes(32))
        return resolve(draft, guards, known, fresh)
