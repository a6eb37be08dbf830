"""What the customers' routes answer: the fields that a caller may be shown, and no others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.clock import rfc3339
from core.customers.consent import sold_or_shared
from core.customers.model import plain
from core.customers.personal import PERSONAL, READ_CONTACT
from core.web.body import Body

if TYPE_CHECKING:
    from collections.abc import Collection

    from core.customers.binding import Binding
    from core.customers.consent import Decision, Recorded
    from core.customers.model import Customer


class AddressOut(Body):
    """A postal address; `country` is ISO 3166-1 alpha-2."""

    recipient: str | None = None
    line1: str
    line2: str | None = None
    city: str
    region: str | None = None
    postal_code: str | None = None
    country: str


class DecisionOut(Body):
    """A decision; `source` and `wording` are for those who may read contact data."""

    state: str
    basis: str
    at: str
    source: str | None = None
    wording: str | None = None


class RecordedOut(DecisionOut):
    """A decision of the history, and when it was written down."""

    id: str
    purpose: str
    recorded_at: str


class ConsentsOut(Body):
    """A page of a customer's decisions as they were recorded, oldest first."""

    consents: tuple[RecordedOut, ...]
    cursor: str | None = None


class CustomerOut(Body):
    """A customer; what was not asked for, may not be shown or is not there is left out."""

    id: str
    version: int
    guest: bool | None = None
    external_id: str | None = None
    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    phone: str | None = None
    billing_address: AddressOut | None = None
    shipping_address: AddressOut | None = None
    consents: dict[str, DecisionOut] | None = None
    do_not_sell_or_share: bool | None = None
    created_at: str | None = None


class CustomersOut(Body):
    """A page of customers, oldest first; `cursor` goes on, and is missing at the end."""

    customers: tuple[CustomerOut, ...]
    cursor: str | None = None


class BindingOut(Body):
    """A portal's user who is a customer; who he is at the portal is not kept."""

    id: str
    customer_id: str
    issuer: str
    created_at: str
    revoked_at: str | None = None


class BindingsOut(Body):
    """All bindings of a customer, oldest first."""

    bindings: tuple[BindingOut, ...]


def binding(of: Binding) -> BindingOut:
    """Show a binding."""
    return BindingOut(
        id=of.id,
        customer_id=of.customer_id,
        issuer=of.issuer,
        created_at=rfc3339(of.created_at),
        revoked_at=rfc3339(of.revoked_at) if of.revoked_at is not None else None,
    )


def customer(of: Customer, fields: Collection[str], scopes: Collection[str]) -> CustomerOut:
    """Show these fields of a customer."""
    known: dict[str, Any] = {name: plain(getattr(of, name)) for name in PERSONAL}
    known |= {
        "guest": of.guest,
        "consents": {p: DecisionOut(**_decision(d, scopes)) for p, d in of.consents.items()},
        "do_not_sell_or_share": not sold_or_shared(of.consents),
        "created_at": rfc3339(of.created_at),
    }
    chosen = {name: value for name, value in known.items() if name in fields}
    return CustomerOut(id=of.id, version=of.version, **chosen)


def recorded(of: Recorded, scopes: Collection[str]) -> RecordedOut:
    """Show a decision of the history."""
    return RecordedOut(
        id=of.id,
        purpose=of.decision.purpose,
        recorded_at=rfc3339(of.recorded_at),
        **_decision(of.decision, scopes),
    )


def _decision(of: Decision, scopes: Collection[str]) -> dict[str, Any]:
    told = {"source": of.source, "wording": of.wording} if READ_CONTACT in scopes else {}
    return {"state": str(of.state), "basis": str(of.basis), "at": rfc3339(of.at), **told}
