"""What the files say, sorted: sales, cancellations, and what is neither."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class Bucket(StrEnum):
    """Where a row ends: every row in exactly one."""

    ORDERED = "ordered"
    CHARGES = "charges"
    CANCELLED = "cancelled"
    UNMATCHED = "cancellations_unmatched"
    REJECTED = "rejected"
    NOT_ORDERS = "not_orders"


class Kind(StrEnum):
    """What a charge is for, in the API's words."""

    SHIPPING = "shipping"
    POSTAGE = "postage"
    FEE = "fee"
    DISCOUNT = "discount"


@dataclass(frozen=True, slots=True)
class Line:
    """A row that sells goods; `price` is in minor units."""

    position: int
    sku: str
    description: str
    quantity: int
    price: int


@dataclass(frozen=True, slots=True)
class Charge:
    """A row that sells no goods; `amount` is in minor units, negative lowers the total."""

    position: int
    kind: Kind
    label: str
    amount: int


@dataclass(frozen=True, slots=True)
class Sale:
    """An invoice that is an order. Line 1 of the order is `lines[0]`; guests have no customer."""

    invoice: str
    at: datetime
    customer: str | None
    lines: tuple[Line, ...]
    charges: tuple[Charge, ...] = ()


@dataclass(frozen=True, slots=True)
class Cancelled:
    """A row that takes goods back; `quantity` is positive."""

    position: int
    sku: str
    quantity: int
    price: int


@dataclass(frozen=True, slots=True)
class Cancellation:
    """An invoice of goods taken back from a customer."""

    invoice: str
    at: datetime
    customer: str
    rows: tuple[Cancelled, ...]


@dataclass(frozen=True, slots=True)
class Aside:
    """A row of which nothing is imported, and why."""

    position: int
    bucket: Bucket
    reason: str


@dataclass(frozen=True, slots=True)
class Month:
    """All rows of the files, each in one place. Sales and cancellations stand as in the files."""

    rows_read: int
    sales: tuple[Sale, ...]
    cancellations: tuple[Cancellation, ...]
    asides: tuple[Aside, ...]
