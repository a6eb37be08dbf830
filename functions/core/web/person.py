"""A person in a request's body, and from there to a draft in normal form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import StringConstraints

from core.customers.model import ADDRESS_PARTS, Address, CustomerDraft
from core.web.body import Body
from core.web.text import Email, ExternalId, Text

if TYPE_CHECKING:
    from core.contact.rules import ContactRules

Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
"""ISO 3166-1 alpha-2, by its form."""


class AddressIn(Body):
    """A postal address."""

    recipient: Text | None = None
    line1: Text
    line2: Text | None = None
    city: Text
    region: Text | None = None
    postal_code: Text | None = None
    country: Country


class PersonIn(Body):
    """What a caller can say of a person."""

    external_id: ExternalId | None = None
    email: Email | None = None
    first_name: Text | None = None
    last_name: Text | None = None
    phone: Text | None = None
    billing_address: AddressIn | None = None
    shipping_address: AddressIn | None = None


def person(given: PersonIn, rules: ContactRules, tenant: str, place: str = "") -> CustomerDraft:
    """Return the draft; `Invalid` when e-mail or phone cannot be kept.

    `place` is where the person stands in the body (`customer.`).
    """
    email, phone = rules.normal(tenant, given.email, given.phone, place)
    return CustomerDraft(
        external_id=given.external_id,
        email=email,
        first_name=given.first_name,
        last_name=given.last_name,
        phone=phone,
        billing_address=address(given.billing_address),
        shipping_address=address(given.shipping_address),
    )


def address(given: AddressIn | None) -> Address | None:
    """Return an address as the domain knows it."""
    if given is None:
        return None
    return Address(**{part: getattr(given, part) for part in ADDRESS_PARTS})
