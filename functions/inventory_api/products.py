"""Between HTTP and the use cases of products and their stock."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from core.errors import FieldError, Invalid
from core.inventory.service import ProductDraft
from core.web.app import Answer
from core.web.body import parse
from inventory_api import answers
from inventory_api.paths import known_sku, new_sku
from inventory_api.schemas import ProductIn

if TYPE_CHECKING:
    from core.inventory.service import Inventory
    from core.web.app import Request


@dataclass(frozen=True, slots=True)
class ProductEndpoints:
    """One method per route, named as the route."""

    inventory: Inventory

    def put_product(self, request: Request) -> Answer:
        """Make a product be as the body says."""
        sku = new_sku(request)
        body = parse(request.event, ProductIn)
        draft = ProductDraft(
            sku=sku,
            name=body.name,
            price=body.price,
            currency=body.currency,
            description=body.description,
            backorder=body.backorder,
            opening_stock=_opening(body),
        )
        product, new = self.inventory.put_product(request.act, draft)
        return Answer(HTTPStatus.CREATED if new else HTTPStatus.OK, answers.product(product))

    def get_product(self, request: Request) -> Answer:
        """Answer a product."""
        product = self.inventory.get_product(request.tenant, known_sku(request))
        return Answer(HTTPStatus.OK, answers.product(product))

    def get_stock(self, request: Request) -> Answer:
        """Answer the stock of a SKU."""
        sku = known_sku(request)
        levels = self.inventory.get_stock(request.tenant, sku)
        return Answer(HTTPStatus.OK, answers.stock(sku, levels))


def _opening(body: ProductIn) -> dict[str, int]:
    opening: dict[str, int] = {}
    for index, entry in enumerate(body.opening_stock):
        if entry.location in opening:
            wrong = FieldError(f"opening_stock.{index}.location", "twice", "Named before.")
            raise Invalid("invalid_body", "A location stands there twice.", fields=(wrong,))
        opening[entry.location] = entry.quantity
    return opening
