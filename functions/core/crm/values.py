"""When two values of a property are one and the same, though written differently.

HubSpot keeps numbers as they were sent by whoever sent them (`10`, `10.00`), shows times in its own
form, folds an e-mail's case, and shows a cleared property as null or not at all.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from core.crm.ownership import EMAIL
from core.crm.properties import OURS, ObjectType

if TYPE_CHECKING:
    from collections.abc import Mapping

_NUMBERS = frozenset(
    {"price", "quantity", "hs_total_price", "hs_subtotal_price", "hs_shipping_cost"}
)
_TIMES = frozenset({"hs_external_created_date"})

_TYPES: Mapping[tuple[ObjectType, str], str] = {
    (kind, p.name): p.type for kind, table in OURS.items() for p in table
}


def canonical(kind: ObjectType, name: str, value: str | None) -> str:
    """Return the one form of a value; a number or time that is none stays as it is."""
    text = (value or "").strip()
    if not text:
        return ""
    declared = _TYPES.get((kind, name))
    if declared == "number" or name in _NUMBERS:
        return _number(text)
    if declared == "datetime" or name in _TIMES:
        return _moment(text)
    return text.casefold() if name == EMAIL else text


def same(kind: ObjectType, name: str, ours: str | None, theirs: str | None) -> bool:
    """Return whether two values are the same to HubSpot."""
    return canonical(kind, name, ours) == canonical(kind, name, theirs)


def _number(text: str) -> str:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    if not number.is_finite():
        return text
    return f"{number.normalize():f}" if number else "0"


def _moment(text: str) -> str:
    """Return epoch milliseconds, of an ISO 8601 time or of what is that already."""
    if text.removeprefix("-").isdecimal():
        return text
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return str(round(moment.timestamp() * 1000))
