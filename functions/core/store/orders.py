"""Orders in DynamoDB: the transactions of the saga, and its reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.contention import Contended, Superseded
from core.orders.draft import Price
from core.orders.model import OrderState
from core.orders.ports import OutOfStock
from core.orders.states import SETTLED
from core.store import keys, listing, order_items, pages, stock, table
from core.store.audit import put_entry
from core.store.order_actions import OrderActions
from core.store.table import Action, ConditionFailed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from core.audit import Entry
    from core.customers.model import Customer, Identity
    from core.customers.resolve import Guard
    from core.idempotency import Record
    from core.inventory.model import Level, Movement
    from core.orders.model import Header, Order, Reversal
    from core.orders.ports import Chunk
    from core.orders.read import OrderQuery
    from core.store.customers import StoredCustomers
    from core.store.marks import Lingers


class StoredOrders:
    """`core.orders.ports.OrderStore` over DynamoDB."""

    def __init__(
        self,
        dynamodb: DynamoDBClient,
        core_table: str,
        audit_table: str,
        customers: StoredCustomers,
        lingers: Lingers,
    ) -> None:
        """Keep the parts."""
        self._dynamodb = dynamodb
        self._core = core_table
        self._audit = audit_table
        self._customers = customers
        self._lingers = lingers
        self._actions = OrderActions(core_table, lingers)

    def record(self, tenant: str, digest: str) -> Record | None:
        """Return the idempotency record."""
        item = table.get(self._dynamodb, self._core, keys.idempotency(tenant, digest))
        return order_items.record(item) if item is not None else None

    def take_over(self, tenant: str, digest: str, seen: Record, lease_until: int) -> None:
        """Take a record whose lease has ended."""
        self._write(
            [self._actions.lease(tenant, digest, seen.resource_id, lease_until, seen.lease_until)]
        )

    def give_up(self, tenant: str, digest: str, resource_id: str) -> None:
        """End the lease of a call that is not done."""
        self._write([self._actions.lease(tenant, digest, resource_id, 0)])

    def levels(
        self, tenant: str, places: Iterable[tuple[str, str]]
    ) -> Mapping[tuple[str, str], Level]:
        """Return stock by (SKU, location)."""
        wanted = {keys.level(tenant, sku, location): (sku, location) for sku, location in places}
        found = table.get_many(self._dynamodb, self._core, wanted)
        return {place: stock.level(found[key]) for key, place in wanted.items() if key in found}

    def prices(self, tenant: str, skus: Iterable[str]) -> Mapping[str, Price]:
        """Return prices by SKU."""
        wanted = {keys.product(tenant, sku): sku for sku in skus}
        found = table.get_many(self._dynamodb, self._core, wanted)
        return {wanted[k]: Price(i["price"], i["currency"]) for k, i in found.items()}

    def guards(
        self, tenant: str, identities: Sequence[Identity]
    ) -> Mapping[Identity, Guard | None]:
        """Return the guard of each identity."""
        return self._customers.guards(tenant, identities)

    def customer(self, tenant: str, customer_id: str) -> Customer | None:
        """Return a customer."""
        return self._customers.find(tenant, customer_id)

    def order(self, tenant: str, order_id: str) -> Order | None:
        """Return a whole order."""
        key = keys.order(tenant, order_id)
        items = {i["sk"]: i for i in table.query(self._dynamodb, self._core, key.pk)}
        if key.sk not in items:
            return None
        of = order_items.header(items[key.sk])
        return order_items.order(of, (i for sk, i in items.items() if sk.startswith("PAGE#")))

    def commit(self, chunk: Chunk) -> None:
        """Write all of a chunk or nothing."""
        actions = self._frame(chunk)
        if chunk.entry is not None:
            actions.append(put_entry(self._audit, chunk.entry))
        actions += self._moves(chunk.tenant, chunk.movements)
        try:
            table.transact(self._dynamodb, actions)
        except ConditionFailed as refused:
            raise self._why(chunk, refused) from refused

    def turn(self, tenant: str, before: Header, after: Header, entry: Entry | None = None) -> None:
        """Move a header that has nothing else to move with it."""
        actions = [self._actions.turn(tenant, before, after)]
        if entry is not None:
            actions.append(put_entry(self._audit, entry))
        self._write(actions)

    def orders(
        self, tenant: str, query: OrderQuery, after: str | None, limit: int
    ) -> tuple[tuple[Header, ...], str | None]:
        """Return a page of headers, newest first."""
        index, partitions = listing.orders(tenant, query)
        listed, position = pages.page(
            self._dynamodb,
            self._core,
            index,
            partitions,
            after=after,
            limit=limit,
            newest_first=True,
        )
        found = table.get_many(self._dynamodb, self._core, [n.key for n in listed])
        headers = [order_items.header(found[n.key]) for n in listed if n.key in found]
        wanted = SETTLED if query.state is None else {query.state}
        return tuple(h for h in headers if h.state in wanted), position

    def reversals(self, tenant: str, order_id: str) -> tuple[Reversal, ...]:
        """Return an order's returns and cancellations of lines, oldest first."""
        key = keys.order(tenant, order_id)
        found = table.query(self._dynamodb, self._core, key.pk, "REVERSAL#")
        return tuple(order_items.reversal(item) for item in found)

    def written(self, tenant: str, movements: Sequence[Movement]) -> tuple[Movement, ...]:
        """Return those of the movements that stand in the ledger."""
        wanted = {stock.ledger_key(tenant, m): m for m in movements}
        found = table.get_many(self._dynamodb, self._core, wanted)
        return tuple(stock.movement(found[key]) for key in wanted if key in found)

    def give_back(self, tenant: str, header: Header, movements: Sequence[Movement]) -> None:
        """Write movements that undo a chunk, while the header is still `releasing`."""
        still = Action(
            "ConditionCheck",
            self._core,
            keys.order(tenant, header.id),
            "header",
            condition="#state = :state AND attempt = :attempt",
            names={"#state": "state"},
            values={":state": str(OrderState.RELEASING), ":attempt": header.attempt},
        )
        self._write([still, *self._moves(tenant, movements)])

    def _frame(self, chunk: Chunk) -> list[Action]:
        """Return everything of a chunk that is neither stock nor audit."""
        if chunk.before is not None:
            return self._actions.advance(chunk, chunk.before)
        if chunk.order is None:
            raise ValueError("a first chunk brings its order")
        actions = self._actions.opening(chunk, chunk.order)
        if chunk.resolution is not None:
            at = chunk.after.updated_at
            actions += self._customers.actions(chunk.tenant, chunk.resolution, at)
        return actions

    def _moves(self, tenant: str, movements: Iterable[Movement]) -> list[Action]:
        return [a for m in movements for a in stock.move(self._core, tenant, m, self._lingers)]

    def _write(self, actions: list[Action]) -> None:
        try:
            table.transact(self._dynamodb, actions)
        except ConditionFailed as failed:
            raise Superseded from failed

    def _why(self, chunk: Chunk, refused: ConditionFailed) -> Exception:
        """Tell a shortage from a transaction that rested on something which has changed."""
        if any(not label.startswith("level:") for label in refused.failed):
            return Superseded()
        short = []
        for movement in chunk.movements:
            key = stock.level_key(chunk.tenant, movement)
            label = f"level:{key.pk}:{key.sk}"
            if label in refused.failed:
                item = refused.failed[label]
                if item is not None and stock.level(item).covers(-movement.available):
                    return Contended()
                short.append((movement.sku, movement.location))
        return OutOfStock(short)
