"""Reading many: products, stock and a SKU's ledger, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from core.contention import Patience
from core.inventory.service import existing

if TYPE_CHECKING:
    from core.clock import Clock
    from core.contention import Random
    from core.inventory.model import Level, Movement, Product
    from core.inventory.ports import InventoryStore, Lists


@dataclass(frozen=True, slots=True)
class Listing:
    """The use cases of lists. Each returns a page and the position to go on from."""

    lists: Lists
    products_store: InventoryStore
    clock: Clock
    random: Random

    def products(
        self, tenant: str, after: str | None, limit: int
    ) -> tuple[tuple[Product, ...], str | None]:
        """Return a page of the products, by SKU."""
        return self._patience().until_done(partial(self.lists.products, tenant, after, limit))

    def stock(
        self, tenant: str, after: str | None, limit: int
    ) -> tuple[tuple[Level, ...], str | None]:
        """Return a page of the stock, by SKU and location."""
        return self._patience().until_done(partial(self.lists.stock, tenant, after, limit))

    def ledger(
        self, tenant: str, sku: str, after: str | None, limit: int
    ) -> tuple[tuple[Movement, ...], str | None]:
        """Return a page of a SKU's ledger; `NotFound` for a SKU that does not exist."""
        patience = self._patience()
        existing(patience.until_done(partial(self.products_store.find, tenant, sku))[0])
        return patience.until_done(partial(self.lists.ledger, tenant, sku, after, limit))

    def _patience(self) -> Patience:
        return Patience(self.clock, self.random)
