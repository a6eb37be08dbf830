"""Between HTTP and the orders' use cases."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from core.ids import ID
from core.orders.model import OrderState, ReversalKind
from core.orders.read import OrderQuery, no_order, read_order
from core.orders.reverse import ReversalDraft
from core.orders.states import NEXT
from core.web.app import Answer
from core.web.body import parse
from core.web.query import choice, limit, text
from orders_api import answers
from orders_api.batch import refuse_too_long
from orders_api.drafts import order_draft, quantities
from orders_api.schemas import BatchIn, CancellationIn, OrderIn, ReturnIn, TransitionIn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.contact.rules import ContactRules
    from core.orders.change import Change
    from core.orders.model import Order
    from core.orders.place import Placement
    from core.orders.reverse import Reverse
    from core.web.app import Endpoint, Request
    from core.web.cursor import Cursors
    from orders_api.batch import Batch
    from orders_api.ports import Orders


@dataclass(frozen=True, slots=True)
class Endpoints:
    """One method per route, named as the route."""

    placement: Placement
    batch: Batch
    change: Change
    reverse: Reverse
    store: Orders
    cursors: Cursors
    rules: ContactRules

    def by_route(self) -> Mapping[str, Endpoint]:
        """Return the endpoints by the names of their routes."""
        return {
            "place_order": self.place_order,
            "place_orders": self.place_orders,
            "list_orders": self.list_orders,
            "get_order": self.get_order,
            "change_order": self.change_order,
            "cancel_lines": self.cancel_lines,
            "return_lines": self.return_lines,
            "list_returns": self.list_returns,
        }

    def place_order(self, request: Request) -> Answer:
        """Place an order, or answer the one that this Idempotency-Key has placed."""
        body = parse(request.event, OrderIn)
        refuse_too_long(body)
        draft = order_draft(body, self.rules, request.tenant)
        order = self.placement.place(request.act, request.ticket(body), draft)
        location = f"{request.route.path}/{order.header.id}"
        return Answer(HTTPStatus.CREATED, answers.order(order), {"Location": location})

    def place_orders(self, request: Request) -> Answer:
        """Place many orders; each has a result of its own."""
        return Answer(HTTPStatus.OK, self.batch.place(request, parse(request.event, BatchIn)))

    def list_orders(self, request: Request) -> Answer:
        """Answer a page of orders, newest first."""
        customer = text(request, "customer_id")
        state = choice(request, "state", NEXT)
        if request.own is not None:
            if customer not in {None, request.own}:  # as for a customer who is not there
                return Answer(HTTPStatus.OK, answers.OrdersOut(orders=()))
            customer = request.own
        query = (request.route.name, customer or "", state or "")
        given = text(request, "cursor")
        after = self.cursors.open(request.tenant, query, given) if given is not None else None
        headers, position = self.store.orders(
            request.tenant, OrderQuery(customer, state), after, limit(request)
        )
        cursor = self.cursors.seal(request.tenant, query, position) if position else None
        page = tuple(answers.summary(header) for header in headers)
        return Answer(HTTPStatus.OK, answers.OrdersOut(orders=page, cursor=cursor))

    def get_order(self, request: Request) -> Answer:
        """Answer an order."""
        return Answer(HTTPStatus.OK, answers.order(self._read(request)))

    def change_order(self, request: Request) -> Answer:
        """Move an order to another state."""
        body = parse(request.event, TransitionIn)
        ticket = request.ticket(body, part=request.path["id"])
        order = self.change.to(request.act, ticket, _order_id(request), OrderState(body.to))
        return Answer(HTTPStatus.OK, answers.order(order))

    def cancel_lines(self, request: Request) -> Answer:
        """Cancel some of an order's lines before they are shipped."""
        body = parse(request.event, CancellationIn)
        draft = ReversalDraft(ReversalKind.CANCELLATION, quantities(body.lines), reason=body.reason)
        return self._reverse(request, body, draft)

    def return_lines(self, request: Request) -> Answer:
        """Take back some of an order's lines after they were shipped."""
        body = parse(request.event, ReturnIn)
        draft = ReversalDraft(
            ReversalKind.RETURN, quantities(body.lines), body.restock, body.reason
        )
        return self._reverse(request, body, draft)

    def list_returns(self, request: Request) -> Answer:
        """Answer all returns and cancellations of an order."""
        order = self._read(request)
        found = self.store.reversals(request.tenant, order.header.id)
        shown = tuple(answers.reversal(r) for r in found)
        return Answer(HTTPStatus.OK, answers.ReversalsOut(returns=shown))

    def _read(self, request: Request) -> Order:
        """Return the order in the path; `NotFound` for one that is not the caller's own."""
        order = read_order(self.store, request.tenant, _order_id(request))
        if request.own not in {None, order.header.customer_id}:
            raise no_order()
        return order

    def _reverse(
        self, request: Request, body: CancellationIn | ReturnIn, draft: ReversalDraft
    ) -> Answer:
        ticket = request.ticket(body, part=request.path["id"])
        _, reversal = self.reverse.reverse(request.act, ticket, _order_id(request), draft)
        return Answer(HTTPStatus.CREATED, answers.reversal(reversal))


def _order_id(request: Request) -> str:
    order_id = request.path["id"]
    if not ID.fullmatch(order_id):
        raise no_order()
    return order_id
