"""What the customers context needs from a store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from core.audit import Entry
    from core.customers.consent import Recorded
    from core.customers.model import Customer, Identity
    from core.customers.resolve import Guard, Resolution
    from core.idempotency import Claim, Record


class CustomerStore(Protocol):
    """Customers of all tenants. Every read but that of a page is strongly consistent.

    Every call may raise `Contended`; `save` raises `Superseded` when what it rests on has changed.
    """

    def record(self, tenant: str, digest: str) -> Record | None:
        """Return the idempotency record."""
        ...

    def guards(
        self, tenant: str, identities: Sequence[Identity]
    ) -> Mapping[Identity, Guard | None]:
        """Return the guard of each identity, None for one that nobody holds."""
        ...

    def find(self, tenant: str, customer_id: str) -> Customer | None:
        """Return a customer."""
        ...

    def save(
        self, tenant: str, resolution: Resolution, entry: Entry, claim: Claim | None = None
    ) -> None:
        """Write the customer, his guards and decisions, the audit entry and the call's record."""
        ...

    def page(
        self, tenant: str, after: str | None, limit: int
    ) -> tuple[tuple[Customer, ...], str | None]:
        """Return customers by id, and the position to go on from, None at the end."""
        ...

    def history(
        self, tenant: str, customer_id: str, after: str | None, limit: int
    ) -> tuple[tuple[Recorded, ...], str | None]:
        """Return a customer's decisions as they were recorded, oldest first, and the position."""
        ...
