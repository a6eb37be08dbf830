"""From validated bodies to what the customers' use cases take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.clock import millis
from core.customers.consent import Basis, Decision
from core.errors import FieldError, Invalid
from core.web.person import address

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.contact.rules import ContactRules
    from core.customers.model import Value
    from customers_api.schemas import ChangeIn, DecisionIn

_WRONG = "The request's body is not as it should be."


def changes(body: ChangeIn, rules: ContactRules, tenant: str) -> dict[str, Value]:
    """Return the fields that a body names, None for what it clears; `Invalid`."""
    email, phone = rules.normal(tenant, body.email, body.phone)
    wanted: dict[str, Value] = {
        "external_id": body.external_id,
        "email": email,
        "first_name": body.first_name,
        "last_name": body.last_name,
        "phone": phone,
        "billing_address": address(body.billing_address),
        "shipping_address": address(body.shipping_address),
    }
    return {name: value for name, value in wanted.items() if name in body.model_fields_set}


def decisions(given: Sequence[DecisionIn], now: int) -> tuple[Decision, ...]:
    """Return what somebody says of a person's decisions; one without a time was made now.

    `Invalid` where it is not said where a decision was made.
    """
    absent = [i for i, one in enumerate(given) if one.source is None]
    if absent:
        fields = tuple(
            FieldError(f"consents.{i}.source", "missing", "Where was it said?") for i in absent
        )
        raise Invalid("invalid_body", _WRONG, fields=fields)
    return tuple(
        Decision(
            purpose=one.purpose,
            state=one.state,
            basis=one.basis,
            at=millis(one.at) if one.at is not None else now,
            source=one.source or "",
            wording=one.wording,
        )
        for one in given
    )


def own_decisions(given: Sequence[DecisionIn], now: int, portal: str) -> tuple[Decision, ...]:
    """Return what a person decides himself, now, at a portal.

    `Invalid` where he says more: a decision that is put back in time could undo a later one, and a
    basis other than his consent is the shop's to claim.
    """
    wrong = [
        FieldError(f"consents.{i}.{name}", "not_yours_to_say", "Leave it out.")
        for i, one in enumerate(given)
        for name in ("at", "basis", "source")
        if name in one.model_fields_set
    ]
    if wrong:
        raise Invalid("invalid_body", _WRONG, fields=tuple(wrong))
    return tuple(
        Decision(one.purpose, one.state, Basis.CONSENT, now, portal, one.wording) for one in given
    )
