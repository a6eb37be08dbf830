"""A customer: the one place in which a person's data lives.

Elsewhere stands a random customer id. The identities that make a customer one and the same
(external id, e-mail) are held by uniqueness guards, whose keys are HMACs, so that neither a key nor
an index holds the identity itself.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from typing import TYPE_CHECKING

from core.customers.personal import PERSONAL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.customers.consent import Decision


class IdentityKind(StrEnum):
    """What can identify a person."""

    EXTERNAL_ID = "external_id"
    EMAIL = "email"


@dataclass(frozen=True, slots=True)
class Identity:
    """One of a person's identities, in its normal form."""

    kind: IdentityKind
    value: str = field(repr=False)

    def mac(self, key: bytes) -> str:
        """Return the HMAC-SHA256 that names the guard of this identity, in hex."""
        return hmac.new(key, f"{self.kind}:{self.value}".encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address; `country` is ISO 3166-1 alpha-2."""

    line1: str = field(repr=False)
    city: str = field(repr=False)
    country: str
    recipient: str | None = field(default=None, repr=False)
    line2: str | None = field(default=None, repr=False)
    region: str | None = None
    postal_code: str | None = field(default=None, repr=False)


Value = str | Address | None
"""What one of the fields of `PERSONAL` can be."""


@dataclass(frozen=True, slots=True)
class CustomerDraft:
    """A customer as a caller brings him: None is not given. E-mail and phone in normal form."""

    external_id: str | None = None
    email: str | None = field(default=None, repr=False)
    first_name: str | None = field(default=None, repr=False)
    last_name: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    billing_address: Address | None = field(default=None, repr=False)
    shipping_address: Address | None = field(default=None, repr=False)

    @property
    def identities(self) -> tuple[Identity, ...]:
        """The identities given, at most two; none for a guest."""
        return identities(self.external_id, self.email)

    @property
    def given(self) -> dict[str, Value]:
        """The fields given, each with its value."""
        return {n: v for n in PERSONAL if (v := getattr(self, n)) is not None}


@dataclass(frozen=True, slots=True)
class Customer:
    """A stored customer. Times in epoch ms; `audit_key` signs the audit's fingerprints of him.

    `consents` holds the decision that counts for each purpose.
    """

    id: str
    created_at: int
    audit_key: bytes = field(repr=False)
    external_id: str | None = None
    email: str | None = field(default=None, repr=False)
    first_name: str | None = field(default=None, repr=False)
    last_name: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    version: int = 1
    billing_address: Address | None = field(default=None, repr=False)
    shipping_address: Address | None = field(default=None, repr=False)
    consents: Mapping[str, Decision] = field(default_factory=dict)

    @property
    def guest(self) -> bool:
        """Whether nothing identifies him beyond this one order."""
        return self.external_id is None and self.email is None

    @property
    def identities(self) -> tuple[Identity, ...]:
        """The identities whose guards are his, and no others are."""
        return identities(self.external_id, self.email)


def identities(external_id: str | None, email: str | None) -> tuple[Identity, ...]:
    """Return a person's identities in their normal form."""
    known = (
        (IdentityKind.EXTERNAL_ID, external_id),
        (IdentityKind.EMAIL, email and normal_email(email)),
    )
    return tuple(Identity(kind, value) for kind, value in known if value)


def normal_email(address: str) -> str:
    """Return an address as its guard and HubSpot know it: trimmed, lower case.

    What comes in through a door has its full normal form already (`core.contact`).
    """
    return address.strip().lower()


def plain(value: Value) -> str | dict[str, str] | None:
    """Return a field's value as plain text or, for an address, as a mapping of what it has."""
    if not isinstance(value, Address):
        return value
    return {name: text for name, text in asdict(value).items() if text is not None}


def canonical(value: Value) -> str:
    """Return a field's value as one text, the same for equal values; "" for none."""
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(plain(value), sort_keys=True, separators=(",", ":"))


ADDRESS_PARTS = tuple(f.name for f in fields(Address))
