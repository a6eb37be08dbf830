"""What sync needs of the world outside: HubSpot, the store, the rate budget."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from core.crm.calls import Call
    from core.crm.lanes import Lane, Look
    from core.crm.outcomes import Quota, Reason, Reply
    from core.crm.properties import ObjectType
    from core.crm.records import CustomerRecord, Link, Mark, OrderRecord, ProductRecord

Key = tuple[str, str]


class Hubspot(Protocol):
    """One portal."""

    def send(self, call: Call) -> Reply:
        """Make one batch call. Never raises for what HubSpot or the network does."""
        ...

    def order_stages(self) -> Mapping[str, tuple[str, str]]:
        """Return pipeline and stage id by the stage's label; `Unavailable` when that fails."""
        ...

    def adopts(self, kind: ObjectType) -> bool:
        """Return whether records of this type can be read by the property in `ADOPT_BY`."""
        ...


@dataclass(frozen=True, slots=True)
class Grant:
    """Moments (epoch ms) at which a call may start; with none, `until` is when to ask again."""

    starts: tuple[int, ...]
    until: int = 0


class Budget(Protocol):
    """What may be asked of a portal, shared by all who ask.

    Every call takes a start of the ten-second limit; associations and searches then take one of a
    limit of their own as well.
    """

    others: int
    """How many calls of the window, by the last answer, are certainly not ours."""

    @property
    def down(self) -> bool:
        """Whether HubSpot answers nobody, so that one call at a time finds out when it does."""
        ...

    @property
    def suspected(self) -> bool:
        """Whether it is rather HubSpot that fails than the last call."""
        ...

    def reserve(self, limit: str, count: int, *, urgent: bool) -> Grant:
        """Reserve up to `count` starts within two seconds; one only while HubSpot is down.

        Only the `urgent` may touch the part of the day that is kept for orders.
        """
        ...

    def observe(self, quota: Quota, sent_at: int | None = None) -> bool:
        """Take note of HubSpot's own figures, which only lower the estimate.

        `sent_at` (epoch ms) is when the answered call started, now if it is not told. True when
        starts that were granted are void, since the window is nearly full.
        """
        ...

    def unused(self, starts: Iterable[int]) -> None:
        """Take back starts of the ten-second limit that no call made use of."""
        ...

    def answered(self) -> None:
        """Take note that HubSpot answered a call, whatever it said."""
        ...

    def failed(self, status: int, retry_after: float | None) -> None:
        """Take note that HubSpot did not answer a call; `status` is 0 when nothing was heard."""
        ...

    def limited(self, policy: str, retry_after: float | None) -> None:
        """Take note of a 429: nothing starts until that limit has room again."""
        ...


@dataclass(frozen=True, slots=True)
class Parked:
    """A record that HubSpot refuses, with its reason; personal data in the reason is masked.

    `home` is the primary key of the item whose mark brings it to HubSpot.
    """

    type: str
    key: str
    home: Key
    reason: Reason
    version: int
    at: int


@dataclass(frozen=True, slots=True)
class LinePage:
    """Where the lines of an order's page stand in HubSpot, and which of them it refuses.

    `home` is the order's primary key; `links` maps line number to HubSpot's id. `retried` and
    `revision` are as in `core.crm.records.PageRecord`, the revision as it was read.
    """

    home: Key
    number: int
    links: Mapping[int, str]
    parked: tuple[int, ...]
    retried: tuple[int, ...] = ()
    revision: int = 0


class WorkStore(Protocol):
    """One tenant's work index and marks."""

    def look(self, lane: Lane) -> Look:
        """Return what waits in a lane, oldest first, at most a few turns of it.

        Eventually consistent: it finds, it does not know.
        """
        ...

    def clean(self, done: Sequence[Mark]) -> int:
        """Note that the marks' versions are in HubSpot; return of how many that is all.

        Of the others a newer version is owed already. It is due after another linger, so that a
        record that never rests is still pushed once a linger.
        """
        ...

    def rest(self, owed: Sequence[tuple[Mark, int]]) -> None:
        """Leave each owed item alone until then (epoch ms), and keep its mark's `attempts`."""
        ...

    def park(self, parked: Parked, owed: Iterable[Mark]) -> bool:
        """Keep what HubSpot refused for the operator, and take its marks out of their lanes.

        A mark whose version has moved stays: the change may have cured it. So does one that an
        operator owed again since it was read. Refusals are counted. False when the operator has
        discarded the record and HubSpot's reason is the one that he knows.
        """
        ...

    def wait(self, kind: str, key: str, order_ids: Iterable[str]) -> None:
        """Remember orders that went to HubSpot without what is parked."""
        ...

    def unpark(self, kind: str, key: str) -> None:
        """Note that what was parked is in HubSpot after all, and owe the orders that lack it.

        Does nothing for what was never parked.
        """
        ...


class CrmStore(Protocol):
    """One tenant's records, read strongly consistent, and where they stand in HubSpot."""

    def products(self, skus: Iterable[str]) -> dict[str, ProductRecord]:
        """Return the products that exist, by SKU."""
        ...

    def customers(self, ids: Iterable[str]) -> dict[str, CustomerRecord]:
        """Return the customers that exist, by id."""
        ...

    def orders(
        self, ids: Iterable[str], fits: Callable[[list[int]], int]
    ) -> dict[str, OrderRecord]:
        """Return orders that exist, by id, in the order asked for.

        `fits` is given their line counts and says how many of them to read whole.
        """
        ...

    def product_links(self, skus: Iterable[str]) -> dict[str, Link]:
        """Return the links that exist, by SKU."""
        ...

    def customer_links(self, ids: Iterable[str]) -> dict[str, Link]:
        """Return the links that exist, by customer id."""
        ...

    def put_links(self, links: Mapping[Key, Link]) -> None:
        """Keep where records stand, each beside the item whose primary key is given.

        What of `agreed` is not named stays as it is: inbound may have written it meanwhile.
        """
        ...

    def put_lines(self, pages: Sequence[LinePage]) -> None:
        """Keep where lines stand.

        A page that an operator changed since it was read is left: its order is owed again anyway.
        """
        ...
