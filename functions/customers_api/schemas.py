"""What the customers' routes take."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, Field, StringConstraints, model_validator

from core.access.issuer import MAX_TEXT
from core.customers.consent import PURPOSE, Basis, State
from core.ids import ID
from core.web.body import Body
from core.web.person import AddressIn, PersonIn
from core.web.text import Email, ExternalId, Moment, Text
from customers_api.answers import (
    BindingOut,
    BindingsOut,
    ConsentsOut,
    CustomerOut,
    CustomersOut,
)

MAX_DECISIONS = 10
MAX_FIELDS = 20

Purpose = Annotated[str, StringConstraints(pattern=f"^{PURPOSE.pattern}$")]
Claim = Annotated[str, StringConstraints(min_length=1, max_length=MAX_TEXT)]
Version = Annotated[int, Field(ge=1, le=2**53)]


class DecisionIn(Body):
    """What a person has decided: `at` is now unless told, `source` is where it was said.

    A portal's user says for himself what he decides now: `basis`, `at` and `source` are not his to
    say. Everyone else must name the source.
    """

    purpose: Purpose
    state: Annotated[State, Field(strict=False)]
    basis: Annotated[Basis, Field(strict=False)] = Basis.CONSENT
    at: Moment | None = None
    source: Text | None = None
    wording: Text | None = None


Decisions = Annotated[tuple[DecisionIn, ...], Field(max_length=MAX_DECISIONS)]


class CustomerIn(PersonIn):
    """A customer to be made, or found by external id or e-mail and given what is new.

    What is left out stays as it is.
    """

    consents: Decisions = ()

    @model_validator(mode="after")
    def _identified(self) -> Self:
        if self.external_id is None and self.email is None:
            raise ValueError("a customer has an external_id or an email")
        return self


class ChangeIn(Body):
    """What is to be different of the customer that has this `version`; null clears a field."""

    version: Version
    external_id: ExternalId | None = None
    email: Email | None = None
    first_name: Text | None = None
    last_name: Text | None = None
    phone: Text | None = None
    billing_address: AddressIn | None = None
    shipping_address: AddressIn | None = None


class FindIn(Body):
    """One identity, and the fields to be shown: personal data has no place in a URL."""

    external_id: ExternalId | None = None
    email: Email | None = None
    fields: Annotated[tuple[Text, ...], Field(max_length=MAX_FIELDS)] | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.external_id is None) == (self.email is None):
            raise ValueError("either external_id or email")
        return self


class ConsentsIn(Body):
    """Decisions of one customer."""

    consents: Annotated[Decisions, Field(min_length=1)]


class BindingIn(Body):
    """A portal's user, as his tokens name him (`iss`, `sub`), and the customer whom he is."""

    issuer: Claim
    subject: Claim
    customer_id: Annotated[str, StringConstraints(pattern=f"^{ID.pattern}$")]


class Nothing(Body):
    """The body of a call that says everything in its path."""


BODIES: dict[str, type[BaseModel]] = {
    "put_customer": CustomerIn,
    "find_customer": FindIn,
    "change_customer": ChangeIn,
    "record_consents": ConsentsIn,
    "bind_subject": BindingIn,
}
ANSWERS: dict[str, dict[int, type[BaseModel]]] = {
    "list_customers": {200: CustomersOut},
    "put_customer": {200: CustomerOut},
    "find_customer": {200: CustomerOut},
    "get_customer": {200: CustomerOut},
    "change_customer": {200: CustomerOut},
    "list_consents": {200: ConsentsOut},
    "record_consents": {201: CustomerOut},
    "list_bindings": {200: BindingsOut},
    "bind_subject": {201: BindingOut},
    "revoke_binding": {200: BindingOut},
}
