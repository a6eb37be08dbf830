"""Returns, and cancellations of some of an order's lines.

Each is one transaction: what it may take is decided from the order's earlier reversals, and the
header's version holds until it is written, so no line is given back twice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.contention import Contended, Patience, Superseded
from core.errors import Conflict, FieldError, TooLarge, Unprocessable
from core.idempotency import Record, refuse_other_body
from core.inventory.model import MovementKind
from core.orders import plan
from core.orders.model import OrderState, Reversal, ReversalKind, ReversedLine
from core.orders.ports import Chunk
from core.orders.read import read_order
from core.orders.remaining import remaining
from core.orders.states import CANCELLABLE, RETURNABLE
from core.orders.steps import arrived

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.audit import Act
    from core.clock import Clock
    from core.contention import Random
    from core.idempotency import Ticket
    from core.ids import Ids
    from core.orders.model import Header, Line, Order
    from core.orders.ports import OrderStore

_ALLOWED = {ReversalKind.RETURN: RETURNABLE, ReversalKind.CANCELLATION: CANCELLABLE}
_MOVES = {
    ReversalKind.RETURN: MovementKind.RETURN,
    ReversalKind.CANCELLATION: MovementKind.CANCEL,
}


@dataclass(frozen=True, slots=True)
class ReversalDraft:
    """What is to be given back: quantities by line number."""

    kind: ReversalKind
    quantities: Mapping[int, int]
    restock: bool = True
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Reverse:
    """The use case of returns and cancellations of lines."""

    store: OrderStore
    clock: Clock
    ids: Ids
    random: Random

    def reverse(
        self, act: Act, ticket: Ticket, order_id: str, draft: ReversalDraft
    ) -> tuple[Order, Reversal]:
        """Write the reversal, or return the one that this Idempotency-Key has written.

        `Conflict` when the order's state or what is left of its lines does not allow it.
        """
        patience = Patience(self.clock, self.random)
        reversal_id = self.ids.new()
        while True:
            try:
                return self._try(act, ticket, order_id, draft, reversal_id)
            except (Contended, Superseded):
                patience.wait()

    def _try(
        self, act: Act, ticket: Ticket, order_id: str, draft: ReversalDraft, reversal_id: str
    ) -> tuple[Order, Reversal]:
        tenant = act.principal.tenant
        record = self.store.record(tenant, ticket.digest)
        refuse_other_body(record, ticket)
        order = read_order(self.store, tenant, order_id)
        earlier = self.store.reversals(tenant, order_id)
        if record is not None:
            return order, next(r for r in earlier if r.id == record.resource_id)
        if order.header.state not in _ALLOWED[draft.kind]:
            raise Conflict(
                "illegal_reversal",
                f"An order that is {order.header.state} allows no {draft.kind}.",
            )
        left = remaining(order.lines, earlier)
        taken = _taken(order, left, draft)
        reversal = _reversal(reversal_id, draft, taken, self.clock.now())
        after = _after(order.header, reversal, everything=_units(taken) == _units(left))
        entry = act.entry(
            self.ids.new(),
            reversal.at,
            f"order.{draft.kind}",
            f"order/{order_id}",
            fields={f"lines.{line.number}": "" for line in taken[:20]},
        )
        kind = _MOVES[draft.kind]
        needs = plan.needs(taken) if draft.restock else ()
        self.store.commit(
            Chunk(
                tenant,
                order.header,
                after,
                plan.movements(kind, reversal.id, 1, needs, reversal.at),
                ticket=ticket,
                record=Record(ticket.body_hash, reversal.id, done=True),
                reversal=reversal,
                entry=entry,
            )
        )
        return replace(order, header=after), reversal


def _taken(order: Order, left: tuple[Line, ...], draft: ReversalDraft) -> tuple[Line, ...]:
    """Return the lines with the quantities to give back; refuse what is not there to give."""
    known = {line.number for line in order.lines}
    by_number = {line.number: line for line in left}
    unknown = [n for n in draft.quantities if n not in known]
    if unknown:
        wrong = tuple(
            FieldError(f"lines.{n}", "no_such_line", "Not in the order.") for n in unknown
        )
        raise Unprocessable("no_such_line", "The order has no such line.", fields=wrong)
    over = [
        n for n, q in draft.quantities.items() if n not in by_number or by_number[n].quantity < q
    ]
    if over:
        wrong = tuple(FieldError(f"lines.{n}", "more_than_left", "Not so many left.") for n in over)
        raise Conflict("more_than_left", "More than is left of a line.", fields=wrong)
    taken = tuple(replace(by_number[n], quantity=q) for n, q in sorted(draft.quantities.items()))
    if len(plan.chunks(plan.needs(taken))) > 1:
        raise TooLarge("too_many_skus", f"At most {plan.CHUNK} SKUs at once; send several.")
    return taken


def _reversal(
    reversal_id: str, draft: ReversalDraft, taken: tuple[Line, ...], now: int
) -> Reversal:
    lines = tuple(ReversedLine(line.number, line.quantity, line.amount) for line in taken)
    return Reversal(reversal_id, draft.kind, lines, now, draft.restock, draft.reason)


def _after(header: Header, reversal: Reversal, *, everything: bool) -> Header:
    """Return the header with the amount noted; cancelling all that is left cancels the order."""
    if reversal.kind is ReversalKind.RETURN:
        returned = header.returned + reversal.amount
        return replace(
            header, returned=returned, updated_at=reversal.at, version=header.version + 1
        )
    noted = replace(header, cancelled=header.cancelled + reversal.amount, updated_at=reversal.at)
    if everything:
        return arrived(noted, OrderState.CANCELLED, reversal.at)
    return replace(noted, version=header.version + 1)


def _units(lines: tuple[Line, ...]) -> int:
    return sum(line.quantity for line in lines)
