"""A customer: the one place in which a person's data lives.

Elsewhere stands a random customer id. The identities that make a customer one and the same
(external id, e-mail, HubSpot id) are held by uniqueness guards, whose keys are HMACs, so that
neither a key nor an index holds the identity itself.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from enum import StrEnum


class IdentityKind(StrEnum):
    """What can identify a person."""

    EXTERNAL_ID = "external_id"
    EMAIL = "email"


@dataclass(frozen=True, slots=True)
class Identity:
    """One of a person's identities, in its normal form."""

    kind: IdentityKind
    value: str

    def mac(self, key: bytes) -> str:
        """Return the HMAC-SHA256 that names the guard of this identity, in hex."""
        return hmac.new(key, f"{self.kind}:{self.value}".encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class CustomerDraft:
    """A customer as an order brings him."""

    external_id: str | None = None
    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    phone: str | None = None

    @property
    def identities(self) -> tuple[Identity, ...]:
        """The identities given, at most two; none for a guest."""
        given = (
            (IdentityKind.EXTERNAL_ID, self.external_id),
            (IdentityKind.EMAIL, self.email and normal_email(self.email)),
        )
        return tuple(Identity(kind, value) for kind, value in given if value)


@dataclass(frozen=True, slots=True)
class Customer:
    """A stored customer. `audit_key` signs the audit's fingerprints of his fields."""

    id: str
    created_at: int
    audit_key: bytes
    external_id: str | None = None
    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    phone: str | None = None
    version: int = 1

    @property
    def guest(self) -> bool:
        """Whether nothing identifies him beyond this one order."""
        return self.external_id is None and self.email is None


PERSONAL = ("external_id", "email", "first_name", "last_name", "phone")
"""The fields of a customer that an order can bring."""


def normal_email(address: str) -> str:
    """Return the form in which two spellings of one address are equal: trimmed, lower case."""
    return address.strip().lower()
