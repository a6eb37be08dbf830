"""A tenant's records listed by keyset and looked up: `core.reconcile.ports.Catalogue`.

A listing goes through its shards one after the other. A record's shard and its place there never
change, an order's not even when its state does, so that nothing is skipped while it is listed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.crm.parking import TO_CONTACT, State
from core.crm.properties import ObjectType
from core.orders.model import PAGE_LINES
from core.reconcile.ports import Entry, Known
from core.store import keys, listing, order_links, pages, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mypy_boto3_dynamodb import DynamoDBClient

    from core.store.keys import Key
    from core.store.table import Item

_LISTINGS = {ObjectType.PRODUCTS: listing.PRODUCTS, ObjectType.CONTACTS: listing.CUSTOMERS}


class StoredCatalogue:
    """One tenant's products, customers and orders."""

    def __init__(self, dynamodb: DynamoDBClient, core_table: str, tenant: str) -> None:
        """Keep the parts."""
        self._dynamodb = dynamodb
        self._core = core_table
        self._tenant = tenant

    def page(
        self, kind: ObjectType, position: str, limit: int
    ) -> tuple[tuple[Entry, ...], str | None]:
        """Return up to `limit` records after a position `<shard>|<where in it>`."""
        number, _, after = position.partition("|")
        shard = int(number or 0)
        index, partitions = self._partitions(kind, shard)
        listed, on = pages.page(
            self._dynamodb, self._core, index, partitions, after=after or None, limit=limit
        )
        entries = tuple(Entry(one.key.pk.split("#", 2)[2], f"{shard}|{one.by}") for one in listed)
        if on is not None:
            return entries, f"{shard}|{on}"
        return entries, f"{shard + 1}|" if shard + 1 < keys.SHARDS else None

    def known(self, kind: ObjectType, names: Iterable[str]) -> dict[str, Known]:
        """Return the records that exist, with where we think that they stand."""
        if kind is ObjectType.LINE_ITEMS:
            return self._lines(names)
        homes = {name: self._home(kind, name) for name in names}
        found = self._get([*homes.values(), *(keys.link(home) for home in homes.values())])
        return {
            name: Known(found[home]["id"], found.get(keys.link(home), {}).get("hubspot_id"))
            for name, home in homes.items()
            if home in found
        }

    def waits(self, order_id: str) -> bool:
        """Return whether HubSpot refuses the order's association with its contact."""
        parked = keys.parked(self._tenant, TO_CONTACT, order_id)
        item = table.get(self._dynamodb, self._core, parked)
        return item is not None and item["state"] != State.CURED

    def _partitions(self, kind: ObjectType, shard: int) -> tuple[pages.Index, tuple[str, ...]]:
        if kind is ObjectType.ORDERS:
            return pages.STATES, listing.settled_orders(self._tenant, shard)
        return pages.LISTING, (listing.partitions(self._tenant, _LISTINGS[kind])[shard],)

    def _home(self, kind: ObjectType, name: str) -> Key:
        if kind is ObjectType.PRODUCTS:
            return keys.product(self._tenant, name)
        if kind is ObjectType.CONTACTS:
            return keys.customer(self._tenant, name)
        return keys.order(self._tenant, name)

    def _lines(self, names: Iterable[str]) -> dict[str, Known]:
        """Look lines up by their unique id, `<order id>-<number>`."""
        split = {n: (n.rpartition("-")[0], n.rpartition("-")[2]) for n in names}
        lines = {n: (o, int(number)) for n, (o, number) in split.items() if number.isdecimal()}
        homes = {order: keys.order(self._tenant, order) for order, _ in lines.values()}
        places = {
            name: keys.order_links(homes[order], (number - 1) // PAGE_LINES + 1)
            for name, (order, number) in lines.items()
        }
        found = self._get([*homes.values(), *places.values()])
        return {
            name: Known(name, _link(found, places[name], number))
            for name, (order, number) in lines.items()
            if 1 <= number <= found.get(homes[order], {}).get("line_count", 0)
        }

    def _get(self, wanted: Iterable[Key]) -> dict[Key, Item]:
        return table.get_many(self._dynamodb, self._core, wanted)


def _link(found: Mapping[Key, Item], place: Key, number: int) -> str | None:
    return order_links.read_page(place, 0, found.get(place)).links.get(number)
