"""Whose data a call brings, and what that leaves to be written.

A customer's guards are those of the identities that he has now, no more and no fewer. Whatever
changes an identity moves its guard in the same transaction.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.audit import fingerprint
from core.contention import Superseded
from core.customers.consent import Decision, Recorded, decided, freshly_given
from core.customers.model import Customer, CustomerDraft, canonical, normal_email
from core.customers.personal import PERSONAL
from core.errors import Conflict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from core.customers.model import Identity, Value


@dataclass(frozen=True, slots=True)
class Guard:
    """What a guard holds: a customer, or the tombstone of one who was erased.

    `erased_at` is in epoch ms, None where it is not known: no consent is fresher than that.
    """

    customer_id: str | None
    erased_at: int | None = None

    @property
    def tombstone(self) -> bool:
        """Whether the person was erased."""
        return self.customer_id is None

    def lifted_by(self, decisions: Iterable[Decision]) -> bool:
        """Return whether consent was given after the person was erased."""
        return self.erased_at is not None and freshly_given(decisions, self.erased_at)


@dataclass(frozen=True, slots=True)
class Resolution:
    """The customer as a call leaves him.

    `before` is None for a new customer. `held` are identities whose guard already names him,
    `taken` those whose guard must be put, on the condition that nobody holds it, `lifted` those
    whose tombstone gives way, `dropped` those that he has no more. `recorded` are decisions that
    join the history.
    """

    before: Customer | None
    after: Customer
    held: tuple[Identity, ...] = ()
    taken: tuple[Identity, ...] = ()
    lifted: tuple[Identity, ...] = ()
    dropped: tuple[Identity, ...] = ()
    recorded: tuple[Recorded, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether anything is to be written."""
        return self.before != self.after or bool(self.recorded)

    def fingerprints(self) -> dict[str, str]:
        """Return the changed fields with the HMACs of their new values, for the audit.

        A field that was cleared has the HMAC of the empty text; decisions and lifted tombstones
        are named.
        """
        key = self.after.audit_key
        before = self.before or Customer(self.after.id, 0, key)
        found = {
            f"customer.{name}": fingerprint(key, name, canonical(getattr(self.after, name)))
            for name in PERSONAL
            if getattr(before, name) != getattr(self.after, name)
        }
        found |= {f"customer.consents.{r.decision.purpose}": "" for r in self.recorded}
        return found | {f"customer.tombstone.{identity.kind}": "" for identity in self.lifted}


def resolve(
    draft: CustomerDraft,
    guards: Mapping[Identity, Guard | None],
    customer: Customer | None,
    fresh: Customer,
    recorded: tuple[Recorded, ...] = (),
) -> Resolution:
    """Decide whose data it is.

    `guards` holds the guard of each of the draft's identities, `customer` the customer that the
    guards name (None when they name nobody), `fresh` an empty one with a new id. A `Conflict` when
    the identities belong to different people, or to someone who was erased and has not consented
    since. `Superseded` when guards and customer were read in different states.
    """
    lifted = _lifted(guards, recorded)
    held = tuple(i for i, g in guards.items() if g is not None and i not in lifted)
    owners = {g.customer_id for i in held if (g := guards[i]) is not None}
    if len(owners) > 1:
        raise Conflict(
            "customer_identities_differ",
            "The customer's external id and e-mail belong to two different customers.",
        )
    if owners != ({customer.id} if customer is not None else set()):
        raise Superseded
    if customer is not None and not set(held) <= set(customer.identities):
        raise Superseded
    found = changed(customer or fresh, draft.given, recorded, new=customer is None)
    return replace(
        found,
        held=held,
        taken=tuple(i for i in found.taken if i not in lifted),
        lifted=lifted,
    )


def changed(
    base: Customer,
    given: Mapping[str, Value],
    recorded: tuple[Recorded, ...] = (),
    *,
    new: bool = False,
) -> Resolution:
    """Return a customer with these fields and decisions; a field given as None is cleared.

    What he takes is on the condition that nobody holds it. The version rises by one if anything
    is different.
    """
    fields = dict(given)
    email = fields.get("email")
    if isinstance(email, str):
        fields["email"] = normal_email(email)
    now = max((r.recorded_at for r in recorded), default=0)
    consents = decided(base.consents, (r.decision for r in recorded), now)
    after = replace(base, consents=consents, **fields)  # type: ignore[arg-type]  # by name
    if not new and (after != base or recorded):
        after = replace(after, version=base.version + 1)
    had = () if new else base.identities
    return Resolution(
        None if new else base,
        after,
        taken=tuple(i for i in after.identities if i not in had),
        dropped=tuple(i for i in had if i not in after.identities),
        recorded=recorded,
    )


def _lifted(
    guards: Mapping[Identity, Guard | None], recorded: Iterable[Recorded]
) -> tuple[Identity, ...]:
    """Return the identities whose tombstone gives way to fresh consent; `Conflict` without it."""
    buried = {i: g for i, g in guards.items() if g is not None and g.tombstone}
    decisions = [r.decision for r in recorded]
    if not all(guard.lifted_by(decisions) for guard in buried.values()):
        raise Conflict("customer_erased", "This customer's data was erased and is not kept again.")
    return tuple(buried)
