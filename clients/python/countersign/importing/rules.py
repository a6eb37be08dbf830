"""What a row is, by its invoice number and its stock code; the reasons stand beside the codes."""

from __future__ import annotations

import re
from enum import StrEnum

from countersign.importing.month import Kind

CHARGES: dict[str, Kind] = {
    "POST": Kind.POSTAGE,  # postage, so many units of it for heavy parcels
    "DOT": Kind.POSTAGE,  # postage of the web shop
    "C2": Kind.SHIPPING,  # carriage
    "M": Kind.FEE,  # "Manual": an amount keyed in by hand, often for goods listed at 0
    "m": Kind.FEE,
    "D": Kind.DISCOUNT,
    "S": Kind.FEE,  # samples, billed as one amount
    "BANK CHARGES": Kind.FEE,
    "AMAZONFEE": Kind.FEE,  # what the marketplace keeps
    "CRUK": Kind.FEE,  # commission for a charity
    "B": Kind.FEE,  # "Adjust bad debt"
}
"""Stock codes that are no goods. All others are, whatever their form (DCGS0076, PADS)."""

GIFT_VOUCHER = re.compile(r"gift_", re.IGNORECASE)
"""Money paid in advance: nothing leaves a shelf."""


class Form(StrEnum):
    """What an invoice number says of its invoice."""

    SALE = "sale"
    CANCELLATION = "cancellation"
    ADJUSTMENT = "adjustment"
    UNKNOWN = "unknown"


_FORMS = (
    (re.compile(r"\d+"), Form.SALE),
    (re.compile(r"[Cc]\d+"), Form.CANCELLATION),
    (re.compile(r"[A-Za-z]\d+"), Form.ADJUSTMENT),
)


def form_of(invoice: str) -> Form:
    """Return what an invoice is: digits alone a sale, C a cancellation, another letter neither."""
    return next((form for shape, form in _FORMS if shape.fullmatch(invoice)), Form.UNKNOWN)


def charge_kind(sku: str, amount: int) -> Kind | None:
    """Return which charge a code stands for, None for goods.

    The API knows no negative postage and no positive discount: such an amount is a fee, which may
    have either sign.
    """
    kind = Kind.FEE if GIFT_VOUCHER.match(sku) else CHARGES.get(sku)
    if kind is None or kind is Kind.FEE:
        return kind
    regular = amount <= 0 if kind is Kind.DISCOUNT else amount >= 0
    return kind if regular else Kind.FEE
