"""Between HTTP and the lists of products, stock and ledger."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from core.web.app import Answer
from core.web.query import limit, text
from inventory_api import answers
from inventory_api.paths import known_sku

if TYPE_CHECKING:
    from core.inventory.lists import Listing
    from core.web.app import Request
    from core.web.cursor import Cursors


@dataclass(frozen=True, slots=True)
class ListEndpoints:
    """One method per route, named as the route."""

    listing: Listing
    cursors: Cursors

    def list_products(self, request: Request) -> Answer:
        """Answer a page of products."""
        query = (request.route.name,)
        products, position = self.listing.products(
            request.tenant, self._after(request, query), limit(request)
        )
        shown = tuple(answers.product(product) for product in products)
        cursor = self._cursor(request, query, position)
        return Answer(HTTPStatus.OK, answers.ProductsOut(products=shown, cursor=cursor))

    def list_stock(self, request: Request) -> Answer:
        """Answer a page of stock."""
        query = (request.route.name,)
        levels, position = self.listing.stock(
            request.tenant, self._after(request, query), limit(request)
        )
        shown = tuple(answers.place(level) for level in levels)
        cursor = self._cursor(request, query, position)
        return Answer(HTTPStatus.OK, answers.LevelsOut(levels=shown, cursor=cursor))

    def list_ledger(self, request: Request) -> Answer:
        """Answer a page of a SKU's ledger."""
        sku = known_sku(request)
        query = (request.route.name, sku)
        movements, position = self.listing.ledger(
            request.tenant, sku, self._after(request, query), limit(request)
        )
        shown = tuple(answers.movement(movement) for movement in movements)
        cursor = self._cursor(request, query, position)
        return Answer(HTTPStatus.OK, answers.LedgerOut(movements=shown, cursor=cursor))

    def _after(self, request: Request, query: tuple[str, ...]) -> str | None:
        given = text(request, "cursor")
        return self.cursors.open(request.tenant, query, given) if given is not None else None

    def _cursor(self, request: Request, query: tuple[str, ...], position: str | None) -> str | None:
        return self.cursors.seal(request.tenant, query, position) if position else None
