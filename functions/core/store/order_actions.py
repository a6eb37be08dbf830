"""The actions of the saga's transactions that are not stock: header, pages, idempotency record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.orders import plan
from core.orders.model import OrderState
from core.orders.release import STALE_AFTER_MS
from core.orders.states import ON_THE_WAY
from core.store import keys, listing, marks, order_items
from core.store.table import Action

if TYPE_CHECKING:
    from core.orders.model import Header, Order
    from core.orders.ports import Chunk
    from core.store.marks import Lingers

RECORD_SECONDS = 7 * 24 * 3600
"""How long an idempotency record is kept at least; DynamoDB's TTL may be two days late."""

_MISSING = "attribute_not_exists(pk)"


@dataclass(frozen=True, slots=True)
class OrderActions:
    """Builds them for one core table."""

    table: str
    lingers: Lingers

    def opening(self, chunk: Chunk, order: Order) -> list[Action]:
        """Return what makes an order come into being: header, pages, record."""
        key = keys.order(chunk.tenant, order.header.id)
        item = order_items.header_item(order.header)
        queue, due = self._mark(order.header)
        item |= marks.attributes(key, queue, due) | listing.order(chunk.tenant, order.header)
        header = Action("Put", self.table, key, "header", item, condition=_MISSING)
        pages = [
            Action(
                "Put",
                self.table,
                keys.page(chunk.tenant, order.header.id, number),
                f"page:{number}",
                order_items.page_item(lines, order.charges if number == 1 else ()),
                condition=_MISSING,
            )
            for number, lines in enumerate(plan.pages(order.lines), start=1)
        ]
        return [header, *pages, *self._record(chunk)]

    def advance(self, chunk: Chunk, before: Header) -> list[Action]:
        """Return what moves a header on by a chunk."""
        return [
            self.turn(chunk.tenant, before, chunk.after),
            *self._record(chunk),
            *self._end(chunk),
            *self._reversal(chunk),
        ]

    def turn(self, tenant: str, before: Header, after: Header) -> Action:
        """Return the update of a header that must still stand as `before` says."""
        key = keys.order(tenant, after.id)
        changed = order_items.moved(after) | listing.state(tenant, after)
        sets = ", ".join(f"#{name} = :{name}" for name in changed)
        marked = after.state is not OrderState.RELEASED
        stays = {before.state, after.state}.isdisjoint(ON_THE_WAY)
        mark = marks.MARK if stays else marks.REMARK
        values = {f":{name}": value for name, value in changed.items()}
        values |= {
            ":was": str(before.state),
            ":was_attempt": before.attempt,
            ":was_chunk": before.chunk,
            ":was_version": before.version,
        }
        if marked:
            values |= marks.values(key, *self._mark(after))
        return Action(
            "Update",
            self.table,
            key,
            "header",
            update=f"SET {sets}, {mark}" if marked else f"SET {sets} REMOVE work_queue, due_at",
            condition="#state = :was AND attempt = :was_attempt AND chunk = :was_chunk "
            "AND #version = :was_version",
            names={f"#{name}": name for name in changed},
            values=values,
        )

    def lease(
        self, tenant: str, digest: str, resource_id: str, until: int, seen: int | None = None
    ) -> Action:
        """Return the update of the lease of a record that is still running."""
        condition = "#status = :running AND resource_id = :resource"
        values: dict[str, object] = {
            ":running": "running",
            ":resource": resource_id,
            ":until": until,
        }
        if seen is not None:
            condition += " AND lease_until = :seen"
            values[":seen"] = seen
        return Action(
            "Update",
            self.table,
            keys.idempotency(tenant, digest),
            "record",
            update="SET lease_until = :until",
            condition=condition,
            names={"#status": "status"},
            values=values,
        )

    def _record(self, chunk: Chunk) -> list[Action]:
        if chunk.record is None or chunk.ticket is None:
            return []
        item = {
            "status": "done" if chunk.record.done else "running",
            "body_hash": chunk.record.body_hash,
            "resource_id": chunk.record.resource_id,
            "lease_until": chunk.record.lease_until,
            "expires_at": chunk.after.updated_at // 1000 + RECORD_SECONDS,
        }
        key = keys.idempotency(chunk.tenant, chunk.ticket.digest)
        return [Action("Put", self.table, key, "record", item, condition=_MISSING)]

    def _end(self, chunk: Chunk) -> list[Action]:
        if not chunk.ends or chunk.ticket is None:
            return []
        return [
            Action(
                "Update",
                self.table,
                keys.idempotency(chunk.tenant, chunk.ticket.digest),
                "record",
                update="SET #status = :done, lease_until = :never",
                condition="resource_id = :resource",
                names={"#status": "status"},
                values={":done": "done", ":never": 0, ":resource": chunk.after.id},
            )
        ]

    def _reversal(self, chunk: Chunk) -> list[Action]:
        if chunk.reversal is None:
            return []
        key = keys.reversal(chunk.tenant, chunk.after.id, chunk.reversal.id)
        item = order_items.reversal_item(chunk.reversal)
        return [Action("Put", self.table, key, "reversal", item, condition=_MISSING)]

    def _mark(self, header: Header) -> tuple[str, int]:
        if header.state in ON_THE_WAY:
            return marks.SAGAS, header.updated_at + STALE_AFTER_MS
        return marks.ORDERS, header.updated_at + self.lingers.of(marks.ORDERS)
