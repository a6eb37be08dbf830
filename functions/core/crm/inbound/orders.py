"""Orders: a stage moved in HubSpot goes through the order's own state machine, all else is ours."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.access.principal import Kind, Principal
from core.audit import Act
from core.clock import rfc3339
from core.contention import Superseded
from core.crm import mapping
from core.crm.inbound.cases import HUBSPOT, Case, Result
from core.crm.ownership import PIPELINE, STAGE, Side
from core.crm.properties import UNIQUE, ObjectType
from core.errors import Conflict
from core.idempotency import Ticket
from core.orders.states import ON_THE_WAY, STAGES
from core.routes import Door

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from core.crm.inbound.cases import Clerk
    from core.crm.inbound.ports import LinkStore
    from core.crm.inbound.repairs import Repairs
    from core.crm.outcomes import Result as Shown
    from core.crm.ports import CrmStore, Hubspot
    from core.crm.records import OrderRecord
    from core.crm.seeing import Difference
    from core.orders.change import Change
    from core.orders.model import OrderState
    from core.orders.ports import OrderStore

_LABELS = {label: state for state, label in STAGES.items()}


@dataclass(frozen=True, slots=True)
class Orders:
    """One tenant's."""

    hubspot: Hubspot
    records: CrmStore
    links: LinkStore
    repairs: Repairs
    store: OrderStore
    change: Change
    clerk: Clerk
    type: ObjectType = ObjectType.ORDERS

    def cases(self, found: Mapping[str, Shown | None]) -> dict[str, Case]:
        """Return our orders; one that is on its way from state to state has no stage yet."""
        named = {
            asked: (order, shown)
            for asked, shown in found.items()
            if shown and (order := shown.properties.get(UNIQUE[self.type]))
        }
        records = self.records.orders({order for order, _ in named.values()}, len)
        stages = self.hubspot.order_stages() if records else {}
        return {
            asked: Case(
                asked, shown.id, order, mapping.order(records[order], stages), shown.properties
            )
            for asked, (order, shown) in named.items()
            if order in records and _counts(records[order])
        }

    def settle(self, case: Case, differences: Sequence[Difference]) -> Result:
        """Follow a moved stage where the order can go, undo it where not; put right the rest."""
        if STAGE not in case.subject.properties:
            raise Superseded  # its call, or the sweeper, brings it to a stage within a minute
        if not case.linked:
            self.links.relink(case.subject.home, case.hubspot_id)
        moved = any(d.property == STAGE and d.wins is Side.HUBSPOT for d in differences)
        rest = [d for d in differences if d.wins is Side.OURS]
        if not moved:
            return self.repairs.put_right(case, rest)
        return self._move(case)

    def deleted(self, case: Case) -> Result:
        """Put the order back, with its lines: what was sold stays in the books."""
        return self.repairs.deleted(case, owed=True)

    def _move(self, case: Case) -> Result:
        state = self._state(case.shown)
        if state is None:
            return self._undo(case, "There is no such stage of an order.")
        order, subject = case.name, case.subject
        who = Principal(self.clerk.tenant, HUBSPOT, Kind.WEBHOOK, Door.HUBSPOT, frozenset())
        once = f"{HUBSPOT}|{order}|{subject.version}|{state}"
        ticket = Ticket(hashlib.sha256(once.encode()).hexdigest(), str(state))
        try:
            self.change.to(Act(who, self.clerk.correlation_id), ticket, order, state)
        except Conflict as refused:
            return self._undo(case, refused.public)
        self.links.agree(subject, {STAGE: subject.fingerprint(STAGE, case.shown[STAGE])})
        return Result.APPLIED

    def _state(self, shown: Mapping[str, str]) -> OrderState | None:
        there = (shown.get(PIPELINE, ""), shown[STAGE])
        stages = self.hubspot.order_stages()
        return next((_LABELS[n] for n, s in stages.items() if s == there and n in _LABELS), None)

    def _undo(self, case: Case, why: str) -> Result:
        """Send ours again, with a note on the record that says why."""
        order = self.store.order(self.clerk.tenant, case.name)
        if order is None or order.header.state not in STAGES:
            raise Superseded
        now = self.clerk.clock.now()
        note = f"{rfc3339(now)[:16]}Z: moved back to {STAGES[order.header.state]}. {why}"
        after = replace(order.header, note=note, updated_at=now, version=order.header.version + 1)
        entry = self.clerk.entry("undone", self.type, case.name, [STAGE])
        self.links.undo(case.subject, order.header, after, entry)
        return Result.UNDONE


def _counts(record: OrderRecord) -> bool:
    return record.header.state in STAGES or record.header.state in ON_THE_WAY
