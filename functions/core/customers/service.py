"""Writing and reading customers. Nobody is told whose an identity is that is not the caller's."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from core.contention import Contended, Patience
from core.customers.consent import Recorded
from core.customers.model import Customer
from core.customers.resolve import changed, resolve
from core.errors import Conflict, FieldError, NotFound
from core.idempotency import Claim, refuse_other_body

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from core.audit import Act
    from core.clock import Clock
    from core.contention import Random
    from core.customers.consent import Decision
    from core.customers.model import CustomerDraft, Identity, Value
    from core.customers.ports import CustomerStore
    from core.customers.resolve import Resolution
    from core.idempotency import Ticket
    from core.ids import Ids

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Customers:
    """The use cases of the customers context."""

    store: CustomerStore
    clock: Clock
    ids: Ids
    random: Random

    def upsert(
        self, act: Act, ticket: Ticket, draft: CustomerDraft, decisions: Iterable[Decision] = ()
    ) -> Customer:
        """Make a customer of the draft's identities, or give the one who has them what it brings.

        `Conflict` when the identities are two people's, or an erased person's who has given no
        consent since; consent that is newer than the erasure makes a new customer of him.
        """
        return self._settled(partial(self._upsert, act, ticket, draft, tuple(decisions)))

    def change(
        self, act: Act, customer_id: str, version: int, given: Mapping[str, Value]
    ) -> Customer:
        """Change a customer who is as the caller saw him; a field given as None is cleared.

        What is already as asked for stays as it is, so that a repeat is harmless. `Conflict`
        (`version_stale`) when he has changed since, `NotFound`.
        """
        return self._settled(partial(self._change, act, customer_id, version, given))

    def decide(
        self, act: Act, ticket: Ticket, customer_id: str, decisions: Iterable[Decision]
    ) -> Customer:
        """Record what a customer has consented to, or no longer; `NotFound`."""
        return self._settled(partial(self._decide, act, ticket, customer_id, tuple(decisions)))

    def read(self, tenant: str, customer_id: str) -> Customer:
        """Return a customer; `NotFound` for another tenant's as for none."""
        return self._settled(partial(self._existing, tenant, customer_id))

    def find(self, tenant: str, identity: Identity) -> Customer:
        """Return the customer of an identity; `NotFound` for nobody's as for an erased person's."""
        return self._settled(partial(self._find, tenant, identity))

    def page(
        self, tenant: str, after: str | None, limit: int
    ) -> tuple[tuple[Customer, ...], str | None]:
        """Return a page of the customers, oldest first."""
        return self._settled(partial(self.store.page, tenant, after, limit))

    def history(
        self, tenant: str, customer_id: str, after: str | None, limit: int
    ) -> tuple[tuple[Recorded, ...], str | None]:
        """Return a page of a customer's decisions, oldest first; `NotFound`."""
        self.read(tenant, customer_id)
        return self._settled(partial(self.store.history, tenant, customer_id, after, limit))

    def _upsert(
        self, act: Act, ticket: Ticket, draft: CustomerDraft, decisions: tuple[Decision, ...]
    ) -> Customer:
        tenant = act.principal.tenant
        if (earlier := self._earlier(tenant, ticket)) is not None:
            return earlier
        guards = self.store.guards(tenant, draft.identities)
        owner = next((g.customer_id for g in guards.values() if g and g.customer_id), None)
        known = self.store.find(tenant, owner) if owner is not None else None
        fresh = Customer(self.ids.new(), self.clock.now(), secrets.token_bytes(32))
        found = resolve(draft, guards, known, fresh, self._recorded(decisions))
        return self._save(act, "customer.put", found, ticket)

    def _change(
        self, act: Act, customer_id: str, version: int, given: Mapping[str, Value]
    ) -> Customer:
        tenant = act.principal.tenant
        before = self._existing(tenant, customer_id)
        found = changed(before, given)
        if not found.changed:
            return before
        if before.version != version:
            raise _stale(before)
        self._refuse_taken(tenant, found.taken)
        return self._save(act, "customer.change", found)

    def _decide(
        self, act: Act, ticket: Ticket, customer_id: str, decisions: tuple[Decision, ...]
    ) -> Customer:
        tenant = act.principal.tenant
        if (earlier := self._earlier(tenant, ticket)) is not None:
            return earlier
        found = changed(self._existing(tenant, customer_id), {}, self._recorded(decisions))
        return self._save(act, "customer.consent", found, ticket)

    def _save(
        self, act: Act, action: str, found: Resolution, ticket: Ticket | None = None
    ) -> Customer:
        after = found.after
        entry = act.entry(
            self.ids.new(),
            self.clock.now(),
            action,
            f"customer/{after.id}",
            fields=found.fingerprints(),
        )
        claim = Claim(ticket, after.id) if ticket is not None else None
        self.store.save(act.principal.tenant, found, entry, claim)
        return after

    def _refuse_taken(self, tenant: str, taken: tuple[Identity, ...]) -> None:
        """Refuse an identity that is somebody else's, or an erased person's: the two look alike."""
        guards = self.store.guards(tenant, taken)
        wrong = tuple(
            FieldError(str(i.kind), "identity_taken", "It cannot be given to this customer.")
            for i, guard in guards.items()
            if guard is not None
        )
        if wrong:
            raise Conflict("identity_taken", "An identity is not free.", fields=wrong)

    def _recorded(self, decisions: tuple[Decision, ...]) -> tuple[Recorded, ...]:
        now = self.clock.now()
        return tuple(Recorded(self.ids.new(), decision, now) for decision in decisions)

    def _earlier(self, tenant: str, ticket: Ticket) -> Customer | None:
        """Return the customer of an earlier call with this Idempotency-Key."""
        record = self.store.record(tenant, ticket.digest)
        refuse_other_body(record, ticket)
        return None if record is None else self._existing(tenant, record.resource_id)

    def _existing(self, tenant: str, customer_id: str) -> Customer:
        found = self.store.find(tenant, customer_id)
        if found is None:
            raise no_customer()
        return found

    def _find(self, tenant: str, identity: Identity) -> Customer:
        guard = self.store.guards(tenant, [identity])[identity]
        if guard is None or guard.customer_id is None:
            raise no_customer()
        found = self.store.find(tenant, guard.customer_id)
        if found is None or identity not in found.identities:  # it has moved since the guard's read
            raise Contended
        return found

    def _settled(self, operation: Callable[[], T]) -> T:
        return Patience(self.clock, self.random).until_settled(operation)


def no_customer() -> NotFound:
    """Return the refusal of a customer who is not there, or not the caller's."""
    return NotFound("customer_not_found", "There is no such customer.")


def _stale(before: Customer) -> Conflict:
    wrong = FieldError("version", "version_stale", f"It is {before.version} now.")
    return Conflict(
        "version_stale",
        "The customer has changed since he was read. Read him again, then change him again.",
        fields=(wrong,),
        current={"version": before.version},
    )
