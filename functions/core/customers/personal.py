"""Every personal field of a customer: what it is, which scope shows it, where it may stand.

The one table. What is stored, shown, pushed to HubSpot and fingerprinted in the audit is read from
it; so will be what is exported, masked and erased.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Sort(StrEnum):
    """What a field tells of a person."""

    IDENTIFIER = "identifier"
    NAME = "name"
    CONTACT = "contact"
    ADDRESS = "address"
    CONSENT = "consent"


class Place(StrEnum):
    """Where a field may stand; nowhere else."""

    CUSTOMER = "customer item"
    CONSENTS = "consent history"
    GUARD = "uniqueness guard, as an HMAC"
    AUDIT = "audit entry, as an HMAC under the person's key"
    HUBSPOT_CONTACT = "HubSpot contact"


READ = "customers:read"
READ_CONTACT = "customers:contact"


@dataclass(frozen=True, slots=True)
class PersonalField:
    """One field; `scope` is what a caller needs to be shown it."""

    name: str
    sort: Sort
    scope: str
    places: frozenset[Place]


_KEPT = frozenset({Place.CUSTOMER, Place.AUDIT})
_PUSHED = _KEPT | {Place.HUBSPOT_CONTACT}
_GUARDED = _PUSHED | {Place.GUARD}

TABLE = (
    PersonalField("external_id", Sort.IDENTIFIER, READ, _GUARDED),
    PersonalField("email", Sort.CONTACT, READ_CONTACT, _GUARDED),
    PersonalField("first_name", Sort.NAME, READ_CONTACT, _PUSHED),
    PersonalField("last_name", Sort.NAME, READ_CONTACT, _PUSHED),
    PersonalField("phone", Sort.CONTACT, READ_CONTACT, _PUSHED),
    PersonalField("billing_address", Sort.ADDRESS, READ_CONTACT, _KEPT),
    PersonalField("shipping_address", Sort.ADDRESS, READ_CONTACT, _KEPT),
    PersonalField("consents", Sort.CONSENT, READ, _KEPT | {Place.CONSENTS}),
)
"""An address stays here: of what HubSpot holds, only contacts can be erased for good."""

PERSONAL = tuple(f.name for f in TABLE if f.sort is not Sort.CONSENT)
"""What a caller can write of a customer as such; consents have a history of their own."""
