"""Write units of placing an order, beside what its ledger, record, audit and marks need."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from benchmarks.figures import Table
from benchmarks.quiet import quiet
from benchmarks.write_units import TRANSACTED, units
from tests.support import tables
from tests.support.emulator_dynamodb import emulated_dynamodb
from tests.support.shop import open_emulated_shop, order

if TYPE_CHECKING:
    from benchmarks.write_units import Items
    from tests.support.shop import Shop

SIZES = (1, 40, 41)
_WRITES = ("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem")
_SPARE = 10


def write_units() -> Table:
    """Return the table for a guest's order of 1, 40 and 41 SKUs whose levels are all clean."""
    with (
        quiet(),
        emulated_dynamodb() as emulated,
        open_emulated_shop(emulated) as shop,
    ):
        for number in range(max(SIZES)):
            shop.stock(f"S{number:04}", _SPARE * len(SIZES))
        spent = {skus: _order(shop, skus) for skus in SIZES}
    kinds = list(dict.fromkeys(kind for counted in spent.values() for kind in counted))
    rows: list[tuple[object, ...]] = [
        (kind, *(spent[skus][kind] for skus in SIZES)) for kind in kinds
    ]
    totals = {skus: spent[skus].total() for skus in SIZES}
    rows.append(("**all**", *totals.values()))
    rows.append(("least: ledger, record, audit, marks", *(least(skus) for skus in SIZES)))
    rows.append(("**times the least**", *(f"{totals[n] / least(n):.2f}" for n in SIZES)))
    whole = {n: least(n) + order_itself(n, spent[n]["order page"]) for n in SIZES}
    rows.append(("least with stock and order", *whole.values()))
    rows.append(("**times that**", *(f"{totals[n] / whole[n]:.2f}" for n in SIZES)))
    return Table(
        "Write units per order",
        "Counted from the items that were written on MiniStack's DynamoDB: 1 KB steps, twice in "
        "a transaction, once per index entry put or removed. No customer; no level is marked yet.",
        ("spent on", *(f"{n} SKU" if n == 1 else f"{n} SKUs" for n in SIZES)),
        rows,
    )


def least(skus: int) -> int:
    """Return what cannot be left out: a line per SKU, record, audit entry, and the marks.

    A mark is one entry of the work index, for each level and for the order.
    """
    return TRANSACTED * (skus + 1 + 1) + skus + 1


def order_itself(skus: int, pages: int) -> int:
    """Return what stock and the order add, and what finds them again.

    That is levels, header, pages, the order's place in the list, and its audit entry's in two.
    """
    return TRANSACTED * (skus + 1) + pages + 1 + len(tables.AUDIT_INDEXES)


def _order(shop: Shop, skus: int) -> Counter[str]:
    """Place an order through the door and count what it wrote."""
    _clean(shop)
    spent: Counter[str] = Counter()
    seen: list[Items] = []

    def before(params: dict[str, Any], **_: Any) -> None:
        seen.append(_items(shop))
        actions.append(params["TransactItems"])

    def after(**_: Any) -> None:
        spent.update(units(actions.pop(), seen.pop(), _items(shop)))

    def never(event_name: str, **_: Any) -> None:
        raise RuntimeError(f"{event_name} is not counted")

    actions: list[list[dict[str, Any]]] = []
    events = shop.handlers[1].dynamodb.meta.events
    transact = "dynamodb.TransactWriteItems"
    hooks = [(f"provide-client-params.{transact}", before), (f"after-call.{transact}", after)]
    hooks += [(f"provide-client-params.dynamodb.{name}", never) for name in _WRITES]
    for name, hook in hooks:
        events.register_last(name, hook)
    lines = [{"sku": f"S{n:04}", "quantity": 1} for n in range(skus)]
    answer = shop.door.place(order(*lines), f"key-{skus}")
    for name, hook in hooks:
        events.unregister(name, hook)
    if answer.json.get("state") != "placed":
        raise RuntimeError(answer.text)
    return spent


def _clean(shop: Shop) -> None:
    """Take every mark away, as sync does once HubSpot has it all."""
    for key, item in _items(shop).items():
        if "work_queue" in item:
            shop.dynamodb.update_item(
                TableName=shop.prefix + tables.CORE,
                Key={"pk": {"S": key[0]}, "sk": {"S": key[1]}},
                UpdateExpression="REMOVE work_queue, due_at",
            )


def _items(shop: Shop) -> Items:
    return {(i["pk"]["S"], i["sk"]["S"]): i for i in shop.snapshot()}
