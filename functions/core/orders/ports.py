"""What the orders context needs from a store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from core.audit import Entry
    from core.customers.model import Customer, Identity
    from core.customers.resolve import Guard, Resolution
    from core.idempotency import Record, Ticket
    from core.inventory.model import Level, Movement
    from core.orders.draft import Price
    from core.orders.model import Header, Order, Reversal


class OutOfStock(Exception):
    """A chunk was refused because stock at these (SKU, location) is short; nothing was written."""

    def __init__(self, short: Sequence[tuple[str, str]]) -> None:
        """Keep what is short."""
        super().__init__(", ".join(f"{sku}@{location}" for sku, location in short))
        self.short = tuple(short)


@dataclass(frozen=True, slots=True)
class Chunk:
    """One transaction of an order: header from `before` to `after`, with the stock that it moves.

    `before` is None for the very first one, which also puts `order` with its pages, and the
    customer as `resolution` says. `reversal` is a return or a cancellation of lines that comes into
    being. `entry` is the audit's line. `record` is put under the call's `ticket`, once; the chunk
    that `ends` a call marks the ticket's record as done.
    """

    tenant: str
    before: Header | None
    after: Header
    movements: tuple[Movement, ...] = ()
    ticket: Ticket | None = None
    record: Record | None = None
    ends: bool = False
    order: Order | None = None
    resolution: Resolution | None = None
    reversal: Reversal | None = None
    entry: Entry | None = None


class OrderStore(Protocol):
    """Orders of all tenants. Every read is strongly consistent.

    Every call may raise `Contended`; writes raise `Superseded` when what they rest on has changed.
    """

    def record(self, tenant: str, digest: str) -> Record | None:
        """Return the idempotency record."""
        ...

    def take_over(self, tenant: str, digest: str, seen: Record, lease_until: int) -> None:
        """Take a record whose lease has ended."""
        ...

    def give_up(self, tenant: str, digest: str, resource_id: str) -> None:
        """End the lease of a call that is not done, so that a retry may go on at once."""
        ...

    def levels(
        self, tenant: str, places: Iterable[tuple[str, str]]
    ) -> Mapping[tuple[str, str], Level]:
        """Return stock by (SKU, location); what has no level is left out."""
        ...

    def prices(self, tenant: str, skus: Iterable[str]) -> Mapping[str, Price]:
        """Return prices by SKU; what is no product is left out."""
        ...

    def guards(
        self, tenant: str, identities: Sequence[Identity]
    ) -> Mapping[Identity, Guard | None]:
        """Return the guard of each identity."""
        ...

    def customer(self, tenant: str, customer_id: str) -> Customer | None:
        """Return a customer."""
        ...

    def order(self, tenant: str, order_id: str) -> Order | None:
        """Return a whole order."""
        ...

    def commit(self, chunk: Chunk) -> None:
        """Write all of a chunk or nothing; `OutOfStock` when only stock stands in the way."""
        ...

    def turn(self, tenant: str, before: Header, after: Header, entry: Entry | None = None) -> None:
        """Move a header that has nothing else to move with it."""
        ...

    def reversals(self, tenant: str, order_id: str) -> tuple[Reversal, ...]:
        """Return an order's returns and cancellations of lines, oldest first."""
        ...

    def written(self, tenant: str, movements: Sequence[Movement]) -> tuple[Movement, ...]:
        """Return those of the movements that stand in the ledger."""
        ...

    def give_back(self, tenant: str, header: Header, movements: Sequence[Movement]) -> None:
        """Write movements that undo a chunk, while the header is still `releasing`."""
        ...
