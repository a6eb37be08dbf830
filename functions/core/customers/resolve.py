"""Which customer an order belongs to, and what that leaves to be written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.audit import fingerprint
from core.customers.model import PERSONAL, Customer, CustomerDraft, normal_email
from core.errors import Conflict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.customers.model import Identity


@dataclass(frozen=True, slots=True)
class Guard:
    """What a guard holds: a customer, or the tombstone of an erased one."""

    customer_id: str | None

    @property
    def tombstone(self) -> bool:
        """Whether the person was erased."""
        return self.customer_id is None


@dataclass(frozen=True, slots=True)
class Resolution:
    """The customer as the order leaves him.

    `before` is None for a new customer. `held` are identities whose guard already names him,
    `taken` those whose guard must be put, on the condition that nobody holds it.
    """

    before: Customer | None
    after: Customer
    held: tuple[Identity, ...]
    taken: tuple[Identity, ...]

    def fingerprints(self) -> dict[str, str]:
        """Return the changed fields with the HMACs of their new values, for the audit."""
        return {
            f"customer.{name}": fingerprint(self.after.audit_key, name, value)
            for name in PERSONAL
            if (value := getattr(self.after, name)) is not None
            and (self.before is None or getattr(self.before, name) != value)
        }


def resolve(
    draft: CustomerDraft,
    guards: Mapping[Identity, Guard | None],
    customer: Customer | None,
    fresh: Customer,
) -> Resolution:
    """Decide whose order it is.

    `guards` holds the guard of each of the draft's identities, `customer` the customer that the
    guards name (None when they name nobody), `fresh` an empty one with a new id. A `Conflict` when
    the identities belong to different people, or to someone who was erased.
    """
    held = tuple(i for i, g in guards.items() if g is not None)
    owners = {g.customer_id for g in guards.values() if g is not None}
    if None in owners:
        raise Conflict("customer_erased", "This customer's data was erased and is not kept again.")
    if len(owners) > 1:
        raise Conflict(
            "customer_identities_differ",
            "The customer's external id and e-mail belong to two different customers.",
        )
    taken = tuple(i for i in guards if i not in held)
    base = customer or fresh
    return Resolution(customer, _merged(base, draft, new=customer is None), held, taken)


def _merged(base: Customer, draft: CustomerDraft, *, new: bool) -> Customer:
    given = {n: v for n in PERSONAL if (v := getattr(draft, n)) is not None}
    if "email" in given:
        given["email"] = normal_email(given["email"])
    changed = replace(base, **given)
    if new or changed == base:
        return changed
    return replace(changed, version=base.version + 1)
