"""The writer dies at any of its writes: HubSpot ends up right, with nothing doubled or lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.customers.model import CustomerDraft
from tests.flow.faults import refuse
from tests.flow.operator import Desk

if TYPE_CHECKING:
    from tests.flow.shop import Shop

WRITES = {"UpdateItem", "PutItem"}


class Killed(BaseException):
    """What a function that is ended does not live to handle."""


class Killer:
    """Ends the process before the k-th write to DynamoDB."""

    def __init__(self, shop: Shop) -> None:
        """Stand between the writer and DynamoDB."""
        self.left: int | None = None
        shop.dynamodb.meta.events.register("before-call.dynamodb", self._before)

    def _before(self, model: Any, **_more: Any) -> None:
        if self.left is None or model.name not in WRITES:
            return
        if self.left == 0:
            raise Killed
        self.left -= 1


def killed(shop: Shop, killer: Killer, at: int) -> bool:
    """Run the writer and kill it at its `at`-th write; False when it ended before."""
    killer.left = at
    try:
        shop.sync(after=61)
    except Killed:
        return True
    finally:
        killer.left = None
    return False


def unlinked(shop: Shop) -> list[tuple[str, str]]:
    """Return the partitions of records and pages that have no link beside them."""
    items = shop.dynamodb.scan(TableName=shop.core)["Items"]
    keys = {(i["pk"]["S"], i["sk"]["S"]) for i in items}
    beside = {"PRODUCT": "LINK", "CUSTOMER": "LINK", "HEADER": "LINK", "PAGE#0001": "LINKS#0001"}
    return [(pk, sk) for pk, sk in keys if sk in beside and (pk, beside[sk]) not in keys]


def test_killed_at_every_write(shop: Shop) -> None:
    """For every k: killed at the k-th write and run again, the order stands once and whole."""
    killer = Killer(shop)
    person = CustomerDraft("C-1", "ada@example.com", "Ada")
    at = 0
    died = True
    while died:
        sku = f"P-{at}"
        shop.product(sku)
        placed = shop.order([(sku, 1)] * 3, customer=person)
        died = killed(shop, killer, at)
        for _ in range(3):
            shop.sync(after=61)
        assert shop.owed() == []
        assert unlinked(shop) == []
        order = shop.one("orders", countersign_order_id=placed.header.id)
        assert len(order["associations"]["line_items"]) == 3
        assert len(order["associations"]["contacts"]) == 1
        shop.one("products", countersign_sku=sku)
        at += 1
    assert len(shop.shown("line_items")) == 3 * at
    assert len(shop.shown("contacts")) == 1
    assert at > 8


def test_killed_while_a_line_is_cured(shop: Shop) -> None:
    """For every k: a retried line that lands is parked no more, whoever dies meanwhile."""
    killer, desk = Killer(shop), Desk(shop)
    shop.product("A-1")
    at = 0
    died = True
    while died:
        placed = shop.order([("A-1", 1)] * 2)
        bad = refuse(shop.twin.twin, f"{placed.header.id}-0002")
        shop.sync(after=61)
        bad.mend()
        desk.retry(desk.one("line_items"))
        died = killed(shop, killer, at)
        for _ in range(3):
            shop.sync(after=61)
        assert desk.seen() == []
        assert shop.owed() == []
        at += 1
    assert at > 3
