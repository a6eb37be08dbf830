"""The one outbound writer of a tenant: look, push what is ready, look again, until nothing is.

It runs for up to a minute and waits at most two seconds at a time. What is due later than that is
left to the nudge that it asks for when it ends.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from core.crm import lanes, mapping
from core.crm.lanes import CUSTOMERS, LANES, ORDERS, Lane, Look, Waiting
from core.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from core.clock import Clock
    from core.crm.conveyor import Conveyor
    from core.crm.orders import OrderPusher
    from core.crm.ports import CrmStore, Key, WorkStore
    from core.crm.pusher import Pusher
    from core.crm.settling import Settling
    from core.crm.subjects import Subject
    from core.crm.tally import Tally

PATIENCE_MS = 2_000


@dataclass(slots=True)
class Writer:
    """Pushes all that a tenant owes to HubSpot. `linger_of` gives a queue's linger in ms."""

    work: WorkStore
    records: CrmStore
    pusher: Pusher
    orders: OrderPusher
    settling: Settling
    conveyor: Conveyor
    clock: Clock
    tally: Tally
    linger_of: Callable[[str], int]
    _settled: set[tuple[Key, int]] = field(default_factory=set)

    def run(self, until: int) -> Tally:
        """Run until nothing is ready or `until` (epoch ms) has come, and say when work is due."""
        while True:
            looks = [self._look(lane) for lane in LANES]
            pushed = self._round(looks, until)
            now = self.clock.now()
            if self.conveyor.held_until:
                self.tally.again_at = max(now, self.conveyor.held_until)
                return self.tally
            soonest = lanes.soonest(looks)
            if now >= until and (pushed or soonest is not None):
                self.tally.again_at = now if pushed else soonest
                return self.tally
            if not pushed:
                if soonest is None or soonest - now > PATIENCE_MS:
                    self.tally.again_at = soonest
                    return self.tally
                self.clock.sleep(max(soonest - now, 1) / 1000)

    def _look(self, lane: Lane) -> Look:
        """Look at a lane, without what this run has settled and the index may still show."""
        look = self.work.look(lane)
        return Look(lane, tuple(w for w in look.waiting if (w.key, w.due_at) not in self._settled))

    def _round(self, looks: Sequence[Look], until: int) -> bool:
        """Give every ready lane its turn; False when none was ready."""
        pushed = False
        for look in looks:
            if self.conveyor.held_until or self.clock.now() >= until:
                break
            turn = lanes.ready(look, self.clock.now(), self.linger_of(look.lane.queue))
            if turn:
                pushed = True
                self.tally.rounds += 1
                self._turn(look.lane, turn)
        return pushed

    def _turn(self, lane: Lane, turn: Sequence[Waiting]) -> None:
        ids = list(dict.fromkeys(w.id for w in turn))
        try:
            done = self._pushed(lane, ids)
        except Unavailable as error:
            # A call of set-up failed: this lane is done for this run, the others are not.
            self.tally.note(error.internal)
            done = set(ids)
        self._settled |= {(w.key, w.due_at) for w in turn if w.id in done}

    def _pushed(self, lane: Lane, ids: Sequence[str]) -> set[str]:
        """Push a lane's records and return the ids that this run need not look at again."""
        if lane is ORDERS:
            return self._order_turn(ids)
        return self._customer_turn(ids) if lane is CUSTOMERS else self._product_turn(ids)

    def _product_turn(self, skus: Sequence[str]) -> set[str]:
        records = self.records.products(skus)
        self._push([mapping.product(r) for r in records.values()])
        return set(skus)

    def _customer_turn(self, ids: Sequence[str]) -> set[str]:
        records = self.records.customers(ids)
        subjects = {i: mapping.customer(r) for i, r in records.items()}
        for i, record in records.items():
            if record.customer.guest:
                self.settling.clean(subjects.pop(i))
        self.settling.commit()
        self._push(list(subjects.values()))
        return set(ids)

    def _order_turn(self, ids: Sequence[str]) -> set[str]:
        records = self.records.orders(ids, lanes.within)
        now = self.clock.now()
        owed = [
            r
            for r in records.values()
            if r.mark.dirty and not r.mark.resting(now) and r.header.state in mapping.STAGE_LABELS
        ]
        self.orders.push(owed)
        return set(records) or set(ids)

    def _push(self, subjects: Sequence[Subject]) -> None:
        now = self.clock.now()
        self.pusher.push([s for s in subjects if s.dirty and not s.resting(now)], urgent=False)
