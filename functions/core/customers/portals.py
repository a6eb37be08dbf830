"""Binding portals' users to customers, and ending it; every change is audited."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeVar

from core.contention import Patience
from core.customers.binding import MAX_BINDINGS, Binding
from core.customers.service import no_customer
from core.errors import Conflict, FieldError, NotFound, Unprocessable
from core.idempotency import Claim, refuse_other_body

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.audit import Act, Entry
    from core.clock import Clock
    from core.contention import Random
    from core.customers.binding import Subject
    from core.customers.model import Customer
    from core.idempotency import Record, Ticket
    from core.ids import Ids

T = TypeVar("T")


class BindingStore(Protocol):
    """Bindings of all tenants, strongly consistent. Any call may raise `Contended`."""

    def record(self, tenant: str, digest: str) -> Record | None:
        """Return the idempotency record."""
        ...

    def customer(self, tenant: str, customer_id: str) -> Customer | None:
        """Return a customer."""
        ...

    def id_of(self, subject: Subject) -> str:
        """Return the id of a subject's binding, whether there is one or not."""
        ...

    def find(self, tenant: str, binding_id: str) -> Binding | None:
        """Return a binding, in force or not."""
        ...

    def of_customer(self, tenant: str, customer_id: str) -> tuple[Binding, ...]:
        """Return the bindings of a customer, in force or not."""
        ...

    def put(self, tenant: str, binding: Binding, entry: Entry, claim: Claim) -> None:
        """Bind, if nobody is bound by that subject and the customer exists; else `Superseded`."""
        ...

    def end(self, tenant: str, binding: Binding, entry: Entry, claim: Claim) -> None:
        """End a binding that is in force; else `Superseded`."""
        ...


@dataclass(frozen=True, slots=True)
class Portals:
    """The use cases. `issues_for` says whether an issuer's tokens can speak for a tenant."""

    store: BindingStore
    issues_for: Callable[[str, str], bool]
    clock: Clock
    ids: Ids
    random: Random

    def bind(self, act: Act, ticket: Ticket, subject: Subject, customer_id: str) -> Binding:
        """Bind a subject to a customer, or return the binding that says so already.

        `NotFound` for the customer, `Unprocessable` for an issuer that is not declared for the
        tenant, `Conflict` when the subject is bound to somebody else.
        """
        if not self.issues_for(subject.issuer, act.principal.tenant):
            wrong = FieldError("issuer", "unknown_issuer", "No issuer of this tenant's tokens.")
            raise Unprocessable("unknown_issuer", "There is no such issuer.", fields=(wrong,))
        return self._settled(partial(self._bind, act, ticket, subject, customer_id))

    def revoke(self, act: Act, ticket: Ticket, binding_id: str) -> Binding:
        """End a binding, from the next call on; ending it twice is the same answer; `NotFound`."""
        return self._settled(partial(self._revoke, act, ticket, binding_id))

    def of_customer(self, tenant: str, customer_id: str) -> tuple[Binding, ...]:
        """Return the bindings of a customer, oldest first; `NotFound`."""
        return self._settled(partial(self._of_customer, tenant, customer_id))

    def _bind(self, act: Act, ticket: Ticket, subject: Subject, customer_id: str) -> Binding:
        tenant, now = act.principal.tenant, self.clock.now()
        if (earlier := self._earlier(tenant, ticket)) is not None:
            return earlier
        known = self._of_customer(tenant, customer_id)
        binding_id = self.store.id_of(subject)
        there = self.store.find(tenant, binding_id)
        if there is not None and there.active:
            if there.customer_id != customer_id:
                raise Conflict("subject_bound", "This subject is bound to another customer.")
            return there
        if len(known) >= MAX_BINDINGS:
            raise Conflict("too_many_bindings", f"A customer has at most {MAX_BINDINGS} bindings.")
        made = Binding(binding_id, customer_id, subject.issuer, now, act.principal.id)
        self.store.put(
            tenant, made, self._entry(act, "customer.bind", made), Claim(ticket, made.id)
        )
        return made

    def _revoke(self, act: Act, ticket: Ticket, binding_id: str) -> Binding:
        tenant = act.principal.tenant
        if (earlier := self._earlier(tenant, ticket)) is not None:
            return earlier
        found = self.store.find(tenant, binding_id)
        if found is None:
            raise NotFound("binding_not_found", "There is no such binding.")
        if not found.active:
            return found
        ended = replace(found, revoked_at=self.clock.now())
        entry = self._entry(act, "customer.unbind", ended)
        self.store.end(tenant, ended, entry, Claim(ticket, ended.id))
        return ended

    def _of_customer(self, tenant: str, customer_id: str) -> tuple[Binding, ...]:
        if self.store.customer(tenant, customer_id) is None:
            raise no_customer()
        found = self.store.of_customer(tenant, customer_id)
        return tuple(sorted(found, key=lambda binding: binding.created_at))

    def _earlier(self, tenant: str, ticket: Ticket) -> Binding | None:
        """Return the binding of an earlier call with this Idempotency-Key, as it is now."""
        record = self.store.record(tenant, ticket.digest)
        refuse_other_body(record, ticket)
        return self.store.find(tenant, record.resource_id) if record is not None else None

    def _entry(self, act: Act, action: str, of: Binding) -> Entry:
        resource = f"customer/{of.customer_id}"
        return act.entry(self.ids.new(), self.clock.now(), action, resource, fields={"binding": ""})

    def _settled(self, operation: Callable[[], T]) -> T:
        return Patience(self.clock, self.random).until_settled(operation)
