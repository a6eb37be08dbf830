"""Our records as sync reads them: the domain's own models, with their marks and HubSpot's ids."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.customers.model import Customer
    from core.inventory.model import Product
    from core.orders.model import Charge, Header, Line


@dataclass(frozen=True, slots=True)
class Mark:
    """An item of the store that may be owed to HubSpot, as a strongly consistent read found it.

    `key` is its primary key. `lane` is the queue in which it is marked, None when nothing is owed.
    `attempts` counts pushes that came to nothing, `rest_until` (epoch ms) is how long it is left
    alone after the last of them. `retries` counts how often an operator owed it again.
    """

    key: tuple[str, str]
    version: int
    lane: str | None = None
    attempts: int = 0
    rest_until: int = 0
    retries: int = 0

    @property
    def dirty(self) -> bool:
        """Whether it is owed to HubSpot."""
        return self.lane is not None

    def resting(self, now: int) -> bool:
        """Whether it is to be left alone for now."""
        return self.rest_until > now


@dataclass(frozen=True, slots=True)
class Link:
    """Where a record of ours stands in HubSpot.

    `withheld` are properties that HubSpot holds elsewhere and that we therefore never send. Of an
    order, `contact` is the HubSpot contact with which it was associated. `agreed` has a fingerprint
    of each shared property's value when both sides last had the same one (`Subject.fingerprint`).
    A `merged` contact stands for another customer, since somebody merged the two in HubSpot: orders
    are associated with it, and nothing is sent to it.
    """

    hubspot_id: str
    withheld: frozenset[str] = frozenset()
    contact: str | None = None
    agreed: Mapping[str, str] = field(default_factory=dict)
    merged: bool = False


@dataclass(frozen=True, slots=True)
class ProductRecord:
    """A product with its stock summed over locations; `marks` are the product's and its levels'."""

    product: Product
    available: int
    reserved: int
    stock_version: int
    marks: tuple[Mark, ...]
    link: Link | None = None
    parked: bool = False


@dataclass(frozen=True, slots=True)
class CustomerRecord:
    """A customer; `away` if his contact was deleted in HubSpot and he has not changed since."""

    customer: Customer
    mark: Mark
    link: Link | None = None
    parked: bool = False
    away: bool = False

    @property
    def shown(self) -> bool:
        """Whether HubSpot should have a contact of his own."""
        merged = self.link is not None and self.link.merged
        return not (self.customer.guest or self.away or merged)


@dataclass(frozen=True, slots=True)
class PageRecord:
    """A page of an order's lines.

    `links` maps line number to HubSpot's id of what stands there and belongs to its order; `parked`
    are the lines that HubSpot refused, `retried` those of them that an operator owed again.
    `revision` counts how often these three were written down.
    """

    number: int
    lines: tuple[Line, ...]
    links: Mapping[int, str]
    parked: frozenset[int] = frozenset()
    retried: frozenset[int] = frozenset()
    revision: int = 0

    @property
    def owed(self) -> tuple[Line, ...]:
        """The lines that HubSpot has yet to be told."""
        told = self.links.keys() | self.parked
        return tuple(line for line in self.lines if line.number not in told)


@dataclass(frozen=True, slots=True)
class OrderRecord:
    """An order, whole."""

    header: Header
    charges: tuple[Charge, ...]
    pages: tuple[PageRecord, ...]
    mark: Mark
    link: Link | None = None
    parked: bool = False
