"""From validated bodies to what the customers' use cases take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.clock import millis
from core.customers.consent import Decision
from core.web.person import address

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.contact.rules import ContactRules
    from core.customers.model import Value
    from customers_api.schemas import ChangeIn, DecisionIn


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


def decisions(given: Iterable[DecisionIn], now: int) -> tuple[Decision, ...]:
    """Return a person's decisions; one without a time was made now."""
    return tuple(
        Decision(
            purpose=one.purpose,
            state=one.state,
            basis=one.basis,
            at=millis(one.at) if one.at is not None else now,
            source=one.source,
            wording=one.wording,
        )
        for one in given
    )
