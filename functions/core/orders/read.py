"""Reading orders: one, or a page of a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from core.errors import NotFound
from core.orders.states import UNPLACED

if TYPE_CHECKING:
    from core.orders.model import Header, Order, OrderState
    from core.orders.ports import OrderStore


@dataclass(frozen=True, slots=True)
class OrderQuery:
    """Which orders: a customer's, those in a state, both or (with neither) all that are placed."""

    customer_id: str | None = None
    state: OrderState | None = None


class OrderLists(Protocol):
    """Lists of orders, newest first; what was placed a moment ago may not be listed yet."""

    def orders(
        self, tenant: str, query: OrderQuery, after: str | None, limit: int
    ) -> tuple[tuple[Header, ...], str | None]:
        """Return a page and the position to go on from, None at the end.

        A page of a query with two conditions may be shorter than `limit` before the end.
        """
        ...


def read_order(store: OrderStore, tenant: str, order_id: str) -> Order:
    """Return an order; `NotFound` for another tenant's as for none, and for one never placed."""
    order = store.order(tenant, order_id)
    if order is None or order.header.state in UNPLACED:
        raise no_order()
    return order


def no_order() -> NotFound:
    """Return the refusal of an order that is not there, or not the caller's."""
    return NotFound("order_not_found", "There is no such order.")
