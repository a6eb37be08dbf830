"""Every route of the inventory, and what answers it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.web.app import Endpoint
    from inventory_api.lists import ListEndpoints
    from inventory_api.products import ProductEndpoints
    from inventory_api.reservations import ReservationEndpoints
    from inventory_api.stock import StockEndpoints


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The endpoints by subject."""

    products: ProductEndpoints
    stock: StockEndpoints
    reservations: ReservationEndpoints
    lists: ListEndpoints

    def by_route(self) -> Mapping[str, Endpoint]:
        """Return the endpoints by the names of their routes."""
        return {
            "list_products": self.lists.list_products,
            "put_product": self.products.put_product,
            "get_product": self.products.get_product,
            "list_stock": self.lists.list_stock,
            "get_stock": self.products.get_stock,
            "list_ledger": self.lists.list_ledger,
            "count_stock": self.stock.count_stock,
            "adjust_stock": self.stock.adjust_stock,
            "batch_stock": self.stock.batch_stock,
            "reserve": self.reservations.reserve,
            "get_reservation": self.reservations.get_reservation,
            "commit_reservation": self.reservations.commit_reservation,
            "release_reservation": self.reservations.release_reservation,
        }
