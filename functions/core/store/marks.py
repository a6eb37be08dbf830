"""Work marks: two attributes that put an item into the sparse work index until it is clean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.store import keys

if TYPE_CHECKING:
    from core.store.keys import Key

PRODUCTS = "products"
STOCK = "stock"
CUSTOMERS = "customers"
ORDERS = "orders"
SAGAS = "sagas"
RESERVATIONS = "reservations"
ERASURES = "erasures"

MARK = "work_queue = if_not_exists(work_queue, :queue), due_at = if_not_exists(due_at, :due)"
"""Marks an item without moving an earlier due time, so that what is owed is not put off."""

REMARK = "work_queue = :queue, due_at = :due"
"""Moves an item to a queue and time, whatever its mark was."""


@dataclass(frozen=True, slots=True)
class Lingers:
    """How long sync waits for company before it pushes, in seconds."""

    orders: int
    stock: int

    def of(self, queue: str) -> int:
        """Return the linger of a queue in milliseconds."""
        return 1000 * (self.stock if queue == STOCK else self.orders)


def values(key: Key, queue: str, due_at: int) -> dict[str, str | int]:
    """Return the values that `MARK` and `REMARK` take."""
    return {":queue": keys.queue_of(key, queue), ":due": due_at}


def attributes(key: Key, queue: str, due_at: int) -> dict[str, str | int]:
    """Return the mark as attributes of an item that is put."""
    return {"work_queue": keys.queue_of(key, queue), "due_at": due_at}
