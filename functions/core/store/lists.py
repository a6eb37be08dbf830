"""Pages of products, stock and ledger in DynamoDB."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.store import inventory, keys, listing, pages, stock, table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from core.inventory.model import Level, Movement, Product
    from core.store.table import Item


class StoredLists:
    """`core.inventory.ports.Lists` over DynamoDB."""

    def __init__(self, dynamodb: DynamoDBClient, core_table: str) -> None:
        """Keep the parts."""
        self._dynamodb = dynamodb
        self._core = core_table

    def products(
        self, tenant: str, after: str | None, limit: int
    ) -> tuple[tuple[Product, ...], str | None]:
        """Return products by SKU."""
        items, position = self._page(tenant, listing.PRODUCTS, after, limit)
        return tuple(inventory.product(item) for item in items), position

    def stock(
        self, tenant: str, after: str | None, limit: int
    ) -> tuple[tuple[Level, ...], str | None]:
        """Return levels by SKU and location."""
        items, position = self._page(tenant, listing.LEVELS, after, limit)
        return tuple(stock.level(item) for item in items), position

    def ledger(
        self, tenant: str, sku: str, after: str | None, limit: int
    ) -> tuple[tuple[Movement, ...], str | None]:
        """Return a SKU's movements, by location, then by the time at which their cause arose."""
        partition = keys.ledger_partition(tenant, sku)
        items = table.page(self._dynamodb, self._core, partition, after, limit + 1)
        position = items[limit - 1]["sk"] if len(items) > limit else None
        return tuple(stock.movement(item) for item in items[:limit]), position

    def _page(
        self, tenant: str, what: str, after: str | None, limit: int
    ) -> tuple[list[Item], str | None]:
        """Return items of a listing as they are now; the index itself may lag by a moment."""
        listed, position = pages.page(
            self._dynamodb,
            self._core,
            pages.LISTING,
            listing.partitions(tenant, what),
            after=after,
            limit=limit,
        )
        found = table.get_many(self._dynamodb, self._core, [one.key for one in listed])
        return [found[one.key] for one in listed if one.key in found], position
