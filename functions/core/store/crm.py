"""One tenant's records as sync reads them, and where they stand in HubSpot: `CrmStore`."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from core.crm.records import CustomerRecord, Link, OrderRecord, PageRecord, ProductRecord
from core.store import (
    customer_items,
    inventory,
    keys,
    link_items,
    order_items,
    order_links,
    stock,
    table,
)
from core.store.keys import Key
from core.store.work import mark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from concurrent.futures import Executor

    from mypy_boto3_dynamodb import DynamoDBClient

    from core.crm.ports import LinePage
    from core.orders.model import Charge
    from core.store.table import Item


class StoredRecords:
    """Records over DynamoDB; every read is strongly consistent."""

    def __init__(
        self, dynamodb: DynamoDBClient, core_table: str, tenant: str, executor: Executor
    ) -> None:
        """Keep the parts; `executor` is where DynamoDB is called from many threads."""
        self._executor = executor
        self._dynamodb = dynamodb
        self._core = core_table
        self._tenant = tenant

    def products(self, skus: Iterable[str]) -> dict[str, ProductRecord]:
        """Return the products that exist, each with all its levels, by SKU."""
        listed = list(dict.fromkeys(skus))
        found = zip(listed, self._executor.map(self._partition, listed), strict=True)
        return {sku: _product(items) for sku, items in found if "PRODUCT" in items}

    def customers(self, ids: Iterable[str]) -> dict[str, CustomerRecord]:
        """Return the customers that exist and were not erased, by id."""
        homes = {i: keys.customer(self._tenant, i) for i in ids}
        found = self._get([*homes.values(), *(keys.link(h) for h in homes.values())])
        return {
            i: CustomerRecord(
                customer_items.customer(found[home]),
                mark(found[home]),
                link_items.read(found.get(keys.link(home))),
                found[home].get("sync_parked", False),
                "gone_at" in found.get(keys.link(home), {}),
            )
            for i, home in homes.items()
            if home in found and "erased_at" not in found[home]
        }

    def orders(
        self, ids: Iterable[str], fits: Callable[[list[int]], int]
    ) -> dict[str, OrderRecord]:
        """Return orders that exist, by id, in the order asked for, as many as fit by line count."""
        homes = {i: keys.order(self._tenant, i) for i in ids}
        headers = self._get(homes.values())
        there = [i for i, home in homes.items() if home in headers]
        there = there[: fits([headers[homes[i]]["line_count"] for i in there])]
        wanted: list[Key] = []
        for i in there:
            wanted.append(keys.link(homes[i]))
            for number in range(1, headers[homes[i]]["pages"] + 1):
                wanted.append(keys.page(self._tenant, i, number))
                wanted.append(keys.order_links(homes[i], number))
        found = self._get(wanted)
        return {i: self._order(headers[homes[i]], found) for i in there}

    def product_links(self, skus: Iterable[str]) -> dict[str, Link]:
        """Return the links that exist, by SKU."""
        return self._links({s: keys.product(self._tenant, s) for s in skus})

    def customer_links(self, ids: Iterable[str]) -> dict[str, Link]:
        """Return the links that exist, by customer id."""
        return self._links({i: keys.customer(self._tenant, i) for i in ids})

    def put_links(self, links: Mapping[tuple[str, str], Link]) -> None:
        """Keep where records stand, and of contacts also whose they are."""
        for _ in self._executor.map(self._put_link, links.items()):
            pass

    def put_lines(self, pages: Sequence[LinePage]) -> None:
        """Keep where lines stand, except on pages that an operator changed in the meantime."""
        for _ in self._executor.map(self._put_page, pages):
            pass

    def _put_page(self, page: LinePage) -> None:
        changed = self._dynamodb.exceptions.ConditionalCheckFailedException
        with suppress(changed), table.translated():
            self._dynamodb.put_item(**order_links.put_page(self._core, page).wire()["Put"])

    def _partition(self, sku: str) -> dict[str, Item]:
        partition = keys.product(self._tenant, sku).pk
        return {i["sk"]: i for i in table.query(self._dynamodb, self._core, partition)}

    def _order(self, item: Item, found: Mapping[Key, Item]) -> OrderRecord:
        header = order_items.header(item)
        home = keys.order(self._tenant, header.id)
        charges: tuple[Charge, ...] = ()
        pages: list[PageRecord] = []
        for number in range(1, header.pages + 1):
            whole = order_items.order(header, [found[keys.page(self._tenant, header.id, number)]])
            charges += whole.charges
            links = found.get(keys.order_links(home, number))
            there = order_links.read_page(home, number, links)
            pages.append(
                PageRecord(
                    number,
                    whole.lines,
                    there.links,
                    frozenset(there.parked),
                    frozenset(there.retried),
                    there.revision,
                )
            )
        link = link_items.read(found.get(keys.link(home)))
        refused = item.get("sync_parked", False)
        return OrderRecord(header, charges, tuple(pages), mark(item), link, refused)

    def _links(self, homes: Mapping[str, Key]) -> dict[str, Link]:
        found = self._get(keys.link(home) for home in homes.values())
        links = {i: link_items.read(found.get(keys.link(home))) for i, home in homes.items()}
        return {i: link for i, link in links.items() if link is not None}

    def _get(self, wanted: Iterable[Key]) -> dict[Key, Item]:
        return table.get_many(self._dynamodb, self._core, wanted)

    def _put_link(self, named: tuple[tuple[str, str], Link]) -> None:
        home, link = named
        for action in link_items.put(self._core, Key(*home), link):
            table.write(self._dynamodb, action)


def _product(items: Mapping[str, Item]) -> ProductRecord:
    levels = [i for sk, i in items.items() if sk.startswith("LEVEL#")]
    read = [stock.level(i) for i in levels]
    return ProductRecord(
        inventory.product(items["PRODUCT"]),
        sum(level.available for level in read),
        sum(level.reserved for level in read),
        sum(level.version for level in read),
        (mark(items["PRODUCT"]), *(mark(i) for i in levels)),
        link_items.read(items.get("LINK")),
        items["PRODUCT"].get("sync_parked", False),
    )
