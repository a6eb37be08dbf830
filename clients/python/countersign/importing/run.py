"""An import from beginning to end: products, orders, then what came back of them."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TextIO, TypeVar

from countersign.importing import bodies
from countersign.importing.catalogue import products_of, waves
from countersign.importing.crew import Crew
from countersign.importing.outcomes import Accepted, Refused, attempt
from countersign.importing.planning import owed_returns, plan_returns
from countersign.importing.progress import Progress
from countersign.importing.report import Report, make_report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from decimal import Decimal
    from zoneinfo import ZoneInfo

    from countersign.client import Client
    from countersign.flavours import Flavour
    from countersign.importing.catalogue import Product
    from countersign.importing.journal import Journal, Settled
    from countersign.importing.matching import Return
    from countersign.importing.month import Month, Sale
    from countersign.importing.outcomes import Outcome
    from countersign.target import Target

J = TypeVar("J")


@dataclass(frozen=True, slots=True)
class Settings:
    """How to import.

    `zone` is that of the files' wall clock. `stock` says whether past orders move stock; if so,
    products begin with `factor` of what the files sell. `retry_refused` makes refused calls again.
    """

    zone: ZoneInfo
    factor: Decimal
    stock: Literal["move", "untouched"] = "move"
    workers: int = 4
    retry_refused: bool = False

    @property
    def moves(self) -> bool:
        """Whether the orders take from stock and the returns give back."""
        return self.stock == "move"

    def facts(self) -> dict[str, str]:
        """Return what may not change between two runs with the same journal."""
        return {"zone": str(self.zone), "stock": self.stock, "factor": str(self.factor)}


@dataclass(slots=True)
class Import:
    """One run; what the journal says is done is not done again."""

    month: Month
    target: Target
    journal: Journal
    settings: Settings
    out: TextIO
    flavour: Flavour | None = None
    writes: int = 0
    seconds: dict[str, float] = field(default_factory=dict)

    def run(self) -> Report:
        """Import all that the journal does not hold yet, and report on everything."""
        with self._timed("products"):
            for wave in waves(products_of(self.month.sales)):
                owed = [p for p in wave if self._owed(self.journal.products.get(p.sku))]
                self._each("products", owed, self._put)
        with self._timed("orders"):
            orders = self.journal.orders
            sales = [s for s in self.month.sales if self._owed(orders.get(s.invoice))]
            self._each("orders", sales, self._place)
        with self._timed("returns"):
            plan_returns(self.month, self.journal, again=self.settings.retry_refused)
            returns = owed_returns(self.month, self.journal)
            owed_now = [r for r in returns if self._owed(self.journal.returns.get(r.key))]
            self._each("returns", owed_now, self._return)
        self.journal.sync()
        return make_report(self.month, self.journal, self.writes, self.seconds)

    def _owed(self, known: Settled | None) -> bool:
        """Tell whether a call is to be made: not yet made, or refused and to be tried again."""
        return known is None or (isinstance(known, Refused) and self.settings.retry_refused)

    def _each(self, name: str, jobs: Sequence[J], act: Callable[[Client, J], Outcome]) -> None:
        if jobs:
            self.writes += len(jobs)
            progress = Progress(name, len(jobs), self.out)
            Crew(self.target, self.settings.workers, self.flavour).each(jobs, act, progress)

    def _put(self, client: Client, product: Product) -> Outcome:
        stock = product.opening_stock(self.settings.factor) if self.settings.moves else None
        body = bodies.product_body(product, stock)
        outcome = attempt(lambda: str(client.put_product(product.sku, body)["id"]))
        self.journal.product(product.sku, outcome)
        return outcome

    def _place(self, client: Client, sale: Sale) -> Outcome:
        fulfilment = "deduct" if self.settings.moves else "untouched"
        body, key = bodies.order_body(sale, fulfilment, self.settings.zone), bodies.order_key(sale)
        outcome = attempt(lambda: str(client.place_order(body, key)["id"]))
        self.journal.order(sale.invoice, outcome)
        return outcome

    def _return(self, client: Client, returned: Return) -> Outcome:
        order = self.journal.orders[returned.sale]
        body = bodies.return_body(returned, restock=self.settings.moves)
        key = bodies.return_key(returned)
        outcome: Outcome = Refused("order_refused", "Its order was refused.")
        if isinstance(order, Accepted):
            order_id = order.id
            outcome = attempt(lambda: str(client.return_lines(order_id, body, key)["id"]))
        self.journal.returned(returned.key, outcome)
        return outcome

    @contextmanager
    def _timed(self, phase: str) -> Iterator[None]:
        started = time.monotonic()
        yield
        self.seconds[phase] = round(time.monotonic() - started, 1)
