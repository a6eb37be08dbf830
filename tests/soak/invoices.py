"""An invoice of the files in the domain's words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from core.orders.model import Charge, ChargeKind

if TYPE_CHECKING:
    from local.demo.month.truth import Invoice


def charges(invoice: Invoice) -> tuple[Charge, ...]:
    """Return what an invoice asks for besides its goods."""
    amounts = (
        (ChargeKind.SHIPPING, invoice.shipping),
        (ChargeKind.DISCOUNT, invoice.discount),
        (ChargeKind.FEE, invoice.fees),
    )
    return tuple(Charge(kind, amount) for kind, amount in amounts if amount)


def epoch(moment: str) -> int:
    """Return a moment of the files as epoch milliseconds."""
    return round(datetime.fromisoformat(moment).astimezone(UTC).timestamp() * 1000)
