"""Many orders in one call: each stands or falls by itself, and says which."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from core.contention import busy
from core.errors import CountersignError, TooLarge
from core.orders.model import MAX_LINES
from core.web.batch import batch_problem
from core.web.problems import status_of
from orders_api.answers import BatchItemOut, BatchOut
from orders_api.drafts import order_draft

if TYPE_CHECKING:
    from core.clock import Clock
    from core.contact.rules import ContactRules
    from core.orders.place import Placement
    from core.web.app import Request
    from orders_api.schemas import BatchIn, OrderIn

MAX_BATCH_LINES = 2_000

BATCH_MS = 20_000
"""What is not begun by then is answered as busy, before API Gateway's 29 s cut everything off."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Places the orders of a batch one after the other, each under an Idempotency-Key of its own.

    The key is the call's with the order's place in the batch, so a repeat places only what was not.
    """

    placement: Placement
    clock: Clock
    rules: ContactRules

    def place(self, request: Request, body: BatchIn) -> BatchOut:
        """Place what can be placed; `TooLarge` above 2,000 lines in all."""
        if sum(len(order.lines) for order in body.orders) > MAX_BATCH_LINES:
            raise TooLarge("too_many_lines", f"A batch has at most {MAX_BATCH_LINES} lines.")
        deadline = self.clock.now() + BATCH_MS
        results = (
            self._item(request, index, order, deadline) for index, order in enumerate(body.orders)
        )
        return BatchOut(results=tuple(results))

    def _item(self, request: Request, index: int, body: OrderIn, deadline: int) -> BatchItemOut:
        try:
            refuse_too_long(body)
            ticket = request.ticket(body, part=str(index))
            if self.clock.now() > deadline:
                raise busy()
            draft = order_draft(body, self.rules, request.tenant)
            order = self.placement.place(request.act, ticket, draft)
        except CountersignError as error:
            if error.code == "idempotency_key_required":
                raise
            return BatchItemOut(index=index, status=status_of(error), problem=batch_problem(error))
        return BatchItemOut(index=index, status=HTTPStatus.CREATED, id=order.header.id)


def refuse_too_long(body: OrderIn) -> None:
    """Raise `TooLarge` for an order with more lines than one can have."""
    if len(body.lines) > MAX_LINES:
        raise TooLarge("too_many_lines", f"An order has at most {MAX_LINES} lines.")
