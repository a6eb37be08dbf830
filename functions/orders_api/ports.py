"""What the orders' routes need of a store: orders, and lists of them."""

from __future__ import annotations

from typing import Protocol

from core.orders.ports import OrderStore
from core.orders.read import OrderLists


class Orders(OrderStore, OrderLists, Protocol):
    """Both in one."""
