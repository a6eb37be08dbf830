"""Placing an order: one path for all sizes, safe to repeat at every point.

    no record ──first chunk──▶ reserving ──more chunks──▶ placed
    record, done ───────────▶ the same order again
    record, leased ─────────▶ 409, somebody is at it
    record, given up ───────▶ on at the header's chunk; released: attempt + 1 of the same order

Chunks are made from the order's lines alone, so whoever goes on writes the same ones, and the
header's `chunk` lets each land once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.contention import Contended, Patience, Superseded
from core.errors import Busy, Conflict, Refused
from core.idempotency import refuse_other_body
from core.orders import plan
from core.orders.call import LEASE_MS, Call, Opening
from core.orders.draft import taken
from core.orders.model import Order, OrderState
from core.orders.ports import Chunk, OutOfStock
from core.orders.refusals import out_of_stock
from core.orders.release import Release
from core.orders.states import PLACED_AS, UNPLACED

if TYPE_CHECKING:
    from core.audit import Act
    from core.clock import Clock
    from core.contention import Random
    from core.idempotency import Record, Ticket
    from core.ids import Ids
    from core.orders.draft import OrderDraft
    from core.orders.ports import OrderStore


@dataclass(frozen=True, slots=True)
class Placement:
    """The use case of placing an order."""

    store: OrderStore
    clock: Clock
    ids: Ids
    random: Random

    def place(self, act: Act, ticket: Ticket, draft: OrderDraft) -> Order:
        """Place the order, or return the one that this Idempotency-Key has placed.

        Raises `Conflict` (out of stock, in flight), `Unprocessable` (another body under the same
        key, unknown SKU) or, after three seconds of contention, `Busy`.
        """
        patience = Patience(self.clock, self.random)
        call = Call(act, ticket, draft, self.ids.new())
        try:
            while True:
                try:
                    return self._try(call)
                except (Contended, Superseded):
                    patience.wait()
        except (Busy, Refused):
            self._give_up(call)
            raise

    def _try(self, call: Call) -> Order:
        """Go from what the store holds now to a placed order; start over when it has moved."""
        record = self.store.record(call.tenant, call.ticket.digest)
        if record is None:
            order = self._open(call)
        else:
            self._join(call, record)
            order = self._stored(call)
        while order.header.state in UNPLACED:
            order = self._advance(call, order)
        return order

    def _join(self, call: Call, record: Record) -> None:
        """Take the record over, unless it is done or already this call's."""
        refuse_other_body(record, call.ticket)
        ours = record.resource_id == call.order_id or record.lease_until == call.claim
        if not record.done and not ours:
            now = self.clock.now()
            if record.lease_until > now:
                raise Conflict(
                    "idempotency_in_flight",
                    "A call with this Idempotency-Key is being worked on.",
                    retry_after=1 + (record.lease_until - now) // 1000,
                )
            try:
                self.store.take_over(call.tenant, call.ticket.digest, record, now + LEASE_MS)
            except Contended:
                call.claim = now + LEASE_MS  # only its reply may be lost: then this lease is ours
                raise
        call.order_id = record.resource_id
        call.holds = not record.done

    def _open(self, call: Call) -> Order:
        chunk = Opening(self.store, self.clock, self.ids).chunk(call)
        try:
            self.store.commit(chunk)
        except Contended:
            call.holds = True  # only its reply may be lost: what it has put must be given up
            raise
        except OutOfStock as refused:
            raise out_of_stock(call.draft, refused.short) from refused
        call.holds = chunk.after.state is OrderState.RESERVING
        return chunk.order  # type: ignore[return-value]  # an opening always has one

    def _advance(self, call: Call, order: Order) -> Order:
        """Commit the next chunk, give back a refused attempt, or begin another one."""
        if order.header.state is OrderState.RELEASING:
            return self._release(call, order)
        chunk = self._next(call, order)
        try:
            self.store.commit(chunk)
        except OutOfStock as refused:
            if order.header.state is OrderState.RESERVING:
                turned = Release(self.store, self.clock).begin(call.tenant, order.header)
                self._release(call, replace(order, header=turned))
            raise out_of_stock(call.draft, refused.short) from refused
        return replace(order, header=chunk.after)

    def _next(self, call: Call, order: Order) -> Chunk:
        header, now = order.header, self.clock.now()
        needs = taken(call.draft, order.lines)
        cut = plan.chunks(needs)
        again = header.state is OrderState.RELEASED
        entry = None
        if again:
            Opening(self.store, self.clock, self.ids).refuse_hopeless(call, needs)
            entry = call.act.entry(self.ids.new(), now, "order.retry", f"order/{header.id}")
        number = 1 if again else header.chunk + 1
        last = number == len(cut)
        placed = PLACED_AS[header.fulfilment]
        after = replace(
            header,
            state=placed if last else OrderState.RESERVING,
            attempt=header.attempt + again,
            chunk=number,
            updated_at=now,
            stages={str(placed): now} if last else {},
        )
        return Chunk(
            tenant=call.tenant,
            before=header,
            after=after,
            movements=plan.placing(after, cut[number - 1], now),
            ticket=call.ticket,
            ends=last,
            entry=entry,
        )

    def _release(self, call: Call, order: Order) -> Order:
        entry = call.act.entry(
            self.ids.new(),
            self.clock.now(),
            "order.release",
            f"order/{order.header.id}",
            result="refused",
        )
        released = Release(self.store, self.clock).run(call.tenant, order, entry)
        return replace(order, header=released)

    def _stored(self, call: Call) -> Order:
        order = self.store.order(call.tenant, call.order_id)
        if order is None:  # written with its record, so only a read of another moment can miss it
            raise Contended
        return order

    def _give_up(self, call: Call) -> None:
        """End the lease, so that a retry need not wait for it; it ends by itself if this fails."""
        if call.holds:
            try:
                self.store.give_up(call.tenant, call.ticket.digest, call.order_id)
            except (Contended, Superseded):
                return
