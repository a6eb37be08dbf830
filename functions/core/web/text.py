"""Kinds of text and number that a request may hold, for the schemas."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, StringConstraints

from core.inventory.model import LOCATION, MAX_QUANTITY, RESERVED_LOCATIONS, SKU
from core.money import EXPONENTS, MAX_AMOUNT

_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}", re.ASCII)
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)


def _printable(text: str) -> str:
    if "\ufffd" in text or not text.isprintable():
        raise ValueError("holds a character that cannot be shown")
    return text


def _currency(code: str) -> str:
    if code not in EXPONENTS:
        raise ValueError("is not an ISO 4217 currency")
    return code


def _free(location: str) -> str:
    if location in RESERVED_LOCATIONS:
        raise ValueError("is reserved")
    return location


def _rfc3339(value: object) -> object:
    if not isinstance(value, str) or not _MOMENT.match(value):
        raise ValueError("is not a time as in 2026-11-21T22:35:00Z")
    return value


def _sensible(moment: datetime) -> datetime:
    if not _EARLIEST <= moment <= _LATEST:
        raise ValueError("is not between 1970 and 9999")
    return moment


def _anchored(pattern: str) -> str:
    return f"^(?:{pattern})$"


Text = Annotated[
    str,
    StringConstraints(min_length=1, max_length=255, strip_whitespace=True),
    AfterValidator(_printable),
]
Email = Annotated[
    str,
    StringConstraints(max_length=254, pattern=r"^[^@\s]{1,64}@[^@\s]{1,189}$"),
    AfterValidator(_printable),
]
ExternalId = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,64}$")]
Moment = Annotated[
    AwareDatetime, Field(strict=False), BeforeValidator(_rfc3339), AfterValidator(_sensible)
]
Sku = Annotated[str, StringConstraints(pattern=_anchored(SKU.pattern), max_length=64)]
Location = Annotated[
    str, StringConstraints(pattern=_anchored(LOCATION.pattern)), AfterValidator(_free)
]
Currency = Annotated[str, AfterValidator(_currency), Field(examples=["GBP"])]
Quantity = Annotated[int, Field(ge=1, le=MAX_QUANTITY)]
StockQuantity = Annotated[int, Field(ge=0, le=MAX_QUANTITY)]
Price = Annotated[int, Field(ge=0, le=MAX_AMOUNT, description="minor units")]
Amount = Annotated[int, Field(ge=-MAX_AMOUNT, le=MAX_AMOUNT, description="minor units")]
