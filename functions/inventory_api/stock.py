"""Between HTTP and the use cases of people who count and adjust."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from core.contention import busy
from core.errors import CountersignError
from core.inventory.changes import Adjustment, Count
from core.web.app import Answer
from core.web.batch import batch_problem
from core.web.body import parse
from core.web.problems import status_of
from inventory_api import answers
from inventory_api.paths import known_location, known_sku, new_location
from inventory_api.schemas import AdjustmentIn, CountIn, StockBatchIn

if TYPE_CHECKING:
    from core.clock import Clock
    from core.inventory.model import Movement
    from core.inventory.stocktaking import Stocktaking
    from core.web.app import Request
    from inventory_api.schemas import StockItemIn

BATCH_MS = 20_000
"""What is not begun by then is answered as busy, before API Gateway's 29 s cut everything off."""


@dataclass(frozen=True, slots=True)
class StockEndpoints:
    """One method per route, named as the route."""

    stocktaking: Stocktaking
    clock: Clock

    def count_stock(self, request: Request) -> Answer:
        """Set what is on the shelf; answer the level as it is then."""
        sku, location = known_sku(request), new_location(request)
        self.stocktaking.count(request.act, _count(sku, location, parse(request.event, CountIn)))
        level = self.stocktaking.level(request.tenant, sku, location)
        return Answer(HTTPStatus.OK, answers.place(level))

    def adjust_stock(self, request: Request) -> Answer:
        """Change what is on the shelf; answer the line of the ledger."""
        sku, location = known_sku(request), known_location(request)
        body = parse(request.event, AdjustmentIn)
        ticket = request.ticket(body, part=f"{sku}/{location}")
        wanted = _adjustment(sku, location, body)
        movement = self.stocktaking.adjust(request.act, wanted, ticket)
        return Answer(HTTPStatus.CREATED, answers.movement(movement))

    def batch_stock(self, request: Request) -> Answer:
        """Count and adjust, item by item; each has a result of its own.

        An item's Idempotency-Key is the call's with the item's place, so a repeat writes only what
        was not written.
        """
        body = parse(request.event, StockBatchIn)
        deadline = self.clock.now() + BATCH_MS
        results = (
            self._item(request, index, item, deadline) for index, item in enumerate(body.items)
        )
        return Answer(HTTPStatus.OK, answers.StockBatchOut(results=tuple(results)))

    def _item(
        self, request: Request, index: int, item: StockItemIn, deadline: int
    ) -> answers.StockItemOut:
        try:
            if self.clock.now() > deadline:
                raise busy()
            movement = self._write(request, index, item)
        except CountersignError as error:
            if error.code == "idempotency_key_required":
                raise
            return answers.StockItemOut(
                index=index, status=status_of(error), problem=batch_problem(error)
            )
        return answers.StockItemOut(
            index=index, status=HTTPStatus.OK, movement=answers.movement(movement)
        )

    def _write(self, request: Request, index: int, item: StockItemIn) -> Movement:
        ticket = request.ticket(item, part=str(index))
        if item.count is not None:
            count = _count(item.count.sku, item.count.location, item.count)
            return self.stocktaking.count(request.act, count, ticket)
        if item.adjustment is None:
            raise ValueError("an item is either a count or an adjustment")
        adjustment = _adjustment(item.adjustment.sku, item.adjustment.location, item.adjustment)
        return self.stocktaking.adjust(request.act, adjustment, ticket)


def _count(sku: str, location: str, body: CountIn) -> Count:
    return Count(sku, location, body.on_hand, body.count_version, body.reason)


def _adjustment(sku: str, location: str, body: AdjustmentIn) -> Adjustment:
    return Adjustment(sku, location, body.change, body.reason, body.note)
