"""A real shop's days, lived through in one process while everything goes wrong."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from random import Random
from typing import TYPE_CHECKING

from core.contention import Contended
from core.crm.ownership import Ownership
from core.crm.parking import QUEUES, Operator, Parking, State
from core.crm.tally import Tally
from core.customers.model import CustomerDraft
from core.errors import Busy, Conflict
from core.idempotency import Ticket
from core.inventory.service import ProductDraft
from core.orders.change import Change
from core.orders.draft import DraftLine, OrderDraft
from core.orders.model import OrderState
from core.orders.sweep import Sweep
from core.reconcile.beginning import Beginning
from core.reconcile.run import Intervals, Mode
from core.store import marks
from core.store.due import due
from core.store.parking import StoredParking
from core.ulids import Ulids
from hubspot_sync.settings import VISIBILITY_SECONDS
from local.demo.month.api_seen import Seen
from reconcile.stretch import Stretches
from tests.flow.shop import Shop
from tests.soak.dying import Death, Killed, MortalExecutor
from tests.soak.invoices import charges, epoch
from tests.soak.twin_time import TwinTime
from tests.support import tables
from tests.support.books import TENANT

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from mypy_boto3_dynamodb import DynamoDBClient

    from core.crm.parking import ParkedRecord
    from local.demo.month.expected import Shop as Goods
    from local.demo.month.truth import Invoice
    from tests.support.direct_twin import DirectTwin

    T = TypeVar("T")

NUDGE_MS = 4_000
WAKE_MS = 10 * 60_000
"""How long a change may wait for the writer here: fewer runs than life has, and fuller ones."""

LEASE_MS = 90_000
QUIET_MS = 10 * 60_000
EDITS: tuple[tuple[str, dict[str, str]], ...] = (
    ("products", {"price": "0.01", "countersign_available": "7"}),
    ("orders", {"hs_total_price": "0.01"}),
    ("line_items", {"quantity": "999"}),
    ("products", {}),
    ("contacts", {}),
    ("orders", {}),
    ("line_items", {}),
)
"""What somebody in HubSpot does to a record of a type: changes properties, or deletes it."""

SHIPPED_AFTER_MS = 3 * 3_600_000
PATIENCE = 1_000
TRIES = 20


@dataclass
class Counts:
    """What happened while the shop lived."""

    runs: int = 0
    calls: int = 0
    parked: int = 0
    retried: int = 0
    edits: int = 0
    limited: int = 0
    slept: float = 0


class SoakShop(Shop):
    """A shop whose functions may die at any step, and are called again as their queues would."""

    def __init__(
        self, dynamodb: DynamoDBClient, twin: DirectTwin, version: str, seed: int, begin: int
    ) -> None:
        """Open it at a moment (epoch ms)."""
        super().__init__(dynamodb, twin, version)
        self.clock: TwinTime = TwinTime(twin.twin.clock, begin)
        self.__post_init__()
        self.dice = Random(seed)  # noqa: S311 - dice for a test
        self.death = Death(self.dice, chance=0.3)
        self.death.watch(dynamodb)
        for executor in self.executors:
            executor.shutdown()
        self.executors = (MortalExecutor(self.death), MortalExecutor(self.death))
        self.speak(version)
        self.seen = Seen()
        self.removed: set[str] = set()
        self.counts = Counts()
        self.wake_at: int | None = None
        self._to_ship: list[tuple[int, str]] = []
        orders = self.placement.store
        ids = Ulids()
        self._change = Change(orders, self.clock, ids, self.dice)
        self._sweep = Sweep(orders, self.clock, ids)
        store = StoredParking(dynamodb, self.core, tables.AUDIT)
        self.parking = Parking(store, self.clock, ids, self.dice)
        self._beginning = Beginning(self.clock, ids, Intervals(0, 0))

    def stock(self, goods: Goods) -> None:
        """Put the products with what they open with."""
        for sku, opening in goods.opening.items():
            draft = ProductDraft(
                sku,
                goods.names[sku],
                goods.prices[sku],
                "GBP",
                None,
                backorder=False,
                opening_stock={"main": opening},
            )
            self.inventory.put_product(self._act(), draft)
        self.wake_at = self.clock.now()

    def sell(self, invoice: Invoice) -> None:
        """Live until an invoice's moment, and place its order."""
        at = epoch(invoice.placed_at)
        self.live(at)
        lines = tuple(
            DraftLine(n.sku, "main", n.quantity, n.price, n.description or None)
            for n in invoice.lines
        )
        customer = CustomerDraft(external_id=invoice.customer) if invoice.customer else None
        draft = OrderDraft("GBP", lines, charges(invoice), customer, invoice.number, at)
        ticket = Ticket(sha256(invoice.number.encode()).hexdigest(), "body")
        order = self._insist(lambda: self.placement.place(self._act(), ticket, draft))
        self.seen.invoices[order.header.id] = invoice.number
        if invoice.customer and order.header.customer_id:
            self.seen.customers[order.header.customer_id] = invoice.customer
        self._to_ship.append((at + SHIPPED_AFTER_MS, order.header.id))
        self.owe()

    def live(self, until: int) -> None:
        """Ship what is due and wake the writer whenever it is to wake, until a moment."""
        while True:
            ship_at = self._to_ship[0][0] if self._to_ship else until
            wake_at = until if self.wake_at is None else self.wake_at
            if min(ship_at, wake_at) >= until:
                break
            if ship_at <= wake_at:
                self._ship(*self._to_ship.pop(0))
            else:
                self.wake()
        self.clock.reach(until)

    def settle(self) -> None:
        """Live on until every order is shipped, nothing is owed, and nothing is parked."""
        while self._to_ship:
            self.live(self._to_ship[0][0] + 1)
        for _ in range(PATIENCE):
            if self.wake_at is not None:
                self.wake()
            elif not self._retry_parked():
                return
        raise AssertionError(f"not in step after {PATIENCE} runs: {self.owed()[:9]}")

    def wake(self) -> None:
        """Run the writer as a nudge would; one that dies is run again when its message is back."""
        self.clock.reach(self.wake_at or 0)
        self.counts.runs += 1
        before = len(self.clock.slept)
        try:
            with self.death.may_come():
                tally = self.syncing.run(TENANT)
        except Killed:
            self.speak(self.version)
            self.wake_at = self.clock.now() + VISIBILITY_SECONDS * 1000
            return
        self.counts.calls += tally.calls.total()
        self.counts.parked += tally.parked.total()
        self.counts.limited += tally.limited.total()
        self.counts.slept = max([self.counts.slept, *self.clock.slept[before:]])
        soonest = self.clock.now() + NUDGE_MS
        self.wake_at = None if tally.again_at is None else max(tally.again_at, soonest)

    def edit_behind_our_back(self) -> None:
        """Let somebody in HubSpot change what is ours, or delete it; no webhook tells of it."""
        kind, fields = self.dice.choice(EDITS)
        there = self.shown(kind)
        if not there:
            return
        record = self.dice.choice(there)
        path = f"/_twin/records/{kind}/{record['id']}"
        if fields:
            assert self.twin.call("PATCH", path, {"properties": fields}).status == HTTPStatus.OK
        else:
            assert self.twin.call("DELETE", path).status == HTTPStatus.OK
            self.removed.add(record["properties"].get("countersign_sku", ""))
        self.counts.edits += 1

    def reconcile(self) -> dict[str, int]:
        """Compare both sides and mend; a run that dies is gone on with. Returns the drift."""
        self.clock.advance(QUIET_MS)
        runs, began = self._stretches().runs(TENANT), self.clock.now()
        assert self._beginning.asked(runs, full=True)
        for _ in range(PATIENCE):
            with suppress(Killed), self.death.may_come():
                reconciler, run = self._stretches().go_on(TENANT, Tally())
                if run is not None and run.passing is None:
                    reconciler.finish(run)
            ended = runs.last(Mode.FULL)
            if ended is not None and ended.started_at >= began:
                self.wake_at = self.clock.now() + NUDGE_MS
                return dict(ended.drift)
            self.clock.advance(LEASE_MS)
        raise AssertionError("reconcile does not end")

    def _stretches(self) -> Stretches:
        return Stretches(
            self.core,
            self.dynamodb,
            self.portals,
            Ownership(),
            *self.executors,
            self.clock,
            lambda *_: None,
            lambda *_: None,
        )

    def _ship(self, at: int, order_id: str) -> None:
        self.clock.reach(at)
        ticket = Ticket(sha256(f"ship {order_id}".encode()).hexdigest(), "body")
        shipped = OrderState.SHIPPED
        self._insist(lambda: self._change.to(self._act(), ticket, order_id, shipped))
        self.owe()

    def owe(self) -> None:
        """Let the writer wake a while after a change."""
        due_at = self.clock.now() + WAKE_MS
        self.wake_at = due_at if self.wake_at is None else min(self.wake_at, due_at)

    def _insist(self, call: Callable[[], T]) -> T:
        """Call until it has its answer, as a caller with an Idempotency-Key does."""
        for _ in range(TRIES):
            try:
                with self.death.may_come():
                    return call()
            except (Killed, Contended, Conflict, Busy):
                # 409 while the dead call's lease runs; out of stock would be for good.
                self.clock.advance(LEASE_MS)
                self._sweep_all()
        return call()

    def _sweep_all(self) -> None:
        for key in list(due(self.dynamodb, self.core, TENANT, marks.SAGAS, self.clock.now())):
            self._sweep.sweep(TENANT, key.pk.rsplit("#", 1)[1])

    def _retry_parked(self) -> bool:
        """Mend the portal's rules and owe all that is parked again; False when nothing is."""
        for portal in self.twin.twin.portals.values():
            portal.rules.clear()
        kinds, after = tuple(QUEUES), None
        found: list[ParkedRecord] = []
        while True:
            page, after = self.parking.page(TENANT, State.PARKED, kinds, after, 100)
            found += page
            if after is None:
                break
        for one in found:
            self.parking.retry(TENANT, one.kind, one.id, Operator("soak", "soak"))
        self.counts.retried += len(found)
        if found:
            self.wake_at = self.clock.now() + NUDGE_MS
        return bool(found)
