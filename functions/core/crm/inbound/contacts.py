"""Contacts: what salespeople mend is taken over, field by field; merged, deleted, erased.

A contact that is nobody of ours is left alone: a customer comes into being by an order or through
the API. Two customers whose contacts are merged in HubSpot stay two here, since both have orders
and rights of their own; the one whose contact went in is pushed no more. A deleted contact is not
put back by itself, for a privacy deletion comes as a deletion too, in no certain order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.audit import fingerprint
from core.contention import Superseded
from core.crm import mapping
from core.crm.inbound.cases import Case, Result
from core.crm.ownership import EMAIL, Side
from core.crm.properties import UNIQUE, ObjectType
from core.crm.seeing import Difference
from core.customers.model import Identity, IdentityKind, normal_email

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from core.crm.inbound.cases import Clerk
    from core.crm.inbound.ports import LinkStore, PeopleStore
    from core.crm.inbound.repairs import Repairs
    from core.crm.outcomes import Result as Shown
    from core.crm.ports import CrmStore
    from core.customers.model import Customer

FIELDS = {"firstname": "first_name", "lastname": "last_name", "phone": "phone", EMAIL: "email"}
"""HubSpot's property and our field of what can be taken over."""

_TAKEN = "The contact's e-mail address is another customer's here: two customers may be one person."


@dataclass(frozen=True, slots=True)
class Contacts:
    """One tenant's."""

    records: CrmStore
    links: LinkStore
    people: PeopleStore
    repairs: Repairs
    clerk: Clerk
    type: ObjectType = ObjectType.CONTACTS

    def cases(self, found: Mapping[str, Shown | None]) -> dict[str, Case]:
        """Return our customers: by what HubSpot shows, else by where they stand."""
        stands = self.links.names(self.type, found)
        says = {
            asked: ours
            for asked, shown in found.items()
            if shown and shown.id == asked and (ours := shown.properties.get(UNIQUE[self.type]))
        }
        records = self.records.customers({*stands.values(), *says.values()})
        cases: dict[str, Case] = {}
        for asked, shown in found.items():
            named = [i for i in (says.get(asked), stands.get(asked)) if i in records]
            if named and named[0]:
                there = shown.id if shown else asked
                properties = shown.properties if shown else {}
                subject = mapping.customer(records[named[0]])
                cases[asked] = Case(asked, there, named[0], subject, properties)
        return cases

    def settle(self, case: Case, differences: Sequence[Difference]) -> Result:
        """Take over what HubSpot wins, put right what we win."""
        owner = case.shown.get(UNIQUE[self.type], "")
        if owner != case.subject.key:
            return self._other(case, owner)
        if not case.linked:
            self.links.relink(case.subject.home, case.hubspot_id)
        names = {d.property for d in differences}
        conflict = case.name in self.people.conflicts([case.name])
        if conflict and EMAIL not in names:
            self.people.settled(case.subject)
        put_right = self.repairs.put_right(case, differences)
        theirs = {d.property for d in differences if d.wins is Side.HUBSPOT}
        return self._take_over(case, theirs) if theirs else put_right

    def deleted(self, case: Case) -> Result:
        """Leave it away until the customer's next change or order."""
        return self.repairs.deleted(case, owed=False)

    def erased(self, hubspot_id: str) -> Result:
        """Follow a privacy deletion: tombstones, no more pushes, and an erasure that is owed."""
        customer = self.links.names(self.type, [hubspot_id]).get(hubspot_id)
        if customer is None:
            return Result.FOREIGN
        entry = self.clerk.entry("privacy_deletion", self.type, customer)
        return Result.ERASED if self.people.bury(customer, entry) else Result.IN_STEP

    def _other(self, case: Case, owner: str) -> Result:
        """Settle a contact that no longer says it is this customer's."""
        subject = case.subject
        entry = self.clerk.entry("merged", self.type, subject.key)
        if owner and owner in self.records.customers([owner]):
            if subject.link and subject.link.merged and case.linked:
                return Result.IN_STEP
            self.links.merged(subject.home, case.hubspot_id, entry)
            return Result.MERGED
        # Nobody of ours has it: pushed anew, the customer is found by e-mail and gets its id back.
        return Result.MERGED if self.links.unlink(subject, entry, owed=True) else Result.SOON

    def _take_over(self, case: Case, names: set[str]) -> Result:
        subject = case.subject
        before = self.records.customers([case.name])[case.name]
        if before.mark.version != subject.version:
            raise Superseded
        told = {name: case.shown.get(name, "") for name in names}
        if EMAIL in told and (refused := self._refused(case, told[EMAIL])):
            del told[EMAIL]
            if not told:
                return refused
        person = before.customer
        given = {FIELDS[name]: value.strip() or None for name, value in told.items()}
        if EMAIL in told:
            given["email"] = normal_email(told[EMAIL])
        prints = {name: subject.fingerprint(name, value) for name, value in told.items()}
        fields = _fingerprints(person, given)
        entry = self.clerk.entry("applied", self.type, subject.key, fields=fields)
        if not self.people.change(subject, person, given, prints, entry):
            raise Superseded
        return Result.APPLIED

    def _refused(self, case: Case, email: str) -> Result | None:
        """Say why the address cannot be this customer's: it is another's, or an erased person's."""
        identity = Identity(IdentityKind.EMAIL, normal_email(email))
        guard = self.people.guards([identity]).get(identity)
        if guard is None or guard.customer_id == case.name:
            return None
        if guard.tombstone:
            ours = Difference(self.type, case.subject.key, EMAIL, Side.OURS)
            return self.repairs.put_right(case, [ours])
        if case.name not in self.people.conflicts([case.name]):
            entry = self.clerk.entry("conflict", self.type, case.subject.key, [EMAIL])
            self.people.conflict(case.subject, _TAKEN, entry)
        return Result.CONFLICT


def _fingerprints(person: Customer, given: Mapping[str, str | None]) -> dict[str, str]:
    key = person.audit_key
    return {f"customer.{n}": fingerprint(key, n, value or "") for n, value in given.items()}
