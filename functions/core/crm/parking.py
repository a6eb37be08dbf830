"""What HubSpot refuses, for the operator: list it, owe it again, or say that it never will land.

    parked ──retry──▶ owed again ──▶ cured, or parked with the new reason
      ├────────lands by itself─────▶ cured
      └───discard──▶ discarded ──retry──▶ parked and owed again

A discarded record is neither listed nor alarmed. Its next change is still pushed, once, since it
may be the cure: if HubSpot refuses it for the same reason it stays discarded, for another one it is
parked anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from core.audit import Entry
from core.contention import Patience
from core.crm.lanes import CUSTOMERS, ORDERS, PRODUCTS
from core.crm.properties import ObjectType

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.clock import Clock
    from core.contention import Random
    from core.crm.outcomes import Reason
    from core.crm.ports import Key
    from core.ids import Ids

TO_CONTACT = "orders.contacts"
"""The kind under which a refused association of an order with its contact is parked."""

EMAIL_TAKEN = "contacts.email"
"""The kind under which an e-mail address of HubSpot's waits that is another customer's here.

It was not refused by HubSpot but by us. Tried again, ours is sent instead, which settles it.
"""

QUEUES = {
    ObjectType.PRODUCTS: PRODUCTS.queue,
    ObjectType.CONTACTS: CUSTOMERS.queue,
    ObjectType.ORDERS: ORDERS.queue,
    ObjectType.LINE_ITEMS: ORDERS.queue,
    TO_CONTACT: ORDERS.queue,
    EMAIL_TAKEN: CUSTOMERS.queue,
}
"""Every kind of record that can be parked, and the queue in which it is owed again."""


class State(StrEnum):
    """What became of a record that HubSpot refused."""

    PARKED = "parked"
    DISCARDED = "discarded"
    CURED = "cured"


class Result(StrEnum):
    """What an operator's word did to one record."""

    OWED = "owed"
    DISCARDED = "discarded"
    CURED = "cured"
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True)
class ParkedRecord:
    """A record that HubSpot refused; all times in epoch ms.

    `kind` is HubSpot's object type or `TO_CONTACT`, `id` the value of our unique property there.
    `home` is the primary key of the item whose mark brings it to HubSpot. `since` is the first
    refusal after it was last in order, `refused_at` the latest; `waiting` counts the orders that
    went to HubSpot without it.
    """

    kind: str
    id: str
    home: Key
    state: State
    reason: Reason
    since: int
    refused_at: int
    refusals: int
    waiting: int = 0
    retried_at: int | None = None
    cured_at: int | None = None
    discarded_at: int | None = None
    discarded_by: str | None = None

    @property
    def of(self) -> str:
        """What it belongs to by our own name: a SKU, a customer's or an order's id."""
        return self.home[0].split("#", 2)[2]


@dataclass(frozen=True, slots=True)
class Operator:
    """Who speaks, and the id of the invocation through which he does."""

    name: str
    correlation_id: str


class ParkedStore(Protocol):
    """What HubSpot refused, of every tenant."""

    def page(
        self, tenant: str, state: State, kinds: tuple[str, ...], after: str | None, limit: int
    ) -> tuple[tuple[ParkedRecord, ...], str | None]:
        """Return records oldest first, and the position to go on from, None at the end.

        Eventually consistent in what it finds, not in what it says of it.
        """
        ...

    def find(self, tenant: str, kind: str, record: str) -> ParkedRecord | None:
        """Return a record, strongly consistent, without counting what waits for it."""
        ...

    def retry(self, tenant: str, record: ParkedRecord, entry: Entry) -> None:
        """Owe a record again; `Superseded` when it is cured by now."""
        ...

    def discard(self, tenant: str, record: ParkedRecord, entry: Entry, by: str) -> None:
        """Discard a record; `Superseded` when it is no longer parked."""
        ...


@dataclass(frozen=True, slots=True)
class Parking:
    """The operator's three words."""

    store: ParkedStore
    clock: Clock
    ids: Ids
    random: Random

    def page(
        self, tenant: str, state: State, kinds: tuple[str, ...], after: str | None, limit: int
    ) -> tuple[tuple[ParkedRecord, ...], str | None]:
        """Return a page of what is in a state."""
        return self.store.page(tenant, state, kinds, after, limit)

    def retry(self, tenant: str, kind: str, record: str, operator: Operator) -> Result:
        """Owe a parked or discarded record again: sync pushes it as soon as it can.

        What is cured is left alone. `Busy` when the store is.
        """

        def owe(found: ParkedRecord) -> Result:
            self.store.retry(tenant, found, self._entry(tenant, "retry", found, operator))
            return Result.OWED

        return self._settled(tenant, kind, record, owe)

    def discard(self, tenant: str, kind: str, record: str, operator: Operator) -> Result:
        """Say that a parked record is to stay out of HubSpot.

        Who said so first stays written down. What is cured is left alone. `Busy` when the store is.
        """

        def drop(found: ParkedRecord) -> Result:
            if found.state is State.PARKED:
                entry = self._entry(tenant, "discard", found, operator)
                self.store.discard(tenant, found, entry, operator.name)
            return Result.DISCARDED

        return self._settled(tenant, kind, record, drop)

    def _settled(
        self, tenant: str, kind: str, record: str, act: Callable[[ParkedRecord], Result]
    ) -> Result:
        """Read, decide and write until nobody comes between."""

        def attempt() -> Result:
            found = self.store.find(tenant, kind, record) if kind in QUEUES else None
            if found is None:
                return Result.NOT_FOUND
            return Result.CURED if found.state is State.CURED else act(found)

        return Patience(self.clock, self.random).until_settled(attempt)

    def _entry(self, tenant: str, action: str, record: ParkedRecord, operator: Operator) -> Entry:
        return Entry(
            id=self.ids.new(),
            at=self.clock.now(),
            tenant=tenant,
            principal=f"operator/{operator.name}",
            door="none",
            action=f"parked.{action}",
            resource=f"parked/{record.kind}/{record.id}",
            correlation_id=operator.correlation_id,
        )
